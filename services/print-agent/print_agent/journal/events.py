"""What the agent tells of a job: written with the change itself, published by the outbox."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bonfire import teller
from bonfire.errors import Reason
from bonfire.messages import Confirmation, JobEvent, JobEventType, OnPaper
from print_agent.domain.entry import Entry


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened to a job."""

    entry: Entry
    type: JobEventType
    on_paper: OnPaper
    reason: Reason | None = None
    detail: str = ""
    confirmation: Confirmation | None = None


def put_event(
    db: sqlite3.Connection, fact: Fact, generation: int, agent: str, journal: str, at: datetime
) -> None:
    """`generation` is the newest that was asked for: the ledger hears no older one (P9)."""
    teller.put(db, _event(fact, generation, agent, journal, at))


def _event(fact: Fact, generation: int, agent: str, journal: str, at: datetime) -> JobEvent:
    entry, job = fact.entry, fact.entry.job
    reason = fact.reason.value if fact.reason else ""
    # Derived, so that the same fact told twice is recognised as one.
    event_id = f"{job.job_id}.{generation}.{fact.type.value}.{entry.attempts}"
    if fact.type is JobEventType.WAITING:  # it may wait for one thing after the other
        event_id += f".{reason}"
    return JobEvent(
        event_id=event_id,
        type=fact.type,
        at=at,
        job_id=job.job_id,
        generation=generation,
        order_id=job.order.id,
        order_number=job.order.number,
        location=job.location,
        agent=agent,
        journal=journal,
        printer=job.printer,
        ticket_number=str(entry.ticket or ""),
        attempt=entry.attempts,
        confirmation=fact.confirmation,
        possible_duplicate=entry.sent_marked,
        on_paper=fact.on_paper,
        reason=reason,
        detail=fact.detail[:2_000],
    )
