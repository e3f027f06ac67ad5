"""What the agent knows of a job when it prints it, as its ticket says it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bonfire.messages import JobKind, PrintJob
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.ticket import Earlier, Slip

LATE_FROM_MINUTES: Final = 2


def slip_of(entry: Entry, ticket: TicketNumber, now: datetime) -> Slip:
    """`ticket` is the number that it prints under, `now` the moment before its first byte."""
    first = None
    if entry.marked and entry.first_sent_at is not None:
        first = Earlier(entry.earlier_number, entry.first_sent_at)
    return Slip(
        str(ticket),
        now,
        possible_duplicate_of=first,
        late_minutes=_late_minutes(entry.job, now),
        previous=ticket.previous,
    )


def _late_minutes(job: PrintJob, now: datetime) -> int | None:
    """Whole ones since it was due; a clock that is behind makes nothing late."""
    minutes = (now - job.due_at) // timedelta(minutes=1)
    return minutes if minutes >= LATE_FROM_MINUTES and job.kind is not JobKind.TEST else None
