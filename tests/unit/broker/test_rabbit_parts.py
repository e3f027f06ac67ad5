"""The parts of the adapter in moments that a healthy broker never shows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any, cast

import aiormq
import pytest

from bonfire.broker import BrokerUnavailable
from bonfire.broker.rabbitmq import consumer as consumer_module
from bonfire.broker.rabbitmq import declaration
from bonfire.broker.rabbitmq.channels import keep_channel
from bonfire.broker.rabbitmq.consumer import RabbitConsumer
from bonfire.broker.rabbitmq.link import GOOD_AFTER_S, Backoff, Link
from bonfire.broker.topology import Exchange, Queue, Topology
from bonfire.errors import Reason
from bonfire.testing import FakeClock


class FakeChannel:
    """Answers every question with the same error, or closes when told."""

    def __init__(self, error: BaseException | None = None) -> None:
        self._error = error
        self.closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_consumer_cancel_callbacks: set[Callable[[Any], None]] = set()

    async def exchange_declare(self, *_: object, **__: object) -> None:
        self._answer()

    async def queue_declare(self, *_: object, **__: object) -> None:
        self._answer()

    async def basic_qos(self, **_: object) -> None:
        self._answer()

    async def basic_consume(self, *_: object) -> aiormq.spec.Basic.ConsumeOk:
        return aiormq.spec.Basic.ConsumeOk("tag")

    async def close(self) -> None:
        if not self.closing.done():
            self.closing.set_result(None)

    def _answer(self) -> None:
        if self._error is not None:
            raise self._error


class FakeLink:
    """Hands out the channels that the test prepared."""

    up = alive = True

    def __init__(self, *channels: FakeChannel | BaseException) -> None:
        self._channels = list(channels)
        self.opened = 0

    async def wait_up(self) -> None:
        return

    async def open_channel(self, *, confirms: bool = False) -> FakeChannel:
        self.opened += 1
        if not self._channels:
            await asyncio.Event().wait()
        channel = self._channels.pop(0)
        if isinstance(channel, BaseException):
            raise channel
        return channel


async def says_nothing(_queue: str) -> None:
    """A broker that does not say how many consumers there are."""


def as_link(link: FakeLink) -> Link:
    return cast(Link, link)


def backoff(first_s: float = 1.0) -> Backoff:
    return Backoff(first_s, 60.0, random.Random(0))  # noqa: S311 -- jitter


TOPOLOGY = Topology(exchanges=(Exchange("e", "direct"),), queues=(Queue("q"),))


async def test_what_we_may_not_look_at_is_not_called_missing() -> None:
    refused = aiormq.ChannelAccessRefused("access to queue 'q' refused")
    link = FakeLink(FakeChannel(refused), FakeChannel(refused))
    assert await declaration.missing(as_link(link), TOPOLOGY) == ()


async def test_a_connection_that_dies_while_we_look_is_unavailable() -> None:
    link = FakeLink(FakeChannel(asyncio.CancelledError()))
    with pytest.raises(BrokerUnavailable):
        await declaration.missing(as_link(link), TOPOLOGY)


async def test_a_stray_cancellation_does_not_end_the_upkeep_of_a_channel() -> None:
    clock = FakeClock()
    link = FakeLink(asyncio.CancelledError(), FakeChannel(asyncio.CancelledError()), FakeChannel())
    consumer = RabbitConsumer("q", 1, says_nothing)
    upkeep = asyncio.create_task(keep_channel(as_link(link), consumer, clock, backoff()))
    await clock.advance(1.0)
    await clock.advance(2.0)
    assert not upkeep.done()
    assert consumer.active
    upkeep.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upkeep
    assert not consumer.active


async def test_the_first_attempt_counts_as_tried_even_if_no_channel_can_be_opened() -> None:
    link = FakeLink(BrokerUnavailable(Reason.BROKER_UNAVAILABLE, "away"))
    consumer = RabbitConsumer("q", 1, says_nothing)
    upkeep = asyncio.create_task(keep_channel(as_link(link), consumer, FakeClock(), backoff()))
    await consumer.wait_tried()
    assert not consumer.active
    upkeep.cancel()


async def test_a_lasting_trouble_is_told_once_and_tried_ever_more_slowly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    missing = aiormq.ChannelNotFoundEntity("no queue 'q'")
    link = FakeLink(*(FakeChannel(missing) for _ in range(100)))
    upkeep = asyncio.create_task(
        keep_channel(as_link(link), RabbitConsumer("q", 1, says_nothing), clock, backoff())
    )
    await clock.advance(3_600)
    assert 60 < link.opened < 130  # once in 30 to 60 s, at last
    assert len(caplog.records) == 1
    assert caplog.records[0].__dict__["detail"] == "no queue 'q'"
    upkeep.cancel()


async def test_a_channel_that_held_long_is_reopened_without_delay_and_told_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    channels = [FakeChannel() for _ in range(3)]
    link = FakeLink(*channels)
    upkeep = asyncio.create_task(
        keep_channel(as_link(link), RabbitConsumer("q", 1, says_nothing), clock, backoff())
    )
    for opened, channel in enumerate(channels, start=1):
        await clock.advance(GOOD_AFTER_S + 1)
        assert link.opened == opened
        channel.closing.set_result(None)
        await clock.advance(1.0)
    assert link.opened == 4
    assert len(caplog.records) == 3
    upkeep.cancel()


async def test_a_consumer_that_the_broker_has_forgotten_is_noticed(monkeypatch) -> None:
    monkeypatch.setattr(consumer_module, "LOOK_EVERY_S", 0.0)
    counts = [1, None, 0]

    async def count(_queue: str) -> int | None:
        return counts.pop(0)

    consumer = RabbitConsumer("q", 1, count)
    with pytest.raises(ConnectionError, match="forgotten the consumer of q"):
        await consumer.until_useless(cast(aiormq.Channel, FakeChannel()))
    assert counts == []
