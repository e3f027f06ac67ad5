"""The clocks, and waiting for one thing with an end."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest

from bonfire.clock import SystemClock, wait_at_most
from bonfire.testing import START, FakeClock


async def test_the_machines_clock_tells_utc_and_only_ever_grows():
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0)
    assert clock.monotonic() >= before
    assert clock.now().tzinfo is UTC


async def test_sleepers_wake_in_the_order_of_their_moments_and_at_them():
    clock = FakeClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps_s: float) -> None:
        for nap_s in naps_s:
            await clock.sleep(nap_s)
            woken.append((name, clock.monotonic()))

    tasks = [
        asyncio.create_task(sleeper("late", 5)),
        asyncio.create_task(sleeper("often", 1, 1, 1)),
        asyncio.create_task(sleeper("also late", 5)),
        asyncio.create_task(sleeper("never", 60)),
    ]
    await clock.advance(5)
    assert woken == [("often", 1), ("often", 2), ("often", 3), ("late", 5), ("also late", 5)]
    assert clock.now() == START + timedelta(seconds=5)
    tasks[-1].cancel()
    await clock.advance(100)
    assert clock.monotonic() == 105
    await asyncio.wait(tasks)


async def test_time_never_runs_backwards():
    clock = FakeClock()
    await clock.advance(10)
    sleeping = asyncio.create_task(clock.sleep(-5))
    await clock.advance(0)
    assert sleeping.done()
    assert clock.monotonic() == 10


async def test_a_jump_of_the_wall_clock_moves_no_sleeper():
    clock = FakeClock()
    sleeping = asyncio.create_task(clock.sleep(10))
    clock.jump(-3_600)
    assert clock.now() == START - timedelta(hours=1)
    await clock.advance(9)
    assert not sleeping.done()
    await clock.advance(1)
    assert sleeping.done()


async def test_waiting_ends_as_soon_as_the_event_is_set():
    clock, event = FakeClock(), asyncio.Event()
    waiting = asyncio.create_task(wait_at_most(clock, event, 10))
    await clock.advance(9)
    assert not waiting.done()
    event.set()
    assert await waiting is True
    assert await wait_at_most(clock, event, 0) is True


async def test_waiting_ends_when_its_time_is_over():
    clock, event = FakeClock(), asyncio.Event()
    waiting = asyncio.create_task(wait_at_most(clock, event, 10))
    await clock.advance(10)
    assert await waiting is False


async def test_waiting_leaves_no_task_behind_whatever_ends_it():
    clock, event = FakeClock(), asyncio.Event()
    over = asyncio.create_task(wait_at_most(clock, event, 1))
    cancelled = asyncio.create_task(wait_at_most(clock, event, 60))
    await clock.advance(1)
    await over
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    await clock.settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}
