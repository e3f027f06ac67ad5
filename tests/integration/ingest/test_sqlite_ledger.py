from __future__ import annotations

import asyncio
import inspect
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from bonfire.messages import JobEvent, JobEventType, OnPaper, PrintJob, TicketOrder
from bonfire.order import Order, OrderStatus
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from order_ingest import ledger as port
from order_ingest.ledger import Acceptance, Arrival, Ledger, Result
from order_ingest.ledger.sqlite import MIGRATIONS, SqliteLedger

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
APPROVED, WAITING = OrderStatus.APPROVED, OrderStatus.WAITING


def arrival(event_id: str = "e-1", **changes: Any) -> Arrival:
    order = changes.pop("order", Order(id="o-1", number="1"))
    fields: dict[str, Any] = {
        "source": "wix",
        "event_id": event_id,
        "fingerprint": b"",
        "order": order,
        "digest": "d-1",
        "location": "altstadt",
        "sequence": None,
        "approved": True,
        "at": NOW,
        "raw": b"raw",
    }
    return Arrival(**(fields | changes))


def job(number: int = 1, **changes: Any) -> PrintJob:
    fields: dict[str, Any] = {
        "job_id": f"{number:032x}",
        "organisation": "bosco",
        "location": "altstadt",
        "agent": "pi-1",
        "station": f"station-{number}",
        "printer": "kitchen-1",
        "accepted_at": NOW,
        "due_at": NOW,
        "order": TicketOrder(id="o-1", number="1"),
    }
    return PrintJob(**(fields | changes))


def plan_of(*jobs: PrintJob) -> port.Plan:
    return lambda _order, _digest: jobs


def event(type_: JobEventType, **changes: Any) -> JobEvent:
    fields: dict[str, Any] = {
        "event_id": "ev",
        "type": type_,
        "at": NOW + timedelta(seconds=5),
        "job_id": job().job_id,
        "location": "altstadt",
        "agent": "pi-1",
    }
    return JobEvent(**(fields | changes))


