"""Dead letters: taken in, listed, and told of."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from bonfire import teller
from bonfire.messages import AttemptRecord, DeadLetterEvent, DeadLetterEventType, OnPaper
from order_ingest.domain.dead_letter import KnownJob, Letter, Origin, state_of
from order_ingest.domain.states import JobState, LetterState
from order_ingest.ledger import Buried, DeadLetterRecord, LetterQuery
from order_ingest.ledger.sqlite.moments import time

_ATTEMPTS: Final = TypeAdapter(tuple[AttemptRecord, ...])
_COLUMNS: Final = (
    "id, origin, state, reason, detail, on_paper, attempts, count, first_seen_at, last_seen_at,"
    " job, generation, order_number, location, agent, station, printer, queue, kind, settled_at,"
    " settled_by"
)


class _Place(NamedTuple):
    """Where a letter's job belongs, in the order of the columns."""

    location: str
    agent: str
    printer: str
    station: str
    order_number: str


def bury(db: sqlite3.Connection, letter: Letter, at: datetime) -> Buried:
    job, place = _job_of(db, letter)
    if job is not None and not job.is_spoken_for_by(letter):
        job, letter = None, letter.misattributed()
    if not letter.job_id or (job is None and letter.job is None):
        letter = letter.of_no_job()
        place = _Place("", letter.agent, "", "", "")
    row = db.execute("SELECT id, state FROM dead_letters WHERE key = ?", (letter.key,)).fetchone()
    gave_up = False
    if row is None:
        state = state_of(letter, job)
        number = _insert(db, letter, state, place, job is not None, at)
        if state is LetterState.UNSETTLED and job is not None:
            gave_up = _give_up(db, letter, at)
    else:
        number, state = row[0], LetterState(row[1])
        if state is LetterState.DISCARDED and _says_more(db, number, letter):
            state = LetterState.UNSETTLED
        _repeat(db, number, letter, state, at)
    record = find(db, number)
    assert record is not None  # noqa: S101 -- it was written just now
    events = 0
    if row is None:
        events = _tell_new(db, record, at)
    elif state != row[1]:  # it waits for a person again, and nobody else tells so
        events = tell(db, DeadLetterEventType.ADDED, number, at)
    return Buried(record, row is not None, gave_up, events)


def find(db: sqlite3.Connection, number: int) -> DeadLetterRecord | None:
    statement = f"SELECT {_COLUMNS} FROM dead_letters WHERE id = ?"  # noqa: S608 -- our own words
    row = db.execute(statement, (number,)).fetchone()
    return None if row is None else _record(*row)


def listed(db: sqlite3.Connection, query: LetterQuery) -> Sequence[DeadLetterRecord]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dead_letters"  # noqa: S608 -- our own words
        " WHERE (? IS NULL OR location = ?) AND (? IS NULL OR state = ?) AND (? IS NULL OR id < ?)"
        " ORDER BY id DESC LIMIT ?",
        (
            *(query.location, query.location),
            *(query.state, query.state),
            *(query.before, query.before),
            query.limit,
        ),
    )
    return tuple(_record(*row) for row in rows)


def settle(db: sqlite3.Connection, number: int, state: LetterState, by: str, at: datetime) -> int:
    """Settle a letter, and every other one about its job; returns how many events that makes."""
    (job,) = db.execute("SELECT job FROM dead_letters WHERE id = ?", (number,)).fetchone()
    if job is not None:
        return settle_job(db, job, state, by, at)
    db.execute(
        "UPDATE dead_letters SET state = ?, settled_at = ?, settled_by = ? WHERE id = ?",
        (state, at.timestamp(), by, number),
    )
    return tell(db, DeadLetterEventType.SETTLED, number, at)


def settle_job(
    db: sqlite3.Connection, job: bytes, state: LetterState, by: str, at: datetime
) -> int:
    """Settle every letter about a job, also what somebody had discarded, and tell it."""
    rows = db.execute(
        "UPDATE dead_letters SET state = ?, settled_at = ?, settled_by = ?"
        " WHERE job = ? AND state IN ('unsettled', 'discarded') RETURNING id",
        (state, at.timestamp(), by, job),
    ).fetchall()
    return sum(tell(db, DeadLetterEventType.SETTLED, number, at) for (number,) in rows)


def tell(db: sqlite3.Connection, type_: DeadLetterEventType, number: int, at: datetime) -> int:
    """Put one event into the outbox, with what its location has unsettled now.

    Returns how many that made: of a letter of no location nobody is told. No ticket is missing;
    the metric `bonfire_dead_letters` alerts those who run the system.
    """
    letter = find(db, number)
    assert letter is not None  # noqa: S101 -- only its row's writer tells of it
    if not letter.location:
        return 0
    event = DeadLetterEvent(
        event_id=uuid.uuid4().hex,
        type=type_,
        at=at,
        location=letter.location,
        dead_letter=str(number),
        reason=letter.reason,
        order_number=letter.order_number,
        agent=letter.agent,
        printer=letter.printer,
        unsettled=_unsettled(db, letter.location),
    )
    teller.put(db, event)
    return 1


