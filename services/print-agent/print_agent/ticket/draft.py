"""One ticket while it is written: what is known of it, and the pen that writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.messages import Document, JobKind, PrintJob, TicketOrder
from print_agent.ticket.alike import merge_identical
from print_agent.ticket.difference import Difference, difference
from print_agent.ticket.local_time import LocalTime
from print_agent.ticket.pen import Pen
from print_agent.ticket.profile import Profile
from print_agent.ticket.slip import Slip
from print_agent.ticket.words import WORDS, Task, Words

NUMBER_CHARACTERS: Final = 60
NAME_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """`before` is the order as it stood on the ticket that this one takes back."""

    job: PrintJob
    slip: Slip
    profile: Profile
    pen: Pen
    local: LocalTime
    number: str  # of the order, as it prints
    before: TicketOrder | None
    difference: Difference | None

    @classmethod
    def begin(cls, job: PrintJob, slip: Slip, profile: Profile) -> Draft:
        pen = Pen(WORDS[job.language], profile)
        before = slip.replaces.order if slip.replaces and _takes_back(job) else None
        if profile.merge_identical:
            order, stations = merge_identical(job.order, job.stations)
            job = job.model_copy(update={"order": order, "stations": stations})
            before = merge_identical(before)[0] if before else None
        number = pen.line(job.order.number, NUMBER_CHARACTERS)
        pen.incomplete = pen.incomplete or not number
        return cls(
            job=job,
            slip=slip,
            profile=profile,
            pen=pen,
            local=LocalTime(job.timezone, slip.printed_at, pen.words),
            number=number or "?",
            before=before,
            difference=difference(before, job.order) if before else None,
        )

    @property
    def words(self) -> Words:
        return self.pen.words

    @property
    def order(self) -> TicketOrder:
        return self.job.order

    @property
    def task(self) -> Task:
        """What the marks forbid whoever holds this ticket. The pass speaks for its cooks."""
        match self.job.document:
            case Document.STATION | Document.PASS:
                return self.words.cook
            case Document.COURIER:
                return self.words.deliver
            case Document.BAG:
                return self.words.pack

    @property
    def is_test(self) -> bool:
        return self.slip.test or self.job.kind is JobKind.TEST

    @property
    def is_cancelled(self) -> bool:
        return self.job.kind is JobKind.CANCEL and not self.is_test

    @property
    def change(self) -> Difference | None:
        """What a change changes, as far as it is known what stood on the ticket before."""
        is_change = self.job.kind is JobKind.CHANGE and not self.is_test
        return self.difference if is_change else None

    @property
    def count(self) -> int:
        """Dishes on this ticket, each as often as it was ordered; taken back ones on a CANCEL."""
        items = self.order.items
        if self.is_cancelled and self.difference:
            items = (*(line.on_paper for line in self.difference.lines),)
        return sum(item.quantity for item in items)


def _takes_back(job: PrintJob) -> bool:
    return job.kind in (JobKind.CHANGE, JobKind.CANCEL)
