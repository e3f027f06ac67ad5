"""What a dead letter is: an agent's own word on a job, the broker's on a copy, or anything else.

Whatever the body holds, something is made of it. All that is not about one job falls into a bounded
number of kinds, so that a flood of them stays one row each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.messages import AttemptRecord, OnPaper, PrintJob
from order_ingest.domain.states import JobState, LetterState

OTHER: Final = "other"
MISATTRIBUTED: Final = "misattributed"
"""The reason of an agent's letter about a job that its sender does not speak for."""
REASONS: Final = (
    *(reason.value for reason in reasons_of(ReasonClass.PERMANENT, ReasonClass.JOB)),
    "rejected",
    "delivery_limit",
    "maxlen",
    Reason.UNROUTABLE.value,
    MISATTRIBUTED,
    OTHER,
)
"""The values of the metric's label; what an agent says beyond them counts as `other`."""


class Origin(StrEnum):
    """Who made the letter, and why."""

    AGENT = "agent"
    REJECTED = "rejected"  # a consumer could not read it
    DELIVERY_LIMIT = "delivery_limit"  # it came back too often
    MAXLEN = "maxlen"  # its queue had no room
    UNROUTABLE = "unroutable"  # published as a letter, and it is none
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter, read. Without `job_id` it speaks of no job that anybody could print."""

    origin: Origin
    reason: str
    detail: str = ""
    queue: str = ""  # where it died; empty: nobody knows
    kind: str = ""  # the name of its body's schema, where that is one of ours
    location: str = ""
    agent: str = ""
    job_id: str = ""
    generation: int = 0
    job: PrintJob | None = None  # where the body holds it
    on_paper: OnPaper = OnPaper.NO
    attempts: tuple[AttemptRecord, ...] = ()
    sample: bytes = b""  # the body's beginning

    @property
    def key(self) -> str:
        """Equal for letters that are one row."""
        if not self.job_id:
            kind = (self.origin, self.queue, self.reason, self.kind, self.location)
            return f"kind|{'|'.join(kind)}"
        speaker = "agent" if self.origin is Origin.AGENT else "copy"
        return f"{speaker}|{self.job_id}|{self.generation}"

    @property
    def label(self) -> str:
        return label_of(self.reason)

    def of_no_job(self) -> Letter:
        """Then it is nothing that a restaurant misses: it is for those who run the system."""
        return replace(self, job_id="", generation=0, location="")

    def misattributed(self) -> Letter:
        """What is left of it when its sender does not speak for the job."""
        return Letter(Origin.OTHER, MISATTRIBUTED, kind=self.kind, sample=self.sample)


def label_of(reason: str) -> str:
    """One of `REASONS`."""
    return reason if reason in REASONS else OTHER


@dataclass(frozen=True, slots=True)
class KnownJob:
    """The job of a letter as the ledger has it."""

    state: JobState
    generation: int
    location: str
    agent: str

    def is_spoken_for_by(self, letter: Letter) -> bool:
        """What the broker says of a copy is nobody's claim."""
        if letter.origin is not Origin.AGENT or letter.job is None:
            return True
        return (letter.job.location, letter.agent) == (self.location, self.agent)


def state_of(letter: Letter, job: KnownJob | None) -> LetterState:
    """What a new letter is to people. The broker's speaks of one copy, not of the job (P9)."""
    if job is None:
        return LetterState.UNSETTLED
    if job.state is JobState.PRINTED:
        return LetterState.PRINTED
    if letter.origin is Origin.AGENT:
        news = letter.generation >= job.generation
    else:
        news = letter.generation == job.generation and job.state is JobState.OPEN
    return LetterState.UNSETTLED if news else LetterState.OVERTAKEN
