"""The journal: every job from its receipt to the paper, on the agent's own disk.

A message is acknowledged once its job is here, and a ticket's first byte leaves once SENDING is
here. What the agent tells of a job is committed with the change itself, in the outbox.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final, TypeVar

from bonfire.errors import Reason
from bonfire.messages import Confirmation, JobEventType, OnPaper, PrintJob
from bonfire.store import Store
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import OPEN_STATES, JobState, Verdict
from print_agent.journal.events import Fact, put_event
from print_agent.printers import Fingerprint, PrintResult

T = TypeVar("T")

MIGRATIONS: Final = "print_agent.journal.migrations"
_TOLD_AS: Final = {
    JobState.READY: JobEventType.RECEIVED,
    JobState.SENDING: JobEventType.RECEIVED,
    JobState.UNKNOWN: JobEventType.RECEIVED,
    JobState.DONE: JobEventType.PRINTED,
    JobState.DEAD: JobEventType.DEAD,
}


@dataclass(frozen=True, slots=True)
class KnownPrinter:
    fingerprint: Fingerprint
    confirmation: Confirmation


class Journal:
    """One store, one writer. Every method returns once its change is on disk."""

    def __init__(self, store: Store, agent: str, on_told: Callable[[int], None]) -> None:
        """`on_told` is called with the number of events that a commit has put in the outbox."""
        self._store = store
        self._agent = agent
        self._on_told = on_told
        self._told = 0
        self.id = ""
        """Random, made with the file: another journal is another memory (P3)."""

    async def open(self) -> None:
        self.id = await self._transact(_journal_id)

    async def receive(self, job: PrintJob, at: datetime) -> Entry | None:
        """Take a job in; None for one that is known, whose present state is told again (P8)."""
        return await self._transact(partial(self._receive, job=job, at=at))

    async def bury(self, entry: Entry, reason: Reason, detail: str, at: datetime) -> None:
        """A job that can never print: dead, and told."""
        verdict = Verdict(JobState.DEAD, entry.on_paper, reason)
        await self._transact(
            partial(self._close, entry=entry, verdict=verdict, at=at, detail=detail)
        )

    async def begin(
        self, entry: Entry, ticket: TicketNumber, process_id: bytes, at: datetime
    ) -> Entry:
        """Commit SENDING with its number; only then may the first byte leave."""
        sending = replace(
            entry,
            state=JobState.SENDING,
            attempts=entry.attempts + 1,
            ticket=ticket,
            first_sent_at=entry.first_sent_at or at,
            process_id=process_id,
        )
        await self._transact(partial(_begin, entry=sending, before=entry.state, at=at))
        return sending

    async def finish(
        self, entry: Entry, result: PrintResult, verdict: Verdict, at: datetime
    ) -> Entry:
        """Commit how an attempt ended, and tell it where that ends the job."""
        await self._transact(
            partial(self._finish, entry=entry, result=result, verdict=verdict, at=at)
        )
        return _after(entry, verdict)

    async def interrupted(self, entry: Entry, verdict: Verdict, at: datetime) -> Entry:
        """Judge an attempt that a crash or a stop has cut off."""
        await self._transact(partial(self._close, entry=entry, verdict=verdict, at=at))
        return _after(entry, verdict)

    async def confirm_late(self, entry: Entry, at: datetime) -> None:
        """The printer's late word: an unknown attempt was printed after all (P9)."""
        verdict = Verdict(JobState.DONE, OnPaper.YES)
        await self._transact(partial(self._close, entry=entry, verdict=verdict, at=at))

    async def waiting(self, entry: Entry, reason: Reason, at: datetime) -> None:
        """Tell that a job waits for its printer."""
        fact = Fact(entry, JobEventType.WAITING, entry.on_paper, reason)
        await self._transact(partial(self._tell, fact=fact, at=at))

    async def unfinished(self) -> Sequence[Entry]:
        """Every job that is not DONE or DEAD, in the order of arrival."""
        return await self._transact(_unfinished)

    async def last_number(self, printer: str) -> TicketNumber | None:
        return await self._transact(partial(_last_number, printer=printer))

    async def known_printers(self) -> dict[str, KnownPrinter]:
        return await self._transact(_known_printers)

    async def remember_printer(self, printer: str, known: KnownPrinter) -> None:
        await self._transact(partial(_remember_printer, printer=printer, known=known))

    async def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        result = await self._store.transact(work)
        if self._told:
            told, self._told = self._told, 0
            self._on_told(told)
        return result

    def _receive(self, db: sqlite3.Connection, job: PrintJob, at: datetime) -> Entry | None:
        key = bytes.fromhex(job.job_id)
        row = db.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
        if row is not None:
            known = _entry(row)
            fact = Fact(known, _TOLD_AS[known.state], known.on_paper)
            self._tell(db, fact, at)
            return None
        stamp = at.timestamp()
        cursor = db.execute(
            "INSERT INTO jobs (key, generation, printer, state, received_at, updated_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, job.generation, job.printer, JobState.READY, stamp, stamp, job.encode()),
        )
        entry = Entry(cursor.lastrowid or 0, job, JobState.READY)
        self._tell(db, Fact(entry, JobEventType.RECEIVED, OnPaper.NO), at)
        return entry

    def _finish(
        self,
        db: sqlite3.Connection,
        entry: Entry,
        result: PrintResult,
        verdict: Verdict,
        at: datetime,
    ) -> None:
        db.execute(
            "UPDATE attempts SET ended_at = ?, outcome = ?, reason = ?, bytes_sent = ?,"
            " confirmation = ? WHERE job_id = ? AND ended_at IS NULL",
            (
                at.timestamp(),
                result.outcome.value,
                result.reason or "",
                result.bytes_sent,
                result.confirmation.value,
                entry.id,
            ),
        )
        self._close(db, entry, verdict, at, result.detail, result.confirmation)

    def _close(
        self,
        db: sqlite3.Connection,
        entry: Entry,
        verdict: Verdict,
        at: datetime,
        detail: str = "",
        confirmation: Confirmation | None = None,
    ) -> None:
        db.execute(
            "UPDATE jobs SET state = ?, on_paper = ?, reason = ?, updated_at = ? WHERE id = ?",
            (verdict.state, verdict.on_paper, verdict.reason or "", at.timestamp(), entry.id),
        )
        if verdict.state in (JobState.DONE, JobState.DEAD):
            fact = Fact(
                entry,
                _TOLD_AS[verdict.state],
                verdict.on_paper,
                verdict.reason,
                detail,
                confirmation,
            )
            self._tell(db, fact, at)

    def _tell(self, db: sqlite3.Connection, fact: Fact, at: datetime) -> None:
        put_event(db, fact, self._agent, self.id, at)
        self._told += 1


