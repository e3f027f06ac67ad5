"""The journal's tables, read and written row by row; each function runs in a transaction."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from bonfire.errors import Reason
from bonfire.messages import Confirmation, OnPaper, PrintJob
from print_agent.domain.ended import Ended
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState
from print_agent.printers import Capabilities, Fingerprint

_SELECT: Final = (
    "SELECT id, body, state, on_paper, attempts, ticket_day, ticket_number, ticket_times,"
    " first_sent_at, process_id, first_number, generation, updated_at, reason, detail, confirmation"
    " FROM jobs"
)
_UNFINISHED: Final = " WHERE state IN ('ready', 'sending', 'unknown') ORDER BY id"


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job, and what was told of it last."""

    entry: Entry
    generation: int
    since: datetime
    reason: Reason | None
    detail: str
    confirmation: Confirmation | None


@dataclass(frozen=True, slots=True)
class KnownPrinter:
    """`confirmation` is None as long as nobody had to ask, `capabilities` as long as nobody did."""

    fingerprint: Fingerprint
    confirmation: Confirmation | None
    capabilities: Capabilities | None = None


def journal_id(db: sqlite3.Connection) -> str:
    db.execute(
        "INSERT INTO meta (name, value) VALUES ('journal', ?) ON CONFLICT DO NOTHING",
        (secrets.token_hex(8),),
    )
    return str(db.execute("SELECT value FROM meta WHERE name = 'journal'").fetchone()[0])


def find_job(db: sqlite3.Connection, job_id: str) -> KnownJob | None:
    row = db.execute(f"{_SELECT} WHERE key = ?", (bytes.fromhex(job_id),)).fetchone()
    if row is None:
        return None
    generation, since, reason, detail, confirmation = row[-5:]
    return KnownJob(
        _entry(row),
        generation,
        time_of(since),
        Reason(reason) if reason else None,
        detail,
        Confirmation(confirmation) if confirmation else None,
    )


def generation_of(db: sqlite3.Connection, entry: Entry) -> int:
    """The newest that was asked for, also while an older copy is in hand (P9)."""
    (generation,) = db.execute("SELECT generation FROM jobs WHERE id = ?", (entry.id,)).fetchone()
    return int(generation)


def add_job(db: sqlite3.Connection, job: PrintJob, at: datetime) -> Entry:
    key, stamp = bytes.fromhex(job.job_id), at.timestamp()
    cursor = db.execute(
        "INSERT INTO jobs (key, generation, printer, state, received_at, updated_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, job.generation, job.printer, JobState.READY, stamp, stamp, job.encode()),
    )
    return Entry(cursor.lastrowid or 0, job, JobState.READY)


def raise_generation(db: sqlite3.Connection, job: PrintJob) -> None:
    key = bytes.fromhex(job.job_id)
    db.execute("UPDATE jobs SET generation = ? WHERE key = ?", (job.generation, key))


def revive_job(db: sqlite3.Connection, dead: Entry, revived: Entry, at: datetime) -> None:
    """Write down that a dead job is to be printed after all."""
    job, ticket = revived.job, revived.ticket
    if dead.ticket is not None and ticket is None:
        db.execute(
            "INSERT INTO left_numbers (printer, day, number) VALUES (?, ?, ?)",
            (dead.job.printer, dead.ticket.day.isoformat(), dead.ticket.number),
        )
    db.execute(
        "UPDATE jobs SET generation = ?, printer = ?, state = ?, ticket_day = ?, ticket_number = ?,"
        " ticket_times = ?, process_id = ?, first_number = ?, reason = '', detail = '',"
        " confirmation = '', updated_at = ?, body = ? WHERE id = ?",
        (
            job.generation,
            job.printer,
            revived.state,
            ticket and ticket.day.isoformat(),
            ticket and ticket.number,
            ticket and ticket.times,
            revived.process_id,
            revived.first_number,
            at.timestamp(),
            job.encode(),
            revived.id,
        ),
    )


def change_job(db: sqlite3.Connection, before: Entry, after: Entry, at: datetime) -> bool:
    """False, and nothing is changed, if the journal does not hold the job as it was `before`."""
    ticket, sent = after.ticket, after.first_sent_at
    changed = db.execute(
        "UPDATE jobs SET state = ?, on_paper = ?, attempts = ?, ticket_day = ?, ticket_number = ?,"
        " ticket_times = ?, first_sent_at = ?, process_id = ?, updated_at = ?"
        " WHERE id = ? AND state = ? AND attempts = ?",
        (
            after.state,
            after.on_paper,
            after.attempts,
            ticket and ticket.day.isoformat(),
            ticket and ticket.number,
            ticket and ticket.times,
            sent and sent.timestamp(),
            after.process_id,
            at.timestamp(),
            before.id,
            before.state,
            before.attempts,
        ),
    )
    return changed.rowcount == 1


