"""The life of a job in the agent, and what follows from the outcome of an attempt.

READY -> SENDING -> DONE
  ^         |-----> READY    no byte was printed: the printer's trouble, the job waits
  |         |-----> UNKNOWN  -> SENDING once more, marked as a possible duplicate
  |         `-----> DEAD     a person has to look; may be asked for again, then as READY or UNKNOWN
  `- a job is READY as soon as it is on disk; only then is its message acknowledged
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bonfire.errors import Reason
from bonfire.messages import OnPaper


class JobState(StrEnum):
    READY = "ready"
    SENDING = "sending"  # committed before the first byte; after a crash it means UNKNOWN
    UNKNOWN = "unknown"
    DONE = "done"
    DEAD = "dead"


class AttemptEnd(StrEnum):
    """How an attempt ended, as far as the next step depends on it."""

    PRINTED = "printed"
    NOTHING_SENT = "nothing_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state that a job takes, and what people have to expect on paper."""

    state: JobState
    on_paper: OnPaper
    reason: Reason | None = None


def after_attempt(end: AttemptEnd, reason: Reason | None, *, marked: bool) -> Verdict:
    """`marked`: the attempt itself was the possible duplicate, so there is no further one.

    A cook rather sees two tickets, one of them marked, than none; but never a third one without
    a person.
    """
    if end is AttemptEnd.PRINTED:
        return Verdict(JobState.DONE, OnPaper.YES)
    if end is AttemptEnd.NOTHING_SENT:
        state = JobState.UNKNOWN if marked else JobState.READY
        return Verdict(state, OnPaper.MAYBE if marked else OnPaper.NO, reason)
    if marked:
        return Verdict(JobState.DEAD, OnPaper.MAYBE, Reason.STILL_UNKNOWN)
    return Verdict(JobState.UNKNOWN, OnPaper.MAYBE, reason)
