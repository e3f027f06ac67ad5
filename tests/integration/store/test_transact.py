"""What `Store.transact` promises to one caller, and to callers that share a commit."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from pathlib import Path

import pytest

from bonfire.errors import Reason
from bonfire.store import MOST_TOGETHER, MOST_WAITING, Store, StoreError
from tests.support.notes import (
    NOTES,
    add,
    add_and_fail,
    count,
    locked,
    on_disk,
    texts,
    traced,
    until,
)


def commits(statements: list[str]) -> int:
    return statements.count("COMMIT")


async def test_the_result_comes_once_another_process_can_read_the_row(store: Store, path: Path):
    assert await store.transact(add("first")) == 1
    assert on_disk(path) == ["first"]


async def test_no_caller_is_answered_before_the_commit_has_ended(store: Store, path: Path):
    gate, reached = threading.Event(), threading.Event()

    def hold_commits(statement: str) -> None:
        if statement == "COMMIT" and threading.current_thread() is not threading.main_thread():
            reached.set()
            gate.wait(5)

    await store.transact(lambda db: db.set_trace_callback(hold_commits))
    callers = [asyncio.create_task(store.transact(add(text))) for text in ("a", "b")]
    await until(reached.is_set)
    callers.append(asyncio.create_task(store.transact(add("c"))))
    await asyncio.sleep(0.01)
    assert on_disk(path) == []
    assert not any(caller.done() for caller in callers)
    gate.set()
    assert await asyncio.gather(*callers) == [1, 2, 3]


async def test_a_commit_waits_for_the_disk(store: Store):
    def settings(db: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        return [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await store.transact(settings) == ["wal", 2, 1, 0]


async def test_the_error_of_a_work_reaches_its_caller_and_undoes_that_work_alone(
    store: Store, path: Path
):
    results = await asyncio.gather(
        store.transact(add("before")),
        store.transact(add_and_fail("undone", ValueError("mine"))),
        store.transact(add("after")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [int, ValueError, int]
    assert on_disk(path) == ["before", "after"]
    assert store.problem is None


async def test_a_statement_that_is_wrong_is_the_error_of_its_work_and_not_of_the_disk(
    store: Store, path: Path
):
    results = await asyncio.gather(
        store.transact(add("twice")),
        store.transact(add("twice")),
        store.transact(lambda db: db.execute("SELECT nothing FROM nowhere")),
        store.transact(add("once")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        int,
        sqlite3.IntegrityError,
        sqlite3.OperationalError,
        int,
    ]
    assert store.problem is None
    assert on_disk(path) == ["twice", "once"]


async def test_a_work_that_runs_out_of_rows_does_not_stop_the_store(store: Store):
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.transact(lambda db: next(db.execute("SELECT 1 WHERE 0")))
    assert await store.transact(add("still here")) == 1


@pytest.mark.parametrize("error", [MemoryError(), RecursionError(), TimeoutError(), OSError()])
async def test_no_error_of_a_work_stops_the_store(store: Store, error: Exception):
    with pytest.raises(type(error)):
        await store.transact(add_and_fail("undone", error))
    assert await store.transact(texts) == []
    assert await store.transact(add("still here")) == 1


async def test_a_work_that_ends_the_shared_transaction_is_told_and_the_store_goes_on(store: Store):
    with pytest.raises(StoreError):
        await store.transact(lambda db: db.commit())

    def roll_back_and_fail(db: sqlite3.Connection) -> None:
        db.rollback()
        raise ValueError("what now?")

    with pytest.raises(StoreError, match="ended the shared transaction: what now"):
        await store.transact(roll_back_and_fail)
    assert await store.transact(add("still here")) == 1
    assert store.problem is None


async def test_work_is_done_in_the_order_of_its_coming(store: Store):
    numbers = await asyncio.gather(*(store.transact(add(str(n))) for n in range(600)))
    assert numbers == list(range(1, 601))
    assert await store.transact(texts) == [str(n) for n in range(600)]


async def test_callers_at_the_same_time_share_a_commit(store: Store):
    statements = await traced(store)
    await asyncio.gather(*(store.transact(add(str(n))) for n in range(2 * MOST_TOGETHER + 1)))
    assert commits(statements) == 3


async def test_callers_that_come_during_a_commit_share_the_next_one(store: Store):
    statements = await traced(store)
    first = asyncio.create_task(store.transact(add("first")))
    await until(lambda: commits(statements) == 1)  # it is in the thread now
    await asyncio.gather(*(store.transact(add(str(n))) for n in range(50)))
    await first
    assert commits(statements) == 2


async def test_callers_one_after_the_other_have_a_commit_each(store: Store):
    statements = await traced(store)
    for n in range(5):
        await store.transact(add(str(n)))
    assert commits(statements) == 5


async def test_reading_does_not_touch_the_disk(store: Store, path: Path):
    await store.transact(add("a"))
    log_file = path.with_name(f"{path.name}-wal")
    before = log_file.stat()
    for _ in range(20):
        assert await store.transact(count) == 1
    after = log_file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


async def test_a_work_that_changes_no_row_but_the_schema_is_stored_as_well(
    store: Store, path: Path
):
    await store.transact(lambda db: db.execute("CREATE TABLE more (a)").close())
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM more").fetchone() == (0,)
    other.close()


async def test_cancelling_the_caller_does_not_undo_the_work(store: Store, path: Path):
    caller = asyncio.create_task(store.transact(add("kept")))
    await asyncio.sleep(0)  # it waits for the writer now
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await store.transact(add("next")) == 2
    assert on_disk(path) == ["kept", "next"]


async def test_more_callers_than_may_wait_are_told_that_the_store_is_busy(store: Store):
    results = await asyncio.gather(
        *(store.transact(count) for _ in range(MOST_WAITING + 2)), return_exceptions=True
    )
    refused = [result for result in results if result != 0]
    assert [type(error) for error in refused] == [StoreError, StoreError]
    assert {error.reason for error in refused if isinstance(error, StoreError)} == {
        Reason.STORE_BUSY
    }
    assert refused == results[-2:]
    assert store.problem is None
    assert await store.transact(count) == 0


async def test_a_store_that_is_not_open_says_that_it_is_closed(path: Path):
    store = Store(path, [NOTES])
    await store.close()  # never opened: nothing to do
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            await store.transact(count)
        assert caught.value.reason is Reason.STORE_CLOSED
    store.open()
    await store.close()
    await store.close()
    with pytest.raises(StoreError) as caught:
        await store.transact(count)
    assert caught.value.reason is Reason.STORE_CLOSED


async def test_closing_writes_what_waits_and_takes_nothing_more(store: Store, path: Path):
    waiting = [asyncio.create_task(store.transact(add(str(n)))) for n in range(300)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreError):
        await store.transact(add("too late"))
    assert await asyncio.gather(*waiting) == list(range(1, 301))
    await closing
    assert on_disk(path) == [str(n) for n in range(300)]


async def test_when_the_disk_refuses_the_whole_batch_fails_and_nothing_of_it_is_stored(
    store: Store, path: Path
):
    await store.transact(add("before"))
    with locked(path):
        results = await asyncio.gather(
            *(store.transact(add(str(n))) for n in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [StoreError] * 3
        assert len({id(result) for result in results}) == 3  # each caller may chain its own
        assert store.problem is Reason.STORE_LOCKED
    assert await store.transact(add("after")) == 2
    assert store.problem is None
    assert on_disk(path) == ["before", "after"]


async def test_a_disk_that_fills_up_inside_a_work_fails_the_batch_as_the_disks_trouble(
    store: Store, path: Path
):
    def limit(db: sqlite3.Connection) -> int:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        return int(db.execute(f"PRAGMA max_page_count={pages}").fetchone()[0])

    await store.transact(limit)
    results = await asyncio.gather(
        store.transact(add("small")),
        store.transact(add("x" * 20_000)),
        store.transact(add("later")),
        return_exceptions=True,
    )
    assert [getattr(result, "reason", result) for result in results] == [Reason.STORE_FULL] * 3
    assert store.problem is Reason.STORE_FULL
    assert on_disk(path) == []
    await store.transact(lambda db: db.execute("PRAGMA max_page_count=10000").close())
    assert await store.transact(add("x" * 20_000)) == 1
    assert store.problem is None


async def test_a_file_that_may_only_be_read_is_the_disks_trouble_and_no_error_of_the_work(
    store: Store, path: Path
):
    def meet_a_read_only_disk(db: sqlite3.Connection) -> int:
        db.execute("PRAGMA query_only=1")
        try:
            return add("refused")(db)
        finally:
            db.execute("PRAGMA query_only=0")

    results = await asyncio.gather(
        store.transact(add("a")), store.transact(meet_a_read_only_disk), return_exceptions=True
    )
    assert [getattr(result, "reason", result) for result in results] == [Reason.STORE_IO] * 2
    assert on_disk(path) == []


async def test_reading_does_not_say_that_the_disk_takes_writes_again(path: Path):
    store = Store(path, [NOTES], probe_after_s=60)
    store.open()
    with locked(path), pytest.raises(StoreError):
        await store.transact(add("refused"))
    assert await store.transact(count) == 0
    assert store.problem is Reason.STORE_LOCKED
    await store.close()


async def test_the_store_finds_out_by_itself_that_the_disk_takes_writes_again(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "bonfire.store")
    with locked(path):
        with pytest.raises(StoreError):
            await store.transact(add("refused"))
        await asyncio.sleep(0.05)  # several probes
        assert store.problem is Reason.STORE_LOCKED
    await until(lambda: store.problem is None)
    assert on_disk(path) == []
    assert await store.transact(add("taken")) == 1
    events = [(getattr(r, "event", ""), getattr(r, "reason", "")) for r in caplog.records]
    assert events == [("store.refused", "store_locked"), ("store.recovered", "")]


async def test_a_store_can_be_closed_while_the_disk_refuses(path: Path):
    store = Store(path, [NOTES], probe_after_s=0.01)
    store.open()
    with locked(path):
        waiting = asyncio.create_task(store.transact(add("refused")))
        await until(lambda: store.problem is not None)
        await store.close()
        with pytest.raises(StoreError):
            await waiting