def add_attempt(db: sqlite3.Connection, sending: Entry, at: datetime) -> None:
    db.execute(
        "INSERT INTO attempts (job_id, number, printer, started_at, marked) VALUES (?, ?, ?, ?, ?)",
        (sending.id, sending.attempts, sending.job.printer, at.timestamp(), sending.marked),
    )


def end_attempt(db: sqlite3.Connection, ended: Ended) -> None:
    """Write down how it ended, and why the job is where it is now."""
    entry, result, at = ended.after, ended.result, ended.at.timestamp()
    db.execute(
        "UPDATE jobs SET reason = ?, detail = ?, confirmation = ? WHERE id = ?",
        (ended.reason or "", ended.detail, ended.confirmation or "", entry.id),
    )
    if result is not None:
        db.execute(
            "UPDATE attempts SET ended_at = ?, outcome = ?, reason = ?, bytes_sent = ?,"
            " confirmation = ? WHERE job_id = ? AND number = ?",
            (
                at,
                result.outcome,
                result.reason,
                result.bytes_sent,
                result.confirmation,
                entry.id,
                entry.attempts,
            ),
        )


def unfinished(db: sqlite3.Connection) -> Sequence[Entry]:
    return [_entry(row) for row in db.execute(_SELECT + _UNFINISHED)]


def last_number(db: sqlite3.Connection, printer: str) -> TicketNumber | None:
    row = db.execute(
        "SELECT * FROM (SELECT ticket_day AS day, ticket_number AS number FROM jobs"
        " WHERE printer = :printer AND ticket_day IS NOT NULL"
        " ORDER BY ticket_day DESC, ticket_number DESC LIMIT 1)"
        " UNION ALL SELECT day, number FROM left_numbers WHERE printer = :printer"
        " ORDER BY day DESC, number DESC LIMIT 1",
        {"printer": printer},
    ).fetchone()
    return None if row is None else TicketNumber(date.fromisoformat(row[0]), row[1])


def interrupted_printers(db: sqlite3.Connection) -> frozenset[str]:
    """Those whose last ticket may have stopped half-way."""
    rows = db.execute(
        "SELECT printer FROM attempts WHERE coalesce(outcome, 'unknown') = 'unknown' AND id IN ("
        " SELECT max(id) FROM attempts WHERE outcome IS NOT 'failed' GROUP BY printer)"
    )
    return frozenset(printer for (printer,) in rows)


def known_printers(db: sqlite3.Connection) -> dict[str, KnownPrinter]:
    rows = db.execute(
        "SELECT id, maker, model, serial, firmware, confirmation, capabilities FROM printers"
    )
    return {
        printer: KnownPrinter(
            Fingerprint(*who),
            Confirmation(confirms) if confirms else None,
            Capabilities(**json.loads(can)) if can else None,
        )
        for printer, *who, confirms, can in rows
    }


def remember_printer(db: sqlite3.Connection, printer: str, known: KnownPrinter) -> None:
    who, can = known.fingerprint, known.capabilities
    db.execute(
        "INSERT OR REPLACE INTO printers"
        " (id, maker, model, serial, firmware, confirmation, capabilities)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            printer,
            who.maker,
            who.model,
            who.serial,
            who.firmware,
            known.confirmation,
            can and json.dumps(asdict(can)),
        ),
    )


def forget_printers(db: sqlite3.Connection) -> Sequence[str]:
    return sorted(printer for (printer,) in db.execute("DELETE FROM printers RETURNING id"))


def _entry(row: Sequence[Any]) -> Entry:
    number, body, state, on_paper, attempts, day, ticket, times, *sent = row[:11]
    first_sent_at, process_id, first_number = sent
    return Entry(
        number,
        PrintJob.model_validate_json(body),
        JobState(state),
        OnPaper(on_paper),
        attempts,
        None if day is None else TicketNumber(date.fromisoformat(day), ticket, times),
        None if first_sent_at is None else time_of(first_sent_at),
        process_id,
        first_number,
    )


def time_of(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
