"""The journal: every job from its receipt to the paper, on the agent's own disk.

A message is acknowledged once its job is here, and a ticket's first byte leaves once SENDING is
here. What the agent tells of a job is committed with the change itself, in the outbox.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from bonfire import teller
from bonfire.errors import Reason
from bonfire.messages import Event, JobEventType, OnPaper, PrinterEvent, PrintJob
from bonfire.store import Store
from print_agent.domain.ended import Ended
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState
from print_agent.journal import dead_letters, rows
from print_agent.journal.dead_letters import put_dead_letter
from print_agent.journal.events import Fact, put_event
from print_agent.journal.rows import KnownJob, KnownPrinter
from print_agent.journal.troubles import Trouble, find_trouble, note_trouble

__all__ = ["LANES", "MIGRATIONS", "Journal", "KnownPrinter", "Trouble"]

T = TypeVar("T")

MIGRATIONS: Final = "print_agent.journal.migrations"
LANES: Final = (dead_letters.LANE,)
"""Of the outbox, beside that of the events."""

_TOLD_AS: Final = {
    JobState.READY: JobEventType.RECEIVED,
    JobState.SENDING: JobEventType.RECEIVED,
    JobState.UNKNOWN: JobEventType.RECEIVED,
    JobState.DONE: JobEventType.PRINTED,
    JobState.DEAD: JobEventType.DEAD,
}


class Journal:
    """One store, one writer. Every method returns once its change is on disk.

    Each raises `StoreError` when the disk does not take it, and then nothing has changed.
    """

    def __init__(self, store: Store, agent: str, wake: Callable[[str, int], None]) -> None:
        """`wake` is called with a lane of the outbox and how many messages a commit put there."""
        self._store = store
        self._agent = agent
        self._wake = wake
        self._put: Counter[str] = Counter()
        self.id = ""
        """Random, made with the file: another journal is another memory (P3)."""

    async def open(self) -> None:
        self.id = await self._store.transact(rows.journal_id)

    async def receive(self, job: PrintJob, at: datetime) -> Entry | None:
        """Take in a job that is to be printed: a new one, or a dead one that is asked for again.

        None for one that is known, whose present state is told again (P8).
        """
        return await self._transact(partial(self._receive, job=job, at=at))

    async def begin(
        self,
        entry: Entry,
        ticket: TicketNumber,
        process_id: bytes,
        at: datetime,
        ended: Ended | None = None,
    ) -> Entry:
        """Commit SENDING with its number; only then may the first byte leave.

        `ended`, what ended before, is in the same commit: both are on disk afterwards, or neither.
        Raises `sqlite3.IntegrityError` if the journal holds the job in another state; nothing is
        to be sent then.
        """
        sending = entry.sending(ticket, process_id, at)
        await self._transact(partial(self._begin, entry=entry, sending=sending, at=at, ended=ended))
        return sending

    async def end(self, ended: Ended) -> None:
        """Commit how an attempt or a job ended, and tell it where that ends the job.

        May be repeated: the first commit counts, also one whose caller was cancelled.
        """
        await self._transact(partial(self._end, ended=ended))

    async def waiting(self, entry: Entry, reason: Reason, at: datetime) -> None:
        """Tell that a job waits for its printer."""
        on_paper = OnPaper.MAYBE if entry.state is JobState.SENDING else entry.on_paper
        fact = Fact(entry, JobEventType.WAITING, on_paper, reason)
        await self._transact(partial(self._tell, fact=fact, at=at))

    async def tell(self, event: Event) -> None:
        """Tell of something else than a job; of a printer, that is remembered."""
        await self._transact(partial(self._tell_event, event=event))

    async def trouble(self, printer: str) -> Trouble | None:
        """Why it is lost, as far as that was told."""
        return await self._store.transact(partial(find_trouble, printer=printer))

    async def unfinished(self) -> Sequence[Entry]:
        """Every job that is not DONE or DEAD, in the order of arrival."""
        return await self._store.transact(rows.unfinished)

    async def last_number(self, printer: str) -> TicketNumber | None:
        return await self._store.transact(partial(rows.last_number, printer=printer))

    async def interrupted_printers(self) -> frozenset[str]:
        """Those whose last ticket may have stopped half-way, in mid-command."""
        return await self._store.transact(rows.interrupted_printers)

    async def known_printers(self) -> dict[str, KnownPrinter]:
        return await self._store.transact(rows.known_printers)

    async def remember_printer(self, printer: str, known: KnownPrinter) -> None:
        await self._store.transact(partial(rows.remember_printer, printer=printer, known=known))

    async def forget_printers(self) -> Sequence[str]:
        """Each is a new one when it is met again; returns their ids."""
        return await self._store.transact(rows.forget_printers)

    async def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def counted(db: sqlite3.Connection) -> tuple[T, dict[str, int]]:
            self._put.clear()
            return work(db), dict(self._put)

        result, put = await self._store.transact(counted)
        for lane, messages in put.items():
            self._wake(lane, messages)
        return result

    def _receive(self, db: sqlite3.Connection, job: PrintJob, at: datetime) -> Entry | None:
        known = rows.find_job(db, job.job_id)
        if known is None:
            entry = rows.add_job(db, job, at)
        elif known.entry.state is JobState.DEAD and job.generation > known.generation:
            entry = known.entry.revived(job)
            rows.revive_job(db, known.entry, entry, at)
        else:
            if job.generation > known.generation:
                rows.raise_generation(db, job)
            self._answer(db, known)
            return None
        self._tell(db, Fact(entry, JobEventType.RECEIVED, entry.on_paper), at)
        return entry

    def _answer(self, db: sqlite3.Connection, known: KnownJob) -> None:
        """Tell again what was told of it last."""
        entry = known.entry
        told_as = _TOLD_AS[entry.state]
        fact = Fact(entry, told_as, entry.on_paper, known.reason, known.detail, known.confirmation)
        self._tell(db, fact, known.since)

    def _begin(
        self,
        db: sqlite3.Connection,
        entry: Entry,
        sending: Entry,
        at: datetime,
        ended: Ended | None,
    ) -> None:
        if ended is not None:
            self._end(db, ended)
        if not rows.change_job(db, entry, sending, at):
            raise sqlite3.IntegrityError(f"job {entry.job.job_id} is not {entry.state} any more")
        rows.add_attempt(db, sending, at)

    def _end(self, db: sqlite3.Connection, ended: Ended) -> None:
        entry = ended.after
        if not rows.change_job(db, ended.before, entry, ended.at):
            return
        rows.end_attempt(db, ended)
        if entry.state in (JobState.DONE, JobState.DEAD):
            fact = Fact(
                entry,
                _TOLD_AS[entry.state],
                entry.on_paper,
                ended.reason,
                ended.detail,
                ended.confirmation,
            )
            self._tell(db, fact, ended.at)

    def _tell(self, db: sqlite3.Connection, fact: Fact, at: datetime) -> None:
        told = (rows.generation_of(db, fact.entry), self._agent, self.id, at)
        put_event(db, fact, *told)
        self._put[teller.LANE] += 1
        if fact.type is JobEventType.DEAD:
            put_dead_letter(db, fact, *told)
            self._put[dead_letters.LANE] += 1

    def _tell_event(self, db: sqlite3.Connection, event: Event) -> None:
        if isinstance(event, PrinterEvent):
            note_trouble(db, event)
        teller.put(db, event)
        self._put[teller.LANE] += 1
