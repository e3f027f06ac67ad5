"""A restaurant whose people are told, what happens in it, and a history in memory."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from bonfire.broker import Delivery
from bonfire.config import Config, parse
from bonfire.errors import Reason
from bonfire.messages import (
    DeadLetterEvent,
    DeadLetterEventType,
    Ending,
    Heartbeat,
    JobEvent,
    JobEventType,
    PrinterEvent,
    PrinterEventType,
    PrinterState,
    ServiceEvent,
    ServiceEventType,
)
from bonfire.store import Store
from bonfire.store.migrations import migrate, read_migrations
from bonfire.testing import START
from notifier.domain.notices import notices
from notifier.history.sqlite import MIGRATIONS, SqliteHistory
from tests.support import configs
from tests.support.configs import Document

T = TypeVar("T")

BERTA = "berta@bosco.example"
CHEF = "chef@bosco.example"
OTTO = "otto@bosco.example"
PEOPLE = [
    {"name": "Berta Bosco", "email": BERTA},
    {"name": "Head Chef", "email": CHEF, "language": "en", "locations": ["altstadt"]},
    {"name": "Otto", "email": OTTO, "role": "operator"},
]
MAIL = {"host": "127.0.0.1", "port": 25, "tls": "none", "sender": "bonfire@bosco.example"}

_numbers = itertools.count(1)


def document(**more: Any) -> Document:
    """Altstadt and Hafen, each with a print host of its own name; Berta is told of both."""
    hafen = configs.location("hafen", agent="hafen")
    altstadt = configs.location("altstadt", agent="altstadt")
    return configs.document(altstadt, hafen, **{"people": PEOPLE, "mail": MAIL, **more})


def house(**more: Any) -> Config:
    return parse(document(**more))


class MemoryStore:
    """As much of a store as a history needs, without a disk: `refusals` are raised one by one."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.execute("PRAGMA foreign_keys=ON")
        migrate(self._db, read_migrations(MIGRATIONS))
        self.refusals: list[Exception] = []

    async def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self.refusals:
            raise self.refusals.pop(0)
        self._db.execute("BEGIN")
        try:
            result = work(self._db)
        except Exception:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return result

    def close(self) -> None:
        self._db.close()


def memory_history(store: MemoryStore, config: Config) -> SqliteHistory:
    return SqliteHistory(cast(Store, store), lambda verdict: notices(verdict, config))


@dataclass(frozen=True)
class _Parcel:
    body: bytes
    routing_key: str


def parcel(body: bytes, key: str = "altstadt.printer.lost") -> Delivery:
    """As much of a delivery as is read."""
    return cast(Delivery, _Parcel(body, key))


def event_id() -> str:
    return f"event-{next(_numbers)}"


def printer_event(
    type_: PrinterEventType = PrinterEventType.LOST, at: datetime = START, **more: Any
) -> PrinterEvent:
    said = {
        "event_id": event_id(),
        "location": "altstadt",
        "agent": "altstadt",
        "printer": "kitchen-1",
        "reason": Reason.PAPER_OUT.value,
        "lost_at": at,
        "waiting": 3,
    }
    return PrinterEvent.model_validate({**said, "type": type_, "at": at, **more})


def dead_letter_event(
    type_: DeadLetterEventType = DeadLetterEventType.ADDED, at: datetime = START, **more: Any
) -> DeadLetterEvent:
    said = {
        "event_id": event_id(),
        "location": "altstadt",
        "dead_letter": "17",
        "reason": Reason.RENDER_ERROR.value,
        "order_number": "1042",
        "agent": "altstadt",
        "printer": "kitchen-1",
        "unsettled": 1,
    }
    return DeadLetterEvent.model_validate({**said, "type": type_, "at": at, **more})


def job_event(type_: JobEventType, at: datetime = START, **more: Any) -> JobEvent:
    said = {
        "event_id": event_id(),
        "job_id": "0" * 32,
        "location": "altstadt",
        "reason": Reason.RENDER_ERROR.value,
        "order_number": "1042",
        "agent": "altstadt",
        "printer": "kitchen-1",
    }
    return JobEvent.model_validate({**said, "type": type_, "at": at, **more})


def _process(said: dict[str, Any]) -> dict[str, str]:
    """A print host has the name of the one location that it serves; others serve them all."""
    service = said.get("service", "print-agent")
    instance = said.get("instance", "altstadt")
    location = instance if service == "print-agent" else ""
    return {"service": service, "instance": instance, "location": location}


def service_event(
    before: Ending = Ending.CRASHED, at: datetime = START, **more: Any
) -> ServiceEvent:
    said = {
        "event_id": event_id(),
        "type": ServiceEventType.STARTED,
        **_process(more),
        "away_s": 12.0,
    }
    return ServiceEvent.model_validate({**said, "before": before, "at": at, **more})


def printer_state(printer: str = "kitchen-1", **more: Any) -> PrinterState:
    said = {"id": printer, "location": "altstadt", "ready": True}
    return PrinterState.model_validate({**said, **more})


def heartbeat(*printers: PrinterState, at: datetime = START, **more: Any) -> Heartbeat:
    said = {
        "event_id": event_id(),
        **_process(more),
        "started_at": at - timedelta(hours=1),
    }
    return Heartbeat.model_validate({**said, "at": at, "printers": printers, **more})
