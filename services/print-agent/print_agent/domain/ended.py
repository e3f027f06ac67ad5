"""How an attempt ended, or a job without one: what it was, what it is now, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bonfire.errors import Permanent, Reason
from bonfire.messages import Confirmation, OnPaper
from print_agent.domain.entry import Entry
from print_agent.domain.states import AttemptEnd, JobState, Verdict, after_attempt
from print_agent.printers import Outcome, PrintResult

_END_OF: Final = {
    Outcome.CONFIRMED: AttemptEnd.PRINTED,
    Outcome.WEAK: AttemptEnd.PRINTED,
    Outcome.FAILED: AttemptEnd.NOTHING_SENT,
    Outcome.UNKNOWN: AttemptEnd.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """`before` is what the journal holds until this is committed.

    `result` is None where no attempt ended, or where nobody saw how it did.
    """

    before: Entry
    after: Entry
    at: datetime
    reason: Reason | None = None
    detail: str = ""
    confirmation: Confirmation | None = None
    result: PrintResult | None = None


def after_printing(ready: Entry, sending: Entry, result: PrintResult, at: datetime) -> Ended:
    """`ready` is the job as it was before the attempt."""
    verdict = after_attempt(_END_OF[result.outcome], result.reason, marked=sending.marked)
    failed = result.outcome is Outcome.FAILED
    after = ready.not_sent(sending) if failed else sending.after(verdict)
    confirmation = result.confirmation if verdict.state is JobState.DONE else None
    return Ended(sending, after, at, verdict.reason, result.detail, confirmation, result)


def after_late_word(unknown: Entry, at: datetime) -> Ended:
    """The printer says that an unknown attempt was printed after all (P9)."""
    after = unknown.after(Verdict(JobState.DONE, OnPaper.YES))
    return Ended(unknown, after, at, confirmation=Confirmation.PROCESS_ID)


def after_cut(sending: Entry, at: datetime) -> Ended:
    """SENDING after a start: a crash or a stop came between, and nobody saw how it ended."""
    verdict = after_attempt(AttemptEnd.UNKNOWN, Reason.INTERRUPTED, marked=sending.marked)
    return Ended(sending, sending.after(verdict), at, verdict.reason)


def unprintable(entry: Entry, error: Permanent, at: datetime) -> Ended:
    """A job that can never print."""
    after = entry.after(Verdict(JobState.DEAD, entry.on_paper, error.reason))
    return Ended(entry, after, at, error.reason, error.detail)


def log_fields(ended: Ended, event: str) -> dict[str, str | int]:
    """What a log line says of it: ids and reasons, nothing of a guest."""
    entry, result = ended.after, ended.result
    fields: dict[str, str | int] = {
        "event": event,
        "job_id": entry.job.job_id,
        "printer": entry.job.printer,
        "state": entry.state.value,
        "reason": ended.reason.value if ended.reason else "",
    }
    if result is not None:
        fields["outcome"] = result.outcome.value
        fields["bytes_sent"] = result.bytes_sent
    return fields
