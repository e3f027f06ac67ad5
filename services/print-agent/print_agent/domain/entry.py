"""A job as the journal knows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bonfire.messages import OnPaper, PrintJob
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState, Verdict


@dataclass(frozen=True, slots=True)
class Entry:
    """`ticket` is None until a first SENDING; `first_sent_at` and `process_id` tell of the attempt
    that may be on paper, and are empty while there is none. `first_number` is that attempt's ticket
    where it went to another printer, whose numbers are not this one's.
    """

    id: int
    job: PrintJob
    state: JobState
    on_paper: OnPaper = OnPaper.NO
    attempts: int = 0
    ticket: TicketNumber | None = None
    first_sent_at: datetime | None = None
    process_id: bytes = b""
    first_number: str = ""

    @property
    def marked(self) -> bool:
        """Is its next attempt (while SENDING: its present one) a possible duplicate?"""
        return self.on_paper is OnPaper.MAYBE

    @property
    def sent_marked(self) -> bool:
        """Has a ticket that says POSSIBLE DUPLICATE been on its way to the printer?"""
        ticket = self.ticket
        return ticket is not None and (ticket.times > 1 or bool(self.first_number))

    @property
    def earlier_number(self) -> str:
        """Of the ticket that may be on paper; empty while there was none."""
        return self.first_number or (str(self.ticket.first()) if self.ticket else "")

    def sending(self, ticket: TicketNumber, process_id: bytes, at: datetime) -> Entry:
        """Its next attempt."""
        return replace(
            self,
            state=JobState.SENDING,
            attempts=self.attempts + 1,
            ticket=ticket,
            first_sent_at=self.first_sent_at or at,
            process_id=process_id,
        )

    def not_sent(self, sending: Entry) -> Entry:
        """Not a byte of that attempt left: all is as before, but the number is taken."""
        return replace(self, ticket=self.ticket or sending.ticket, attempts=sending.attempts)

    def revived(self, job: PrintJob) -> Entry:
        """A person wants a dead job printed after all, perhaps by another printer (P4)."""
        state = JobState.UNKNOWN if self.marked else JobState.READY
        revived = replace(self, job=job, state=state)
        if job.printer == self.job.printer:
            return replace(revived, first_number="" if self.ticket else self.first_number)
        earlier = self.earlier_number if self.marked else ""
        return replace(revived, ticket=None, process_id=b"", first_number=earlier)

    def after(self, verdict: Verdict) -> Entry:
        return replace(self, state=verdict.state, on_paper=verdict.on_paper)
