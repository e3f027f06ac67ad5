"""What a person decides about a dead letter."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

from bonfire import outbox
from bonfire.messages import PrintJob, decode
from order_ingest.domain.states import JobState, LetterState
from order_ingest.ledger import Decision, Settlement
from order_ingest.ledger.sqlite import dead_letters
from order_ingest.ledger.sqlite.jobs import message


def requeue(
    db: sqlite3.Connection, letter_id: int, by: str, at: datetime, hosts: Collection[str]
) -> Settlement:
    letter = dead_letters.find(db, letter_id)
    if letter is None:
        return Settlement(Decision.UNKNOWN)
    if letter.state not in (LetterState.UNSETTLED, LetterState.DISCARDED):
        return Settlement(Decision.SETTLED, letter)
    key = bytes.fromhex(letter.job_id)
    row = db.execute("SELECT state, body, agent FROM jobs WHERE key = ?", (key,)).fetchone()
    if row is None:
        return Settlement(Decision.NO_JOB, letter)
    if row[0] != JobState.DEAD:
        return Settlement(Decision.NOT_DEAD, letter, job_state=JobState(row[0]))
    if row[2] not in hosts:
        return Settlement(Decision.NO_HOST, letter)
    job = _send_again(db, key, row[1], letter.generation, at)
    events = dead_letters.settle(db, letter_id, LetterState.REQUEUED, by, at)
    return Settlement(Decision.DONE, dead_letters.find(db, letter_id), job, JobState.OPEN, events)


def discard(db: sqlite3.Connection, letter_id: int, by: str, at: datetime) -> Settlement:
    letter = dead_letters.find(db, letter_id)
    if letter is None:
        return Settlement(Decision.UNKNOWN)
    if letter.state is not LetterState.UNSETTLED:
        return Settlement(Decision.SETTLED, letter)
    events = dead_letters.settle(db, letter_id, LetterState.DISCARDED, by, at)
    return Settlement(Decision.DONE, dead_letters.find(db, letter_id), events=events)


def _send_again(
    db: sqlite3.Connection, key: bytes, body: bytes, generation: int, at: datetime
) -> PrintJob:
    """Above every known generation: only that revives a job that its agent has given up (P4)."""
    dead = decode(body)
    assert isinstance(dead, PrintJob)  # noqa: S101 -- we wrote it
    generation = max(dead.generation, generation) + 1
    job = dead.model_copy(update={"generation": generation, "due_at": at})
    body = job.encode()
    db.execute(
        "UPDATE jobs SET generation = ?, due_at = ?, state = 'open', reason = '', updated_at = ?,"
        " body = ? WHERE key = ?",
        (job.generation, at.timestamp(), at.timestamp(), body, key),
    )
    outbox.put(db, job.agent, message(job, body), at.timestamp())
    return job
