"""Jobs: released with their messages, and told of by their agents."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from bonfire import outbox
from bonfire.broker import Outgoing, topology
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    TRACE_ID,
    Document,
    JobEvent,
    JobEventType,
    PrintJob,
)
from order_ingest.domain.states import JobState, LetterState
from order_ingest.ledger import Arrival, ClosedJob, Misattributed
from order_ingest.ledger.sqlite.dead_letters import settle_job
from order_ingest.ledger.sqlite.moments import time

STATE_OF: Final = {
    JobEventType.RECEIVED: JobState.RECEIVED,
    JobEventType.WAITING: JobState.WAITING,
    JobEventType.PRINTED: JobState.PRINTED,
    JobEventType.DEAD: JobState.DEAD,
}
FINAL: Final = (JobState.PRINTED, JobState.DEAD)


def release(
    db: sqlite3.Connection, order_id: int, arrival: Arrival, jobs: Sequence[PrintJob]
) -> tuple[PrintJob, ...]:
    """Store the jobs and their messages; a job that is known already is left alone."""
    at = arrival.at.timestamp()
    new = []
    for job in jobs:
        body = job.encode()
        cursor = db.execute(
            "INSERT INTO jobs (key, order_id, generation, agent, station, printer, state,"
            " accepted_at, due_at, updated_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (
                bytes.fromhex(job.job_id),
                order_id,
                job.generation,
                job.agent,
                job.station,
                job.printer,
                JobState.OPEN,
                job.accepted_at.timestamp(),
                job.due_at.timestamp(),
                at,
                body,
            ),
        )
        if cursor.rowcount:
            outbox.put(db, job.agent, message(job, body), at)
            new.append(job)
    return tuple(new)


def message(job: PrintJob, body: bytes) -> Outgoing:
    headers: dict[str, str | int] = {
        JOB_ID: job.job_id,
        GENERATION: job.generation,
        LOCATION: job.location,
        TRACE_ID: job.job_id,
    }
    return Outgoing(topology.JOBS, job.agent, body, headers)


def apply(db: sqlite3.Connection, event: JobEvent) -> ClosedJob | Misattributed | None:
    """The agent's word; an event of an older generation, or after PRINTED, changes nothing."""
    state = STATE_OF[event.type]
    key = bytes.fromhex(event.job_id)
    owner = db.execute("SELECT location, agent FROM jobs WHERE key = ?", (key,)).fetchone()
    if owner is not None and owner != (event.location, event.agent):
        return Misattributed(*owner)
    row = db.execute(
        "UPDATE jobs SET state = ?, ticket_number = ?, reason = ?, on_paper = ?, updated_at = ?"
        " WHERE key = ? AND generation <= ? AND state != 'printed'"
        " AND (state != 'dead' OR ? = 'printed')"
        " RETURNING location, json_extract(CAST(body AS TEXT), '$.document'), accepted_at",
        (
            state,
            event.ticket_number,
            event.reason,
            event.on_paper.value,
            event.at.timestamp(),
            key,
            event.generation,
            state,
        ),
    ).fetchone()
    if row is None or state not in FINAL:
        return None
    events = 0
    if state is JobState.PRINTED:  # whatever letter gave it up
        events = settle_job(db, key, LetterState.PRINTED, event.agent, event.at)
    location, document, accepted_at = row
    return ClosedJob(location, state, Document(document), time(accepted_at), events)
