"""Heartbeats on a broker in memory, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bonfire.broker import PublishRefused, PublishUnknown, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.errors import Reason, Retryable
from bonfire.heartbeat import EVERY_S, Heartbeats
from bonfire.identity import Identity
from bonfire.messages import Heartbeat, decode
from bonfire.testing import START, FakeClock

IDENTITY = Identity("print-agent", "altstadt", "altstadt")


class Heart:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = MemoryServer()
        self.server.declare(topology.for_agents(["altstadt"]))
        self.broker = MemoryBroker(self.server)
        self.backlog = 0
        self.heartbeats = Heartbeats(self.broker, self.clock, self._compose)

    @property
    def beats(self) -> list[Heartbeat]:
        """What has reached the queue."""
        found = [decode(message.body) for message in self.server.waiting(topology.HEARTBEATS)]
        return [beat for beat in found if isinstance(beat, Heartbeat)]

    @property
    def moments(self) -> list[timedelta]:
        return [beat.at - START for beat in self.beats]

    def _compose(self) -> Heartbeat:
        now = self.clock.now()
        return Heartbeat(started_at=START, backlog=self.backlog, **IDENTITY.sign(now))


@asynccontextmanager
async def beating(*, broker_away: bool = False) -> AsyncIterator[Heart]:
    heart = Heart()
    if broker_away:
        heart.server.stop()
    await heart.broker.start()
    task = asyncio.create_task(heart.heartbeats.run())
    await heart.clock.settle()
    yield heart
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


def seconds(*moments: float) -> list[timedelta]:
    return [timedelta(seconds=moment) for moment in moments]


async def test_the_first_one_goes_out_at_once_and_then_one_every_15_seconds():
    async with beating() as heart:
        assert heart.moments == seconds(0)
        await heart.clock.advance(3 * EVERY_S)
        assert heart.moments == seconds(0, 15, 30, 45)


async def test_each_is_another_message_and_says_how_it_stands_then():
    async with beating() as heart:
        heart.backlog = 7
        await heart.clock.advance(EVERY_S)
        first, second = heart.beats
        assert (first.backlog, second.backlog) == (0, 7)
        assert first.event_id != second.event_id
        assert (first.service, first.instance, first.location) == (
            "print-agent",
            "altstadt",
            "altstadt",
        )


async def test_while_the_broker_is_away_none_is_kept_and_the_next_comes_with_the_connection():
    async with beating(broker_away=True) as heart:
        await heart.clock.advance(100)
        heart.server.start()
        await heart.clock.settle()
        assert heart.moments == seconds(100)


async def test_a_connection_that_is_back_is_told_at_once():
    async with beating() as heart:
        await heart.clock.advance(4)
        heart.server.stop()
        await heart.clock.advance(5)
        heart.server.start()
        await heart.clock.settle()
        assert heart.moments == seconds(0, 9)
        await heart.clock.advance(EVERY_S)
        assert heart.moments == seconds(0, 9, 24)


@pytest.mark.parametrize(
    "error",
    [
        PublishUnknown(Reason.PUBLISH_UNKNOWN, "no answer"),
        PublishRefused(Reason.PUBLISH_REFUSED, "full"),
    ],
)
async def test_one_that_fails_is_not_repeated_and_the_next_one_comes_in_time(error: Retryable):
    async with beating() as heart:
        heart.server.fail_publishes(error)
        await heart.clock.advance(EVERY_S)
        assert heart.moments == seconds(0)
        await heart.clock.advance(EVERY_S)
        assert heart.moments == seconds(0, 30)


async def test_without_a_queue_for_them_they_are_nobodys_trouble():
    async with beating() as heart:
        heart.server.delete_queue(topology.HEARTBEATS)
        await heart.clock.advance(2 * EVERY_S)
        heart.server.declare(topology.for_agents(["altstadt"]))
        await heart.clock.advance(EVERY_S)
        assert heart.moments == seconds(45)
