"""Dead letters of every make, for tests of who takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bonfire.broker import HeaderValue
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    AttemptRecord,
    DeadLetter,
    PrintJob,
)
from order_ingest.domain.letter_reader import LetterReader
from tests.support.ledgers import NOW, job

QUEUES = {"jobs.pi-1": "pi-1", "events.ledger": "", "events.notifier": "", "dead-letters": ""}


def reader() -> LetterReader:
    return LetterReader(QUEUES, {"altstadt", "hafen"})


def key_of(headers: Mapping[str, HeaderValue]) -> str:
    """The routing key of a letter: the queue that it died in, or an agent's own."""
    return str(headers.get("x-first-death-queue", "altstadt.render_error"))


def agents(dead: PrintJob | None = None, **changes: Any) -> DeadLetter:
    """What a print host says of a job that it gave up."""
    fields: dict[str, Any] = {
        "event_id": "dl-1",
        "at": NOW,
        "agent": (dead or job()).agent,
        "reason": "render_error",
        "detail": "no such column",
        "attempts": (AttemptRecord(number=1, printer="kitchen-1", started_at=NOW),),
        "job": dead or job(),
    }
    return DeadLetter(**(fields | changes))


def died(
    queue: str = "jobs.pi-1", reason: str = "rejected", **more: HeaderValue
) -> dict[str, HeaderValue]:
    """The broker's headers of a letter."""
    return {"x-first-death-queue": queue, "x-first-death-reason": reason, **more}


def copy_of(
    dead: PrintJob, queue: str = "jobs.pi-1", reason: str = "rejected"
) -> dict[str, HeaderValue]:
    """The headers of a copy that died: ours and the broker's."""
    ours: dict[str, HeaderValue] = {
        JOB_ID: dead.job_id,
        GENERATION: dead.generation,
        LOCATION: dead.location,
    }
    return died(queue, reason) | ours
