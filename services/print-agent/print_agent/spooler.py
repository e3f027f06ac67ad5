"""One printer's task: its jobs in order, one ticket in flight, until the printer said the word.

A printer's trouble uses no attempt: the job waits, the printer is probed again, and everything
goes on by itself. Each ticket is committed as SENDING before its first byte leaves; the DONE of
one ticket shares a commit with the SENDING of the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Permanent, Reason
from bonfire.messages import Confirmation, PrintJob
from bonfire.store import StoreError
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber, business_day, next_number
from print_agent.domain.states import AttemptEnd, JobState, Verdict, after_attempt
from print_agent.journal import Journal
from print_agent.metrics import AgentMetrics
from print_agent.printers import Outcome, Printer, PrinterTrouble, PrintResult, Session
from print_agent.printers.process_id import ProcessIds
from print_agent.recognition import Recognition
from print_agent.ticket import Earlier, Slip

log = logging.getLogger(__name__)

FIRST_PROBE_S: Final = 5.0
MOST_PROBE_S: Final = 30.0
PROBE_FACTOR: Final = 1.5
LATE_WORD_S: Final = 0.5
DISK_PAUSE_S: Final = 1.0

Render = Callable[[PrintJob, Slip], bytes]

_END_OF: Final = {
    Outcome.CONFIRMED: AttemptEnd.PRINTED,
    Outcome.WEAK: AttemptEnd.PRINTED,
    Outcome.FAILED: AttemptEnd.NOTHING_SENT,
    Outcome.UNKNOWN: AttemptEnd.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class _Ended:
    """An attempt that has ended and is not yet written as such."""

    entry: Entry
    result: PrintResult
    verdict: Verdict
    at: datetime


class Spooler:
    """Prints what `add` gives it; `run` is its task."""

    def __init__(
        self,
        printer: Printer,
        journal: Journal,
        recognition: Recognition,
        render: Render,
        clock: Clock,
        metrics: AgentMetrics,
        idle_close_s: float = 2.0,
    ) -> None:
        self.id = printer.settings.id
        self._printer = printer
        self._journal = journal
        self._recognition = recognition
        self._render = render
        self._clock = clock
        self._metrics = metrics
        self._idle_close_s = idle_close_s
        self._process_ids = ProcessIds()
        self._queue: deque[Entry] = deque()
        self._arrived = asyncio.Event()
        self._session: Session | None = None
        self._ended: _Ended | None = None
        self._last_number: TicketNumber | None = None
        self._trouble: Reason | None = None
        self._draining = False
        self._between_tickets = asyncio.Event()
        self._between_tickets.set()

    @property
    def trouble(self) -> Reason | None:
        """What keeps the printer from printing, as far as the last contact told."""
        return self._trouble

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def add(self, entry: Entry) -> None:
        """A job that is in the journal already; jobs print in the order of their adding."""
        self._queue.append(entry)
        self._metrics.waiting(self.id, self._queue)
        self._arrived.set()

    async def run(self) -> None:
        self._last_number = await self._journal.last_number(self.id)
        try:
            while True:
                await self._next()
        finally:
            await self._flush()
            await self._hang_up()

    async def drain(self, seconds: float) -> None:
        """Begin no other ticket, and give the one in hand this long to end."""
        self._draining = True
        self._arrived.set()
        await wait_at_most(self._clock, self._between_tickets, seconds)

    async def _next(self) -> None:
        try:
            await self._wait_for_work()
            session = await self._wait_for_printer()
            if not self._draining:
                await self._print(session, self._queue[0])
        except StoreError as error:
            # Without SENDING on disk no byte may leave; a full disk is waited out like a printer.
            log.error(
                "the journal does not take it; printing waits",
                extra={"event": "journal.refused", "reason": error.reason.value},
            )
            await self._clock.sleep(DISK_PAUSE_S)

    async def _wait_for_work(self) -> None:
        while not self._queue or self._draining:
            await self._flush()
            self._arrived.clear()
            if not await wait_at_most(self._clock, self._arrived, self._idle_close_s):
                await self._hang_up()
                await self._arrived.wait()

    async def _wait_for_printer(self) -> Session:
        """Return a session whose printer has just said that it is ready."""
        pause = FIRST_PROBE_S
        while True:
            try:
                return await self._ready_session()
            except PrinterTrouble as error:
                await self._flush()
                await self._hang_up()
                await self._note_trouble(error)
            await self._clock.sleep(pause)
            pause = min(pause * PROBE_FACTOR, MOST_PROBE_S)

    async def _ready_session(self) -> Session:
        fresh = self._session is None or not self._session.usable
        if fresh:
            await self._hang_up()
            self._session = await self._printer.connect()
        session = self._session
        assert session is not None  # noqa: S101 -- connected above
        status = await session.status()
        if status.trouble is not None:
            raise PrinterTrouble(status.trouble, "the printer says so")
        if fresh:
            await self._recognition.recognise(self.id, session)
        self._note_ready(near_end=status.near_end)
        return session

    async def _print(self, session: Session, entry: Entry) -> None:
        if entry.state is JobState.UNKNOWN and await self._was_printed(session, entry):
            return
        now = self._clock.now()
        ticket = self._number(entry, now)
        try:
            data = self._render(entry.job, _slip(entry, ticket, now))
        except Permanent as error:
            await self._bury(entry, error, now)
            return
        self._between_tickets.clear()
        try:
            sending = await self._begin(entry, ticket, now)
            self._replace_head(sending)
            started = self._clock.monotonic()
            result = await session.print(
                data, self._confirmation(), sending.process_id, self._note_trouble_while_printing
            )
            self._metrics.attempted(self.id, result.outcome, self._clock.monotonic() - started)
            await self._judge(sending, result)
        finally:
            self._between_tickets.set()

    async def _begin(self, entry: Entry, ticket: TicketNumber, now: datetime) -> Entry:
        beginning = self._journal.begin(entry, ticket, self._process_ids.take(), now)
        if self._ended is None:
            sending = await beginning
        else:
            ended = self._ended
            finishing = self._journal.finish(ended.entry, ended.result, ended.verdict, ended.at)
            _, sending = await asyncio.gather(finishing, beginning)
            self._ended = None
        if entry.ticket is None:
            self._last_number = ticket
        return sending

    async def _judge(self, sending: Entry, result: PrintResult) -> None:
        verdict = after_attempt(_END_OF[result.outcome], result.reason, marked=sending.marked)
        now = self._clock.now()
        self._ended = _Ended(sending, result, verdict, now)
        if verdict.state is JobState.DONE:
            self._metrics.printed(self.id, (now - sending.job.due_at).total_seconds())
            self._drop_head()
            return
        log.warning(
            "an attempt did not end on paper for sure",
            extra={
                "event": "attempt.failed",
                "job_id": sending.job.job_id,
                "printer": self.id,
                "outcome": result.outcome.value,
                "reason": (result.reason or Reason.INTERRUPTED).value,
                "bytes_sent": result.bytes_sent,
                "next": verdict.state.value,
            },
        )
        await self._flush()
        if verdict.state is JobState.DEAD:
            self._metrics.dead(self.id, verdict.reason or Reason.STILL_UNKNOWN)
            self._drop_head()
        else:
            self._replace_head(replace(sending, state=verdict.state, on_paper=verdict.on_paper))

    async def _was_printed(self, session: Session, entry: Entry) -> bool:
        """Listen for a late word before anything is printed a second time."""
        if not await session.late_word(entry.process_id, LATE_WORD_S):
            return False
        await self._journal.confirm_late(entry, self._clock.now())
        self._metrics.printed(self.id, (self._clock.now() - entry.job.due_at).total_seconds())
        self._drop_head()
        return True

    async def _bury(self, entry: Entry, error: Permanent, now: datetime) -> None:
        log.error(
            "a ticket cannot be rendered",
            extra={
                "event": "job.dead",
                "job_id": entry.job.job_id,
                "printer": self.id,
                "reason": error.reason.value,
            },
        )
        await self._journal.bury(entry, error.reason, error.detail, now)
        self._metrics.dead(self.id, error.reason)
        self._drop_head()

    def _confirmation(self) -> Confirmation:
        configured = self._printer.settings.confirmation
        return self._recognition.confirmation_of(self.id) if configured == "auto" else configured

    def _number(self, entry: Entry, now: datetime) -> TicketNumber:
        """A ticket keeps its number; printed again, it says so: 0417/2."""
        if entry.ticket is None:
            return next_number(self._last_number, business_day(now, entry.job.timezone))
        if entry.state is JobState.UNKNOWN:
            return replace(entry.ticket, times=entry.ticket.times + 1)
        return entry.ticket

    async def _flush(self) -> None:
        if self._ended is not None:
            ended = self._ended
            await self._journal.finish(ended.entry, ended.result, ended.verdict, ended.at)
            self._ended = None

    async def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _note_trouble(self, error: PrinterTrouble) -> None:
        """Told once when it begins; a flapping printer does not fill the log."""
        if error.reason is self._trouble:
            return
        self._trouble = error.reason
        self._metrics.trouble(self.id, error.reason)
        log.warning(
            "the printer is lost; its tickets wait",
            extra={
                "event": "printer.lost",
                "printer": self.id,
                "reason": error.reason.value,
                "waiting": len(self._queue),
            },
        )
        await self._journal.waiting(self._queue[0], error.reason, self._clock.now())

    def _note_trouble_while_printing(self, reason: Reason | None) -> None:
        if reason is None:
            self._note_ready(near_end=False)
        elif reason is not self._trouble:
            self._trouble = reason
            self._metrics.trouble(self.id, reason)
            log.warning(
                "the printer holds a ticket and cannot print it now",
                extra={"event": "printer.holding", "printer": self.id, "reason": reason.value},
            )

    def _note_ready(self, *, near_end: bool) -> None:
        self._metrics.ready(self.id, near_end=near_end)
        if self._trouble is not None:
            self._trouble = None
            log.info(
                "the printer is back",
                extra={
                    "event": "printer.back",
                    "printer": self.id,
                    "waiting": len(self._queue),
                },
            )

    def _replace_head(self, entry: Entry) -> None:
        self._queue[0] = entry

    def _drop_head(self) -> None:
        self._queue.popleft()
        self._metrics.waiting(self.id, self._queue)


def _slip(entry: Entry, ticket: TicketNumber, now: datetime) -> Slip:
    first = None
    if entry.marked and entry.ticket is not None and entry.first_sent_at is not None:
        first = Earlier(str(replace(entry.ticket, times=1)), entry.first_sent_at)
    return Slip(number=str(ticket), printed_at=now, possible_duplicate_of=first)


def by_printer(spoolers: Iterable[Spooler]) -> dict[str, Spooler]:
    return {spooler.id: spooler for spooler in spoolers}
