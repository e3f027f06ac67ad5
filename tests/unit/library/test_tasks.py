"""The tasks that a service lives by: what happens when one ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.tasks import FIRST_PAUSE_S, MOST_RESTARTS, WINDOW_S, Restart, Tasks
from bonfire.testing import FakeClock

ALL_PAUSES_S = FIRST_PAUSE_S * (2**MOST_RESTARTS - 1)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def end() -> None:
    return


async def fail() -> None:
    raise ValueError("Anna Huber")


class House:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.deaths: list[str] = []
        self.restarts: list[Restart] = []
        self.tasks = Tasks(lambda: self.deaths.append(self.tasks.dead or ""), self.clock)
        self.tasks.on_restart(self.restarts.append)
        self.starts = 0

    async def lives(self, seconds: float) -> None:
        self.starts += 1
        await self.clock.sleep(seconds)
        raise OSError("gone")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    found = House()
    yield found
    await found.tasks.cancel()


def events(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(r.__dict__["event"], r.__dict__["task"]) for r in caplog.records]


@pytest.mark.parametrize(("function", "seen"), [(fail, "ValueError"), (end, "it returned")])
async def test_a_task_that_ends_is_started_again_and_told_with_its_traceback_once(
    function: object, seen: str, house: House, caplog: pytest.LogCaptureFixture
):
    endings = [function]

    async def mortal() -> None:
        await (endings.pop() if endings else for_ever)()  # type: ignore[operator]

    task = house.tasks.spawn("mortal", mortal)
    await house.clock.settle()
    assert house.restarts == []  # it pauses first
    await house.clock.advance(FIRST_PAUSE_S)
    assert house.restarts == [Restart("mortal", seen, FIRST_PAUSE_S, FIRST_PAUSE_S)]
    await house.clock.advance(1_000)
    assert not task.done()
    assert house.deaths == []
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["event"]) == (logging.ERROR, "task.restarted")
    assert (record.exc_info is not None and record.exc_info[0] is ValueError) is (function is fail)


async def test_the_sixth_death_within_a_minute_is_the_last(
    house: House, caplog: pytest.LogCaptureFixture
):
    steady = house.tasks.spawn("steady", for_ever)
    task = house.tasks.spawn("doomed", fail)
    await house.clock.advance(ALL_PAUSES_S - FIRST_PAUSE_S)
    assert house.deaths == []
    await house.clock.advance(FIRST_PAUSE_S)
    assert task.done()
    assert not steady.done()
    assert house.deaths == ["doomed"]
    assert house.tasks.why == "the task 'doomed' died of ValueError, after 5 restarts within 60 s"
    assert len(house.restarts) == MOST_RESTARTS
    assert events(caplog) == [("task.restarted", "doomed")] * 5 + [("task.died", "doomed")]
    await house.clock.advance(1_000)
    assert len(caplog.records) == 6


async def test_a_task_that_dies_seldom_is_started_again_for_ever(house: House):
    task = house.tasks.spawn("seldom", lambda: house.lives(WINDOW_S / MOST_RESTARTS))
    await house.clock.advance(3_600)
    assert not task.done()
    assert house.starts > 200
    (state,) = house.tasks.states
    assert (state.restarts, state.seen) == (house.starts - 1, "OSError")


@given(st.lists(st.floats(0, 120), max_size=30))
async def test_no_task_is_started_again_more_than_five_times_in_a_minute(lives: list[float]):
    house = House()
    left = list(lives)

    async def mortal() -> None:
        if not left:
            await for_ever()
        await house.clock.sleep(left.pop())
        raise OSError("gone")

    task = house.tasks.spawn("mortal", mortal)
    await house.clock.advance(30 * 130)
    times = [restart.at_s for restart in house.restarts]
    windows = [sum(0 <= later - at < WINDOW_S for later in times) for at in times]
    assert max(windows, default=0) <= MOST_RESTARTS
    assert task.done() is bool(house.deaths)
    assert not (left and not task.done())  # it died, or it lives its last life
    await house.tasks.cancel()


async def test_the_restarts_of_one_task_are_not_counted_against_another(house: House):
    for number in range(6):
        house.tasks.spawn(f"each-{number}", lambda: house.lives(WINDOW_S))
    await house.clock.advance(WINDOW_S * 3)
    assert house.deaths == []
    assert {state.restarts for state in house.tasks.states} == {2}


async def test_a_task_that_must_not_be_started_again_stops_the_service_at_once(
    house: House, caplog: pytest.LogCaptureFixture
):
    house.tasks.spawn("printer", fail, restartable=False)
    await house.clock.settle()
    assert house.deaths == ["printer"]
    assert house.restarts == []
    assert house.tasks.why == "the task 'printer' died of ValueError"
    assert events(caplog) == [("task.died", "printer")]
    assert caplog.records[0].levelno == logging.CRITICAL


async def test_every_last_death_is_told_and_the_first_one_counts(
    house: House, caplog: pytest.LogCaptureFixture
):
    house.tasks.spawn("first", fail, restartable=False)
    house.tasks.spawn("second", end, restartable=False)
    await house.clock.settle()
    assert house.deaths == ["first"]
    assert house.tasks.why == "the task 'first' died of ValueError"
    assert events(caplog) == [("task.died", "first"), ("task.died", "second")]


async def test_a_cancellation_from_within_is_a_death_as_any_other(house: House):
    async def awaits_what_is_cancelled() -> None:
        inner = asyncio.ensure_future(for_ever())
        inner.cancel()
        await inner

    house.tasks.spawn("hollow", awaits_what_is_cancelled)
    await house.clock.advance(FIRST_PAUSE_S)
    assert [restart.seen for restart in house.restarts] == ["CancelledError"]


async def test_cancelling_waits_for_what_a_task_does_last_and_is_no_death(house: House):
    said: list[str] = []

    async def careful() -> None:
        try:
            await for_ever()
        finally:
            await asyncio.sleep(0)
            said.append("put away")

    house.tasks.spawn("careful", careful)
    await house.clock.settle()
    await house.tasks.cancel()
    assert said == ["put away"]
    assert house.tasks.dead is None
    await house.tasks.cancel()  # nothing is left


async def test_a_task_that_pauses_before_its_restart_is_cancelled_as_any_other(house: House):
    task = house.tasks.spawn("doomed", fail)
    await house.clock.settle()
    await house.tasks.cancel()
    assert task.cancelled()
    assert house.tasks.dead is None


async def test_a_task_that_fails_while_it_is_cancelled_is_no_death_and_logged(
    house: House, caplog: pytest.LogCaptureFixture
):
    async def clumsy() -> None:
        try:
            await for_ever()
        finally:
            raise OSError("cannot put it away")

    house.tasks.spawn("clumsy", clumsy)
    await house.clock.settle()
    await house.tasks.cancel()
    assert house.restarts == []
    assert (house.deaths, house.tasks.dead, house.tasks.why) == ([], None, "")
    assert events(caplog) == [("task.failed_at_end", "clumsy")]


@pytest.mark.parametrize("restartable", [True, False])
async def test_a_task_that_returns_when_it_is_cancelled_is_no_death(
    restartable: bool, house: House, caplog: pytest.LogCaptureFixture
):
    async def obedient() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await for_ever()

    house.tasks.spawn("obedient", obedient, restartable=restartable)
    await house.clock.settle()
    await house.tasks.cancel()
    assert house.restarts == []
    assert (house.deaths, house.tasks.dead) == ([], None)
    assert caplog.records == []


async def test_a_listener_that_fails_ends_the_service_and_not_silently(
    house: House, caplog: pytest.LogCaptureFixture
):
    def deaf(_: Restart) -> None:
        raise RuntimeError("deaf")

    house.tasks.on_restart(deaf)
    house.tasks.spawn("doomed", fail)
    await house.clock.advance(FIRST_PAUSE_S)
    assert house.deaths == ["doomed"]
    assert house.tasks.why == "the task 'doomed' could not restart"
    assert events(caplog) == [("task.restarted", "doomed"), ("task.died", "doomed")]


async def test_a_death_is_known_by_its_time(house: House):
    house.tasks.spawn("steady", for_ever)
    house.tasks.spawn("mortal", lambda: house.lives(10))
    await house.clock.advance(11)
    assert not house.tasks.died_since("steady", 0)
    assert house.tasks.died_since("mortal", 10)
    assert not house.tasks.died_since("mortal", 10.1)
