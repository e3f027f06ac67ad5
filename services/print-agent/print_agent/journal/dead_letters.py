"""What will not print without a person, with all that this person needs (docs/adr/0021).

It is committed with the job's death and has a lane of its own: while nobody takes dead letters in,
events go on.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any, Final

from bonfire import outbox
from bonfire.broker import HeaderValue, Outgoing, topology
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    TRACE_ID,
    AttemptRecord,
    DeadLetter,
)
from print_agent.domain.entry import Entry
from print_agent.journal.events import Fact
from print_agent.journal.rows import time_of

LANE: Final = "@dead"
MOST_ATTEMPTS: Final = 50
"""The newest are told: a printer that takes not a byte can make hundreds in a night."""


def put_dead_letter(
    db: sqlite3.Connection, fact: Fact, generation: int, agent: str, journal: str, at: datetime
) -> None:
    """Add the letter of a job that has just died, or had died when it was asked for again."""
    job = fact.entry.job.model_copy(update={"generation": generation})
    reason = fact.reason.value if fact.reason else ""
    letter = DeadLetter(
        # Derived, as an event's: the same death told twice is one.
        event_id=f"{job.job_id}.{generation}.dead-letter",
        at=at,
        agent=agent,
        journal=journal,
        reason=reason,
        detail=fact.detail[:2_000],
        on_paper=fact.on_paper,
        attempts=_attempts(db, fact.entry),
        job=job,
    )
    headers: dict[str, HeaderValue] = {
        LOCATION: job.location,
        JOB_ID: job.job_id,
        GENERATION: generation,
        TRACE_ID: job.job_id,
    }
    message = Outgoing(topology.DEAD, f"{job.location}.{reason}", letter.encode(), headers)
    outbox.put(db, LANE, message, at.timestamp())


def _attempts(db: sqlite3.Connection, entry: Entry) -> tuple[AttemptRecord, ...]:
    rows = db.execute(
        "SELECT number, printer, started_at, ended_at, outcome, reason, bytes_sent, confirmation,"
        " marked FROM attempts WHERE job_id = ? ORDER BY number DESC LIMIT ?",
        (entry.id, MOST_ATTEMPTS),
    ).fetchall()
    return tuple(_record(*row) for row in reversed(rows))


def _record(
    number: int, printer: str, started_at: float, ended_at: float | None, *rest: Any
) -> AttemptRecord:
    outcome, reason, bytes_sent, confirmation, marked = rest
    return AttemptRecord(
        number=number,
        printer=printer,
        started_at=time_of(started_at),
        ended_at=None if ended_at is None else time_of(ended_at),
        outcome=outcome or "",
        reason=reason or "",
        bytes_sent=bytes_sent,
        confirmation=confirmation or "",
        marked=bool(marked),
    )