def _unsettled(db: sqlite3.Connection, location: str) -> int:
    """Also of a dead job whose letter is still on its way: its agent has told of it already."""
    ((count,),) = db.execute(
        "SELECT (SELECT count(*) FROM dead_letters WHERE state = 'unsettled' AND location = ?1)"
        " + (SELECT count(*) FROM jobs WHERE state = 'dead' AND location = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM dead_letters WHERE job = jobs.key AND generation >= jobs.generation))",
        (location,),
    )
    return int(count)


def _job_of(db: sqlite3.Connection, letter: Letter) -> tuple[KnownJob | None, _Place]:
    """The job as we have it; the letter's own words where we do not."""
    row = db.execute(
        "SELECT jobs.state, jobs.generation, jobs.location, jobs.agent, jobs.printer,"
        " jobs.station, orders.number FROM jobs JOIN orders ON orders.id = jobs.order_id"
        " WHERE jobs.key = ?",
        (bytes.fromhex(letter.job_id),),
    ).fetchone()
    if row is not None:
        return KnownJob(JobState(row[0]), *row[1:4]), _Place(*row[2:])
    job = letter.job
    if job is None:
        return None, _Place("", letter.agent, "", "", "")
    return None, _Place(letter.location, job.agent, job.printer, job.station, job.order.number)


def _insert(
    db: sqlite3.Connection,
    letter: Letter,
    state: LetterState,
    place: _Place,
    known: bool,
    at: datetime,
) -> int:
    settled_at = None if state is LetterState.UNSETTLED else at.timestamp()
    cursor = db.execute(
        "INSERT INTO dead_letters (key, origin, state, job, generation, location, agent, printer,"
        " station, order_number, reason, detail, on_paper, queue, kind, attempts, sample, count,"
        " first_seen_at, last_seen_at, settled_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
        (
            letter.key,
            letter.origin,
            state,
            bytes.fromhex(letter.job_id) if letter.job_id else None,
            letter.generation,
            *place,
            letter.reason,
            letter.detail,
            letter.on_paper,
            letter.queue,
            letter.kind,
            _attempts(letter),
            # A guest's words need not stand twice in the file.
            b"" if known and letter.job is not None else letter.sample,
            *(at.timestamp(), at.timestamp()),
            settled_at,
        ),
    )
    assert cursor.lastrowid is not None  # noqa: S101 -- a row was inserted
    return cursor.lastrowid


def _says_more(db: sqlite3.Connection, number: int, letter: Letter) -> bool:
    """More than what somebody has discarded. A letter of no job may be about anything."""
    said = db.execute(
        "SELECT reason, detail, on_paper, attempts FROM dead_letters WHERE id = ?", (number,)
    ).fetchone()
    says = (letter.reason, letter.detail, letter.on_paper.value, _attempts(letter))
    return not letter.job_id or said != says


def _repeat(
    db: sqlite3.Connection, number: int, letter: Letter, state: LetterState, at: datetime
) -> None:
    """One more like it: an agent says the same again, and the broker tells of another copy."""
    db.execute(
        "UPDATE dead_letters SET reason = ?, detail = ?, on_paper = ?, attempts = ?,"
        " count = count + ?, last_seen_at = ?, state = ?,"
        " settled_at = iif(? = 'unsettled', NULL, settled_at),"
        " settled_by = iif(? = 'unsettled', '', settled_by) WHERE id = ?",
        (
            letter.reason,
            letter.detail,
            letter.on_paper,
            _attempts(letter),
            int(letter.origin is not Origin.AGENT),
            at.timestamp(),
            *(state, state, state),
            number,
        ),
    )


def _give_up(db: sqlite3.Connection, letter: Letter, at: datetime) -> bool:
    """False where its agent had told it before."""
    cursor = db.execute(
        "UPDATE jobs SET state = 'dead', reason = ?, on_paper = ?, updated_at = ?"
        " WHERE key = ? AND state != 'dead'",
        (letter.reason, letter.on_paper, at.timestamp(), bytes.fromhex(letter.job_id)),
    )
    return cursor.rowcount > 0


def _tell_new(db: sqlite3.Connection, letter: DeadLetterRecord, at: datetime) -> int:
    """An agent tells of a dead job by itself; that it is settled already, it cannot know."""
    agents = letter.origin is Origin.AGENT
    if letter.state is LetterState.UNSETTLED and not agents:
        return tell(db, DeadLetterEventType.ADDED, letter.id, at)
    if letter.state is not LetterState.UNSETTLED and agents:
        return tell(db, DeadLetterEventType.SETTLED, letter.id, at)
    return 0


def _attempts(letter: Letter) -> str:
    return json.dumps([attempt.model_dump(mode="json") for attempt in letter.attempts])


def _record(*row: Any) -> DeadLetterRecord:
    (id_, origin, state, reason, detail, on_paper, attempts, count, first, last, job, *rest) = row
    generation, number, location, agent, station, printer, queue, kind, settled_at, by = rest
    return DeadLetterRecord(
        id=id_,
        origin=Origin(origin),
        state=LetterState(state),
        reason=reason,
        detail=detail,
        on_paper=OnPaper(on_paper),
        attempts=_ATTEMPTS.validate_json(attempts),
        count=count,
        first_seen_at=time(first),
        last_seen_at=time(last),
        job_id=job.hex() if job is not None else "",
        generation=generation,
        order_number=number,
        location=location,
        agent=agent,
        station=station,
        printer=printer,
        queue=queue,
        kind=kind,
        settled_at=None if settled_at is None else time(settled_at),
        settled_by=by,
    )