class Desk:
    """A ledger on a file, and what an observer sees of the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.store = Store(file, read_migrations(MIGRATIONS))
        self.ledger: Ledger = SqliteLedger(self.store)

    async def accept(self, arrived: Arrival, *jobs: PrintJob) -> Acceptance:
        return await self.ledger.accept(arrived, plan_of(*(jobs or (job(),))))

    async def apply(self, type_: JobEventType, **changes: Any) -> str | None:
        """The state that the event closed the job with, if it closed it."""
        closed = await self.ledger.apply(event(type_, **changes))
        return None if closed is None else closed.state

    def see(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as db:
            return db.execute(statement).fetchall()

    def state(self) -> tuple[Any, ...]:
        (row,) = self.see("SELECT state, ticket_number, on_paper, reason FROM jobs")
        return row

    def counts(self) -> tuple[int, ...]:
        tables = ("orders", "arrivals", "jobs", "outbox")
        return tuple(self.see(f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608 -- four words above


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path / "ledger.db")
    desk.store.open()
    yield desk
    await desk.store.close()


def test_the_port_knows_no_database():
    for name, method in inspect.getmembers(Ledger, inspect.isfunction):
        if not name.startswith("_"):
            hints = get_type_hints(method)
            assert not [hint for hint in hints.values() if "sqlite3" in repr(hint)]
    assert "sqlite3" not in vars(port)
    assert "Store" not in vars(port)


async def test_order_arrival_jobs_and_messages_appear_together(desk: Desk):
    acceptance = await desk.accept(arrival(), job(1), job(2))

    assert acceptance.result is Result.ACCEPTED
    assert [each.job_id for each in acceptance.jobs] == [job(1).job_id, job(2).job_id]
    assert desk.counts() == (1, 1, 2, 2)


async def test_nothing_of_an_order_is_seen_while_its_transaction_is_open(desk: Desk):
    seen = []

    def planned(order: Order, digest: str) -> tuple[PrintJob, ...]:
        seen.append(desk.counts())  # the order's row is written already
        return (job(),)

    await desk.ledger.accept(arrival(), planned)

    assert seen == [(0, 0, 0, 0)]
    assert desk.counts() == (1, 1, 1, 1)


async def test_a_plan_that_fails_leaves_nothing_of_the_order(desk: Desk):
    def broken(order: Order, digest: str) -> tuple[PrintJob, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await desk.ledger.accept(arrival(), broken)

    assert desk.counts() == (0, 0, 0, 0)
    assert (await desk.accept(arrival())).result is Result.ACCEPTED  # its event id is free


@pytest.mark.parametrize("table", ["arrivals", "jobs", "outbox"])
async def test_a_failure_at_any_row_leaves_nothing_of_the_order(desk: Desk, table):
    await desk.store.transact(
        lambda db: db.execute(
            f"CREATE TRIGGER broken BEFORE INSERT ON {table}"
            " BEGIN SELECT raise(ABORT, 'broken'); END"
        )
    )

    with pytest.raises(sqlite3.Error):
        await desk.accept(arrival())

    assert desk.counts() == (0, 0, 0, 0)


async def test_a_failed_order_takes_no_neighbour_along(desk: Desk):
    def broken(order: Order, digest: str) -> tuple[PrintJob, ...]:
        raise ZeroDivisionError

    other = arrival("e-2", order=Order(id="o-2", number="2"))

    results = await asyncio.gather(
        desk.ledger.accept(arrival(), broken), desk.accept(other), return_exceptions=True
    )

    assert isinstance(results[0], ZeroDivisionError)
    assert desk.counts() == (1, 1, 1, 1)


async def test_a_job_that_is_known_is_neither_stored_nor_published_again(desk: Desk):
    await desk.accept(arrival("e-1"), job(1))
    other = arrival("e-2", order=Order(id="o-2", number="2"))

    acceptance = await desk.accept(other, job(1), job(2))

    assert [each.job_id for each in acceptance.jobs] == [job(2).job_id]
    assert desk.counts() == (2, 2, 2, 2)


async def test_the_message_of_a_job_is_the_job(desk: Desk):
    await desk.accept(arrival())

    assert desk.see("SELECT lane, exchange, routing_key, body FROM outbox") == [
        ("pi-1", "bonfire.jobs", "pi-1", job().encode())
    ]
    assert desk.see("SELECT body FROM jobs") == [(job().encode(),)]


async def test_one_event_id_of_two_shops_is_two_events(desk: Desk):
    await desk.accept(arrival(source="api:till"), job(1))

    assert (await desk.accept(arrival(source="api:kiosk"), job(2))).result is Result.ACCEPTED
    assert desk.counts() == (2, 2, 2, 2)


async def test_one_event_id_with_other_content_is_a_conflict_and_changes_nothing(desk: Desk):
    await desk.accept(arrival(fingerprint=b"a"))

    changed = arrival(fingerprint=b"b", order=Order(id="o-1", number="2"))

    assert (await desk.accept(changed)).result is Result.CONFLICT
    assert desk.see("SELECT number FROM orders") == [("1",)]


async def test_an_order_is_known_again_after_the_file_was_closed(desk: Desk):
    await desk.accept(arrival())
    await desk.store.close()
    later = Desk(desk.file)
    later.store.open()

    assert (await later.accept(arrival())).result is Result.DUPLICATE
    record = await later.ledger.order("wix", "o-1")

    await later.store.close()
    assert record is not None
    assert (record.shop_id, record.number, record.status) == ("o-1", "1", APPROVED)
    assert record.accepted_at == NOW
    (shown,) = record.jobs
    assert (shown.job_id, shown.state, shown.station) == (job().job_id, "open", "station-1")


async def test_an_order_that_nobody_sent_is_none(desk: Desk):
    assert await desk.ledger.order("wix", "o-1") is None


async def test_every_word_of_an_agent_is_written(desk: Desk):
    await desk.accept(arrival())

    assert await desk.apply(JobEventType.RECEIVED) is None
    assert desk.state() == ("received", "", "no", "")
    assert await desk.apply(JobEventType.WAITING, reason="paper_out") is None
    assert desk.state() == ("waiting", "", "no", "paper_out")
    closed = await desk.apply(
        JobEventType.PRINTED, ticket_number="0417", on_paper=OnPaper.YES, reason=""
    )
    assert closed == "printed"
    assert desk.state() == ("printed", "0417", "yes", "")


async def test_what_an_agent_told_is_on_disk(desk: Desk):
    await desk.accept(arrival())
    await desk.apply(JobEventType.PRINTED)
    await desk.store.close()

    assert desk.state()[0] == "printed"


@pytest.mark.parametrize("later", list(JobEventType))
async def test_printed_absorbs_whatever_comes_later(desk: Desk, later):
    await desk.accept(arrival())
    await desk.apply(JobEventType.PRINTED, ticket_number="0417", on_paper=OnPaper.YES)

    assert await desk.apply(later, ticket_number="9", reason="render_error") is None
    assert desk.state() == ("printed", "0417", "yes", "")


async def test_a_late_word_of_the_printer_turns_dead_into_printed(desk: Desk):
    await desk.accept(arrival())
    assert await desk.apply(JobEventType.DEAD, on_paper=OnPaper.MAYBE) == "dead"

    assert await desk.apply(JobEventType.PRINTED, on_paper=OnPaper.YES) == "printed"
    assert desk.state()[::2] == ("printed", "yes")


@pytest.mark.parametrize("later", [JobEventType.RECEIVED, JobEventType.WAITING, JobEventType.DEAD])
async def test_dead_stays_dead_for_any_other_word(desk: Desk, later):
    await desk.accept(arrival())
    await desk.apply(JobEventType.DEAD, reason="render_error")

    assert await desk.apply(later, reason="other") is None
    assert desk.state() == ("dead", "", "no", "render_error")


@pytest.mark.parametrize("type_", list(JobEventType))
async def test_a_word_about_an_older_generation_is_ignored(desk: Desk, type_):
    await desk.accept(arrival(), job(generation=2))

    assert await desk.apply(type_, generation=1) is None
    assert desk.state()[0] == "open"
    assert await desk.apply(JobEventType.PRINTED, generation=2) == "printed"


async def test_a_word_about_a_job_that_nobody_knows_is_ignored(desk: Desk):
    assert await desk.apply(JobEventType.PRINTED) is None
    assert desk.counts() == (0, 0, 0, 0)


async def test_a_closed_job_tells_its_location_and_when_it_was_accepted(desk: Desk):
    await desk.accept(arrival())

    closed = await desk.ledger.apply(event(JobEventType.PRINTED, location="elsewhere"))

    assert closed is not None
    assert (closed.location, closed.accepted_at) == ("altstadt", NOW)


async def test_forgetting_takes_the_old_event_ids_and_leaves_orders_and_jobs(desk: Desk):
    await desk.accept(arrival("old", at=NOW - timedelta(days=9)))
    await desk.accept(arrival("new", at=NOW, approved=False))

    assert await desk.ledger.forget(NOW - timedelta(days=8)) == 1

    assert desk.counts() == (1, 1, 1, 1)
    assert (await desk.accept(arrival("new"))).result is Result.DUPLICATE


async def test_an_order_keeps_its_rank_where_an_arrival_has_none(desk: Desk):
    await desk.accept(arrival("e-1", sequence=5, approved=False))
    await desk.accept(arrival("e-2", sequence=None, approved=False))

    assert (await desk.accept(arrival("e-3", sequence=4, approved=False))).result is Result.STALE
