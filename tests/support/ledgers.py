"""A ledger on a file for tests, and small arrivals, jobs and events to give it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bonfire.messages import JobEvent, JobEventType, PrintJob, TicketOrder
from bonfire.order import Order
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from order_ingest.ledger import Acceptance, Arrival, ClosedJob, Ledger, Plan
from order_ingest.ledger.sqlite import MIGRATIONS, SqliteLedger

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)


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


def plan_of(*jobs: PrintJob) -> Plan:
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


class OpenLedger:
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
        return closed.state if isinstance(closed, ClosedJob) else None

    def see(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as db:
            return db.execute(statement).fetchall()

    def state(self) -> tuple[Any, ...]:
        (row,) = self.see("SELECT state, ticket_number, on_paper, reason FROM jobs")
        return row

    def counts(self) -> tuple[int, ...]:
        tables = ("orders", "arrivals", "jobs", "outbox")
        return tuple(self.see(f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608 -- four words above
