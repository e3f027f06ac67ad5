"""A job as the journal knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bonfire.messages import OnPaper, PrintJob
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState


@dataclass(frozen=True, slots=True)
class Entry:
    """`ticket` and `first_sent_at` are None until the first byte of it may have left."""

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
