"""A mistake in the upkeep of the connections: it must not be the end of printing in silence."""

from __future__ import annotations

import asyncio
import random

import pytest

from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.broker.rabbitmq.link import Link
from bonfire.tasks import Tasks
from bonfire.testing import FakeClock


def broker(clock: FakeClock) -> RabbitBroker:
    return RabbitBroker(
        "amqp://nobody@127.0.0.1:1/",
        name="test",
        clock=clock,
        rng=random.Random(1),  # noqa: S311 -- jitter
    )


async def test_what_the_upkeep_died_of_reaches_whoever_watches(monkeypatch: pytest.MonkeyPatch):
    async def mistaken(_: Link) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(Link, "keep", mistaken)
    clock = FakeClock()
    found = broker(clock)
    tasks = Tasks(lambda: None, clock)
    tasks.spawn("broker", found.watch, restartable=False)
    await clock.settle()
    assert tasks.dead is None
    await found.start()
    await clock.settle()
    assert tasks.why == "the task 'broker' died of KeyError"
    await found.close()
    await tasks.cancel()


async def test_a_broker_that_is_away_and_a_close_are_no_mistakes():
    clock = FakeClock()
    found = broker(clock)
    watching = asyncio.create_task(found.watch())
    await found.start()
    await clock.advance(30)
    await found.close()
    await clock.settle()
    assert not watching.done()
    watching.cancel()
