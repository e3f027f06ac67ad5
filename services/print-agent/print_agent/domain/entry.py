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
    that may be on paper, and are empty while there is none.
    """

    id: int
    job: PrintJob
    state: JobState
    on_paper: OnPaper = OnPaper.NO
    attempts: int = 0
    ticket: TicketNumber | None = None
    first_sent_at: datetime | None = None
    process_id: bytes = b""

    @property
    def marked(self) -> bool:
        """Is its next attempt (while SENDING: its present one) a possible duplicate?"""
        return self.on_paper is OnPaper.MAYBE

    @property
    def sent_marked(self) -> bool:
        """Has a ticket that says POSSIBLE DUPLICATE been on its way to the printer?"""
        return self.ticket is not None and self.ticket.times > 1

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

    def after(self, verdict: Verdict) -> Entry:
        return replace(self, state=verdict.state, on_paper=verdict.on_paper)