_SELECT: Final = (
    "SELECT id, body, state, on_paper, attempts, ticket_day, ticket_number, ticket_times,"
    " first_sent_at, process_id FROM jobs"
)


def _entry(row: tuple[Any, ...]) -> Entry:
    number, body, state, on_paper, attempts, day, ticket, times, first_sent_at, process_id = row
    return Entry(
        number,
        PrintJob.model_validate_json(body),
        JobState(state),
        OnPaper(on_paper),
        attempts,
        None if day is None else TicketNumber(date.fromisoformat(day), ticket, times),
        None if first_sent_at is None else datetime.fromtimestamp(first_sent_at, UTC),
        process_id or b"",
    )


def _after(entry: Entry, verdict: Verdict) -> Entry:
    return replace(entry, state=verdict.state, on_paper=verdict.on_paper)


def _journal_id(db: sqlite3.Connection) -> str:
    db.execute(
        "INSERT INTO meta (name, value) VALUES ('journal', ?) ON CONFLICT DO NOTHING",
        (secrets.token_hex(8),),
    )
    return str(db.execute("SELECT value FROM meta WHERE name = 'journal'").fetchone()[0])


def _begin(db: sqlite3.Connection, entry: Entry, before: JobState, at: datetime) -> None:
    ticket = entry.ticket
    assert ticket is not None and entry.first_sent_at is not None  # noqa: S101, PT018 -- set by begin
    updated = db.execute(
        "UPDATE jobs SET state = ?, attempts = ?, ticket_day = ?, ticket_number = ?,"
        " ticket_times = ?, first_sent_at = ?, process_id = ?, updated_at = ?"
        " WHERE id = ? AND state = ?",
        (
            entry.state,
            entry.attempts,
            ticket.day.isoformat(),
            ticket.number,
            ticket.times,
            entry.first_sent_at.timestamp(),
            entry.process_id,
            at.timestamp(),
            entry.id,
            before,
        ),
    ).rowcount
    if updated != 1:
        raise sqlite3.IntegrityError(f"job {entry.job.job_id} is not {before} in the journal")
    db.execute(
        "INSERT INTO attempts (job_id, number, printer, started_at, marked) VALUES (?, ?, ?, ?, ?)",
        (entry.id, entry.attempts, entry.job.printer, at.timestamp(), entry.marked),
    )


def _unfinished(db: sqlite3.Connection) -> list[Entry]:
    marks = ", ".join(f"'{state.value}'" for state in OPEN_STATES)
    rows = db.execute(f"{_SELECT} WHERE state IN ({marks}) ORDER BY id")
    return [_entry(row) for row in rows.fetchall()]


def _last_number(db: sqlite3.Connection, printer: str) -> TicketNumber | None:
    row = db.execute(
        "SELECT ticket_day, max(ticket_number) FROM jobs WHERE printer = ? AND ticket_day = ("
        " SELECT max(ticket_day) FROM jobs WHERE printer = ?)",
        (printer, printer),
    ).fetchone()
    return None if row[0] is None else TicketNumber(date.fromisoformat(row[0]), row[1])


def _known_printers(db: sqlite3.Connection) -> dict[str, KnownPrinter]:
    rows = db.execute("SELECT id, maker, model, serial, firmware, confirmation FROM printers")
    return {
        row[0]: KnownPrinter(Fingerprint(*row[1:5]), Confirmation(row[5]))
        for row in rows.fetchall()
    }


def _remember_printer(db: sqlite3.Connection, printer: str, known: KnownPrinter) -> None:
    who = known.fingerprint
    db.execute(
        "INSERT OR REPLACE INTO printers (id, maker, model, serial, firmware, confirmation)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (printer, who.maker, who.model, who.serial, who.firmware, known.confirmation.value),
    )
