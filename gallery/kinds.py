"""The occasions on which a ticket comes out: what the agent knows of each when it prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bonfire.messages import JobKind, PrintJob, TicketOrder
from print_agent.ticket import Earlier, Replaced, Slip, Unused

_NUMBER: Final = "0417"
_SECONDS: Final = timedelta(seconds=40)
_MINUTES: Final = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`job_kind` is the job's; `slip` takes the job and what stood on the ticket before it.

    `is_revised` says that the job is one of the revised order.
    """

    job_kind: JobKind
    slip: Callable[[PrintJob, TicketOrder], Slip]
    is_revised: bool = False


def _first(job: PrintJob, _: TicketOrder) -> Slip:
    unused = (Unused("0416", printed_at="bar-1"),)
    return Slip(_NUMBER, job.accepted_at + _SECONDS, previous="0415", unused=unused)


def _replacing(job: PrintJob, before: TicketOrder) -> Slip:
    earlier = Earlier(_NUMBER, job.accepted_at + _SECONDS)
    printed_at = job.accepted_at + _MINUTES
    return Slip("0421", printed_at, replaces=Replaced(earlier, before), previous="0420")


def _reprinted(job: PrintJob, _: TicketOrder) -> Slip:
    return Slip(f"{_NUMBER}/3", job.accepted_at + _MINUTES, reprint=2)


def _perhaps_twice(job: PrintJob, _: TicketOrder) -> Slip:
    earlier = Earlier(_NUMBER, job.accepted_at + _SECONDS)
    return Slip(f"{_NUMBER}/2", job.accepted_at + _MINUTES, possible_duplicate_of=earlier)


def _moved(job: PrintJob, _: TicketOrder) -> Slip:
    return Slip("0093", job.accepted_at + _MINUTES, moved_from="kitchen-1", previous="0092")


def _late(job: PrintJob, _: TicketOrder) -> Slip:
    return Slip(_NUMBER, job.accepted_at + timedelta(minutes=12), late_minutes=12)


def _test(job: PrintJob, _: TicketOrder) -> Slip:
    return Slip(_NUMBER, job.accepted_at + _SECONDS, test=True)


USUAL: Final = "NEW"

KINDS: Final[dict[str, Occasion]] = {
    USUAL: Occasion(JobKind.NEW, _first),
    "CHANGE": Occasion(JobKind.CHANGE, _replacing, is_revised=True),
    "CANCEL": Occasion(JobKind.CANCEL, _replacing),
    "REPRINT-2": Occasion(JobKind.REPRINT, _reprinted),
    "POSSIBLE-DUPLICATE": Occasion(JobKind.NEW, _perhaps_twice),
    "FROM-KITCHEN-1": Occasion(JobKind.NEW, _moved),
    "LATE-12": Occasion(JobKind.NEW, _late),
    "TEST": Occasion(JobKind.TEST, _test),
}
