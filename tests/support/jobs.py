"""Print jobs for tests of the agent. Every dish in them is invented."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from bonfire.messages import PrintJob, TicketOrder
from bonfire.order import Item

AGENT: Final = "altstadt"
ACCEPTED: Final = datetime(2026, 5, 12, 17, 59, tzinfo=UTC)


def job_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def job(name: str = "A1", printer: str = "kitchen-1", **changes: Any) -> PrintJob:
    """A small ticket; `name` is the order's number, and two names make two jobs."""
    fields: dict[str, Any] = {
        "job_id": job_id(f"{name} at {printer}"),
        "organisation": "bosco",
        "location": "altstadt",
        "location_name": "Altstadt",
        "timezone": "Europe/Berlin",
        "agent": AGENT,
        "station": "kitchen",
        "station_name": "KÜCHE",
        "printer": printer,
        "accepted_at": ACCEPTED,
        "due_at": ACCEPTED,
        "order": TicketOrder(id=f"order-{name}", number=name, items=(Item(name="Käsespätzle"),)),
    }
    return PrintJob(**(fields | changes))


def jobs(*names: str, printer: str = "kitchen-1") -> list[PrintJob]:
    return [job(name, printer) for name in names]
