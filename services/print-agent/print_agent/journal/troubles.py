"""The troubles that were told: a restart neither tells one again nor forgets its end."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bonfire.errors import Reason
from bonfire.messages import PrinterEvent, PrinterEventType
from print_agent.journal.rows import time_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was last told of a printer that is lost."""

    reason: Reason
    lost_at: datetime


def note_trouble(db: sqlite3.Connection, event: PrinterEvent) -> None:
    """Remember what this event tells, in the transaction that puts it into the outbox."""
    if event.type is PrinterEventType.BACK or event.lost_at is None:
        db.execute("DELETE FROM troubles WHERE printer = ?", (event.printer,))
        return
    db.execute(
        "INSERT OR REPLACE INTO troubles (printer, reason, lost_at) VALUES (?, ?, ?)",
        (event.printer, event.reason, event.lost_at.timestamp()),
    )


def find_trouble(db: sqlite3.Connection, printer: str) -> Trouble | None:
    row = db.execute(
        "SELECT reason, lost_at FROM troubles WHERE printer = ?", (printer,)
    ).fetchone()
    return None if row is None else Trouble(Reason(row[0]), time_of(row[1]))
