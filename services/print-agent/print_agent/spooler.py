"""One printer's task: its jobs in order, one ticket in flight, until the printer said the word.

A printer's trouble uses no attempt: the job waits, the printer is probed again, and everything
goes on by itself. Each ticket is committed as SENDING before its first byte leaves; the DONE of
one ticket shares a commit with the SENDING of the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Permanent, Reason
from bonfire.messages import PrinterState, PrintJob
from bonfire.store import StoreError
from print_agent.condition import Condition
from print_agent.contact import Contact
from print_agent.domain.ended import (
    Ended,
    after_late_word,
    after_printing,
    log_fields,
    unprintable,
)
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber, business_day, next_number
from print_agent.domain.states import JobState
from print_agent.journal import Journal
from print_agent.metrics import AgentMetrics
from print_agent.printers import Outcome, Printer, PrinterTrouble, PrintResult, Session
from print_agent.printers.process_id import ProcessIds
from print_agent.probing import Pace, Probing
from print_agent.recognition import Recognition
from print_agent.reports import Reports
from print_agent.slips import slip_of
from print_agent.ticket import Slip

log = logging.getLogger(__name__)

LATE_WORD_S: Final = 0.5
DISK_PAUSE_S: Final = 1.0

Render = Callable[[PrintJob, Slip], Awaitable[bytes]]


class Spooler:
    """Prints what `add` gives it; `run` is its task, after `load`."""

    def __init__(
        self,
        printer: Printer,
        journal: Journal,
        recognition: Recognition,
        reports: Reports,
        render: Render,
        clock: Clock,
        metrics: AgentMetrics,
        pace: Pace,
    ) -> None:
        self.id = name = printer.settings.id
        self._journal = journal
        self._render = render
        self._clock = clock
        self._metrics = metrics
        self._process_ids = ProcessIds()
        self._queue: deque[Entry] = deque()
        self._arrived = asyncio.Event()
        self._contact = Contact(printer, recognition, clock, partial(reports.breaker_changed, name))
        self._condition = Condition(
            name, lambda: self.waiting, clock, metrics, reports.printer_changed
        )
        if printer.settings.status == "none":
            self._condition.back()  # it cannot say so: until a ticket shows otherwise
        self._probing = Probing(self._contact, self._condition, self._arrived, clock, pace)
        self._ended: Ended | None = None  # and not yet in the journal
        self._last_number: TicketNumber | None = None
        self._draining = False
        self._between_tickets = asyncio.Event()
        self._between_tickets.set()

    @property
    def trouble(self) -> Reason | None:
        """What keeps the printer from printing, as far as the last contact told."""
        return self._condition.trouble

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def state(self, location: str) -> PrinterState:
        """For a heartbeat: how it is, as far as the last contact told, and what waits for it."""
        condition = self._condition
        return PrinterState(
            id=self.id,
            location=location,
            ready=condition.known and condition.trouble is None,
            reason=condition.trouble.value if condition.trouble else "",
            lost_at=condition.lost_at,
            near_end=condition.near_end,
            waiting=self.waiting,
            oldest_due_at=self._queue[0].job.due_at if self._queue else None,
        )

    def add(self, entry: Entry) -> None:
        """A job that is in the journal already; jobs print in the order of their adding."""
        self._queue.append(entry)
        self._metrics.waiting(self.id, self._queue)
        self._arrived.set()

    async def run(self) -> None:
        try:
            while True:
                await self._next()
        finally:
            with suppress(StoreError):  # then its ticket is judged at the next start
                await self._flush()
            await self._contact.hang_up()

    async def drain(self, seconds: float) -> None:
        """Begin no other ticket, and give the one in hand this long to end."""
        self._draining = True
        self._arrived.set()
        await wait_at_most(self._clock, self._between_tickets, seconds)

    async def load(self) -> None:
        """What the journal knows of the printer; before `run`. Raises `StoreError`."""
        self._last_number = await self._journal.last_number(self.id)
        trouble = await self._journal.trouble(self.id)
        if trouble is not None:
            self._condition.resume(trouble.reason, trouble.lost_at)

    async def _next(self) -> None:
        try:
            await self._wait_for_work()
            try:
                await self._contact.attempt(self._print_head)
            except PrinterTrouble as error:
                await self._wait_out(error.reason)
        except StoreError:
            # Without SENDING on disk no byte may leave; a full disk is waited out like a printer.
            await self._clock.sleep(DISK_PAUSE_S)

    async def _wait_for_work(self) -> None:
        while not self._queue or self._draining:
            self._arrived.clear()
            await self._flush()
            await self._probing.rest()

    async def _wait_out(self, reason: Reason) -> None:
        await self._contact.doubt()
        self._condition.lost(reason)
        await self._flush()
        await self._tell_waiting(reason)
        await self._clock.sleep(self._condition.next_pause_s())

    async def _print_head(self) -> None:
        if not self._contact.kept:  # to connect takes longer than to write
            await self._flush()
        session = await self._contact.ready_session()
        self._condition.ready(near_end=self._contact.near_end)
        if self._draining:
            return
        self._between_tickets.clear()
        try:
            await self._print(session, self._queue[0])
        finally:
            self._between_tickets.set()

    async def _print(self, session: Session, entry: Entry) -> None:
        """Raises `PrinterTrouble` if the printer took not a byte of it."""
        if entry.state is JobState.UNKNOWN and await self._was_printed(session, entry):
            return
        now = self._clock.now()
        ticket = self._number(entry, now)
        try:
            data = await self._render(entry.job, slip_of(entry, ticket, now))
        except Permanent as error:
            await self._end(unprintable(entry, error, now))
            return
        sending = await self._begin(entry, ticket, now)
        result = await self._send(session, data, sending.process_id)
        await self._judge(session, entry, sending, result)

    async def _was_printed(self, session: Session, entry: Entry) -> bool:
        """Listen for a late word before anything is printed a second time."""
        if not entry.process_id:  # another printer had it
            return False
        said = await session.late_word(entry.process_id, LATE_WORD_S)
        if said:
            self._condition.back()
            await self._end(after_late_word(entry, self._clock.now()))
        return said

    async def _begin(self, entry: Entry, ticket: TicketNumber, now: datetime) -> Entry:
        process_id = self._process_ids.take()
        sending = await self._journal.begin(entry, ticket, process_id, now, self._ended)
        self._ended = None
        if entry.ticket is None:
            self._last_number = ticket
        self._queue[0] = sending
        return sending

    async def _send(self, session: Session, data: bytes, process_id: bytes) -> PrintResult:
        started = self._clock.monotonic()
        async with asyncio.TaskGroup() as telling:
            result = await session.print(
                data, self._contact.confirmation, process_id, partial(self._held_up, telling)
            )
        self._metrics.attempted(self.id, result.outcome, self._clock.monotonic() - started)
        return result

    def _held_up(self, telling: asyncio.TaskGroup, reason: Reason | None) -> None:
        """The printer has a ticket in hand, and a trouble with it, or none any more."""
        if reason is None:
            self._condition.back()
        else:
            self._condition.lost(reason)
            telling.create_task(self._try_to_tell_waiting(reason))

    async def _judge(
        self, session: Session, entry: Entry, sending: Entry, result: PrintResult
    ) -> None:
        ended = after_printing(entry, sending, result, self._clock.now())
        match result.outcome:
            case Outcome.CONFIRMED | Outcome.WEAK:
                self._condition.back()
                await self._end(ended)
            case Outcome.UNKNOWN:
                self._condition.believe()
                log.warning(
                    "an attempt ended without a word", extra=log_fields(ended, "attempt.lost")
                )
                await self._end(ended)
                if ended.after.state is JobState.UNKNOWN:  # its word would come here, if any
                    await self._was_printed(session, ended.after)
                await self._contact.doubt()
            case Outcome.FAILED:
                self._condition.doubt()
                await self._end(ended)
                raise PrinterTrouble(result.reason or Reason.RESET_BEFORE_BYTES, result.detail)

    async def _end(self, ended: Ended) -> None:
        """Go on from there. Only DONE may wait for the commit of the next ticket."""
        await self._flush()
        self._ended = ended
        match ended.after.state:
            case JobState.DONE:
                seconds = (ended.at - ended.after.job.due_at).total_seconds()
                self._metrics.printed(self.id, seconds)
                self._drop_head()
            case JobState.DEAD:
                log.error("a job needs a person", extra=log_fields(ended, "job.dead"))
                self._metrics.dead(self.id, ended.reason or Reason.STILL_UNKNOWN)
                self._drop_head()
                await self._flush()
            case _:
                self._queue[0] = ended.after
                await self._flush()

    def _number(self, entry: Entry, now: datetime) -> TicketNumber:
        """A ticket keeps its number; printed again, it says so: 0417/2."""
        if entry.ticket is None:
            return next_number(self._last_number, business_day(now, entry.job.timezone))
        return entry.ticket.again() if entry.marked and not entry.first_number else entry.ticket

    async def _flush(self) -> None:
        if self._ended is not None:
            await self._journal.end(self._ended)
            self._ended = None

    async def _tell_waiting(self, reason: Reason) -> None:
        """Once for each trouble since the printer was lost."""
        if reason not in self._condition.told:
            await self._journal.waiting(self._queue[0], reason, self._clock.now())
            self._condition.told.add(reason)

    async def _try_to_tell_waiting(self, reason: Reason) -> None:
        with suppress(StoreError):  # the ticket in hand does not depend on it
            await self._tell_waiting(reason)

    def _drop_head(self) -> None:
        self._queue.popleft()
        self._metrics.waiting(self.id, self._queue)
