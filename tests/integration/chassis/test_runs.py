"""The runs of a service on a real store: a crash is a copy of its files."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from bonfire import outbox, runs
from bonfire.errors import Reason
from bonfire.identity import Identity
from bonfire.messages import Ending, ServiceEvent, ServiceEventType, decode
from bonfire.runs import KEEP, TOUCH_EVERY_S, Runs
from bonfire.store import Store, StoreError
from bonfire.store.migrations import Migration
from bonfire.testing import FakeClock
from tests.support.notes import locked, until

TABLES = (Migration(1, outbox.SCHEMA), Migration(2, runs.SCHEMA))
IDENTITY = Identity("print-agent", "altstadt", "altstadt")


class Life:
    """Starts and ends of one service, in one store and on one clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.woken = 0

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[Runs]:
        """A run that has told its start. It crashes at the end of the block."""
        async with self.beginning() as run:
            before = self.woken
            await until(lambda: self.woken > before)
            yield run

    @asynccontextmanager
    async def beginning(self) -> AsyncIterator[Runs]:
        self.store = Store(self.path, TABLES, probe_after_s=0.01)
        self.store.open()
        run = Runs(IDENTITY, self.store, self.clock, self._woke)
        self.task = asyncio.create_task(run.run())
        try:
            yield run
        finally:
            self.task.cancel()
            await asyncio.wait([self.task])
            await self.store.close()

    async def touch(self) -> None:
        """Let time pass until the next sign of life is on disk."""
        await self.clock.advance(TOUCH_EVERY_S)
        now = self.clock.now().timestamp()
        await until(lambda: self.rows("SELECT max(seen_at) FROM runs") == [(now,)])
        await self.clock.settle()

    def told(self, *types: ServiceEventType) -> list[ServiceEvent]:
        events = [decode(body) for (body,) in self.rows("SELECT body FROM outbox ORDER BY id")]
        found = [event for event in events if isinstance(event, ServiceEvent)]
        return [event for event in found if not types or event.type in types]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(statement).fetchall()

    def _woke(self, events: int) -> None:
        self.woken += events


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "journal.db")


async def test_the_first_start_tells_of_no_run_before(life: Life):
    async with life.begun():
        (event,) = life.told()
    assert (event.type, event.before, event.away_s) == (
        ServiceEventType.STARTED,
        Ending.NONE,
        None,
    )
    assert (event.service, event.instance, event.location) == (
        "print-agent",
        "altstadt",
        "altstadt",
    )
    assert event.at == life.clock.now()
    assert life.woken == 1


@pytest.mark.parametrize(
    ("ending", "reason", "detail"),
    [
        (Ending.STOPPED, None, ""),
        (Ending.RESTART, Reason.INTERNAL_ERROR, "the task 'intake' died of KeyError"),
    ],
)
async def test_a_start_tells_how_the_run_before_ended_and_since_when(
    life: Life, ending: Ending, reason: Reason | None, detail: str
):
    async with life.begun() as run:
        await life.clock.advance(100)
        await run.ended(ending, reason, detail)
    await life.clock.advance(7.5)
    async with life.begun():
        _, event = life.told()
    assert (event.before, event.reason, event.detail) == (ending, reason or "", detail)
    assert event.away_s == 7.5


async def test_after_a_crash_the_last_sign_of_life_counts(life: Life):
    async with life.begun():
        for _ in range(2):
            await life.touch()
        await life.clock.advance(10)
    async with life.begun():
        _, event = life.told()
    assert (event.before, event.away_s) == (Ending.CRASHED, 10.0)


async def test_a_clock_that_was_set_back_makes_no_negative_time(life: Life):
    async with life.begun():
        pass
    life.clock.jump(-3_600)
    async with life.begun():
        assert life.told()[1].away_s == 0


async def test_stopping_is_told_with_its_reason(life: Life):
    async with life.begun() as run:
        await run.stopping(Reason.INTERNAL_ERROR, "the task 'intake' died of KeyError")
        event = life.told()[-1]
    assert (event.type, event.reason) == (ServiceEventType.STOPPING, "internal_error")
    assert event.detail == "the task 'intake' died of KeyError"
    assert life.woken == 2


async def test_a_start_that_the_disk_refuses_is_written_as_soon_as_it_takes_it(life: Life):
    async with life.beginning() as run:
        with locked(life.path):
            await until(lambda: life.store.problem is not None)
            await run.stopping()  # nothing is told of a run whose start nobody knows
        assert life.told() == []
        await life.clock.advance(1)
        await until(lambda: life.woken == 1)
    (event,) = life.told()
    assert event.type is ServiceEventType.STARTED


async def test_a_sign_of_life_that_the_disk_refuses_is_left_out(life: Life):
    async with life.begun():
        with locked(life.path):
            await life.clock.advance(TOUCH_EVERY_S)
            await until(lambda: life.store.problem is not None)
            await life.clock.settle()
        await life.touch()
        assert not life.task.done()


async def test_an_end_that_the_disk_refuses_is_raised_and_looks_like_a_crash(life: Life):
    async with life.begun() as run:
        with locked(life.path), pytest.raises(StoreError):
            await run.ended(Ending.STOPPED)
    async with life.begun():
        assert life.told()[-1].before is Ending.CRASHED


async def test_a_task_that_is_started_again_is_no_new_run(life: Life):
    async with life.begun() as run:
        again = asyncio.create_task(run.run())
        await life.touch()
        again.cancel()
        assert len(life.told()) == 1


async def test_only_the_newest_runs_are_kept(life: Life):
    async with life.begun():
        await life.store.transact(
            lambda db: db.executemany(
                "INSERT INTO runs (version, started_at, seen_at) VALUES ('0', 0, ?)",
                [(number,) for number in range(KEEP)],
            )
        )
    async with life.begun():
        pass
    ((count, newest),) = life.rows("SELECT count(*), max(started_at) FROM runs")
    assert (count, newest) == (KEEP, life.clock.now().timestamp())
