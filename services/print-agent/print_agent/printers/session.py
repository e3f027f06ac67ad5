"""One conversation with an ESC/POS printer, over any link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Capabilities,
    Fingerprint,
    Interview,
    Outcome,
    PrinterSettings,
    PrinterTrouble,
    PrintResult,
    Status,
    TroubleListener,
    advice,
    always,
    commands,
    ignore_trouble,
)
from print_agent.printers.delivery import Delivery
from print_agent.printers.examination import Examination
from print_agent.printers.exchange import Exchange
from print_agent.printers.interview import Interviewer
from print_agent.printers.link import Link
from print_agent.printers.process_id import ProcessIds, is_valid

# A printer's answers to one burst of questions come within this time of each other.
_SETTLE_S: Final = 0.2
_LEFT_OVER_S: Final = 0.05
# Who waits for the connection meanwhile has asked for the status already, and waits for that with
# all of its own patience.
_OF_ANOTHERS_PATIENCE: Final = 0.5


@dataclass(slots=True)
class Memory:
    """What outlives a connection."""

    interrupted: bool = False  # a ticket may have stopped in mid-command
    owing: bool = False  # an answer may still come that looks like the word on a ticket


class EscPosSession:
    """Implements `Session`."""

    def __init__(self, link: Link, settings: PrinterSettings, clock: Clock, memory: Memory) -> None:
        self._exchange = Exchange(link)
        self._inbox = self._exchange.inbox
        self._settings = settings
        self._clock = clock
        self._memory = memory
        self._good = True
        self._closed = False

    @property
    def usable(self) -> bool:
        return self._good and not self._exchange.over and not self._exchange.blocked

    async def hear_what_is_left(self) -> None:
        """A printer with a cable of its own keeps answers that nobody took. They are the first on
        the next connection, and must not pass for the answer to what is asked there.
        """
        await self._exchange.until(lambda: False, _LEFT_OVER_S)

    async def status(self) -> Status:
        self._exchange.poll()
        if not self.usable:
            raise self._trouble(Reason.RESET_BEFORE_BYTES)
        if self._settings.status == "none":
            return Status()
        answered = self._inbox.answered
        self._exchange.ask_status()
        timeout_s = self._settings.status_timeout_s
        if await self._exchange.until(lambda: self._inbox.answered > answered, timeout_s):
            return self._inbox.status
        self._good = False
        raise self._trouble(self._why_no_status())

    def _why_no_status(self) -> Reason:
        inbox = self._inbox
        if inbox.strange and not inbox.answered:  # a server that says its piece, and may hang up
            return Reason.GARBAGE_STATUS
        if self._exchange.over:
            return Reason.RESET_BEFORE_BYTES
        if inbox.strange_in_answer or inbox.half_answered:
            return Reason.GARBAGE_STATUS
        return Reason.NO_ANSWER

    async def identify(self) -> Fingerprint | None:
        if self._settings.status == "none":
            return None
        texts = await self._identities(*commands.ASK_IDENTITY)
        if not texts:
            return None
        if len(texts) < len(commands.ASK_IDENTITY):  # it skipped some: which?
            alone = [await self._identities(question) for question in commands.ASK_IDENTITY]
            texts = ["".join(answers) for answers in alone]
        maker, model, serial, firmware = texts
        return Fingerprint(maker, model, serial, firmware)

    async def _identities(self, *questions: bytes) -> list[str]:
        heard = self._inbox.identities
        heard.clear()
        await self._answered(b"".join(questions), lambda: len(heard) >= len(questions))
        return list(heard)[: len(questions)]

    async def probe(self) -> Confirmation:
        settings, inbox = self._settings, self._inbox
        if settings.confirmation != "auto":
            return settings.confirmation
        if settings.status == "none":
            return Confirmation.CLOSE
        name = ProcessIds().take()
        if await self._answered(commands.ask_whether_printed(name), lambda: inbox.has_word(name)):
            return Confirmation.PROCESS_ID
        return Confirmation.STATUS if await self._is_in_order() else Confirmation.CLOSE

    async def examine(
        self, *, clear: bool, go_on: Callable[[], bool] = always
    ) -> Capabilities | None:
        if self._settings.status == "none":
            return Capabilities()
        clear = clear and not self._settings.shared and not self._memory.interrupted
        examination = Examination(
            self._answered, self._inbox, process_id=self._settings.may_know_process_id
        )
        try:
            return await examination.run(clear=clear, go_on=go_on)
        finally:
            self._memory.owing = self._memory.owing or examination.owing

    async def interview(self) -> Interview:
        settings = self._settings
        if settings.status == "none":
            return Interview(None, await self.probe(), Capabilities())
        interviewer = Interviewer(
            self._answered,
            self._exchange.until,
            self._inbox,
            process_id=settings.may_know_process_id,
            patience_s=settings.status_timeout_s * _OF_ANOTHERS_PATIENCE,
        )
        try:
            who, can = await interviewer.run()
        finally:
            self._memory.owing = self._memory.owing or interviewer.owing
        configured = settings.confirmation
        return Interview(who, can.confirmation if configured == "auto" else configured, can)

    async def _is_in_order(self) -> bool:
        """Does it answer GS r?"""
        before = self._inbox.in_order
        return await self._answered(commands.ASK_IN_ORDER, lambda: self._inbox.in_order > before)

    async def _answered(
        self, question: bytes, arrived: Callable[[], bool], timeout_s: float | None = None
    ) -> bool:
        self._exchange.poll()
        if not self.usable:
            raise self._trouble(Reason.RESET_BEFORE_BYTES)
        self._exchange.command(question)
        if await self._exchange.until(arrived, timeout_s or self._settings.status_timeout_s):
            return True
        if self._exchange.over:
            raise self._trouble(Reason.RESET_BEFORE_BYTES)
        return False

    async def print(
        self,
        data: bytes,
        confirmation: Confirmation,
        process_id: bytes,
        on_trouble: TroubleListener = ignore_trouble,
    ) -> PrintResult:
        if not data or not is_valid(process_id):
            raise ValueError("a ticket has bytes, and a process id four printable ones")
        try:
            await self._prepare(confirmation)
            self._good = False  # until it is confirmed, also for a caller that cancels
            delivery = Delivery(
                self._exchange, self._settings, self._clock, confirmation, process_id, on_trouble
            )
            result = await self._remembering(delivery.run(data))
        except PrinterTrouble as error:
            self._good = False
            return PrintResult(Outcome.FAILED, 0, confirmation, error.reason, error.detail)
        except BaseException:
            self._good = False
            self._exchange.close()
            raise
        self._good = result.outcome is Outcome.CONFIRMED
        return result

    async def _prepare(self, confirmation: Confirmation) -> None:
        """See that the printer listens; raises `PrinterTrouble` before a byte of the ticket."""
        self._exchange.poll()
        if not self.usable:
            raise self._trouble(Reason.RESET_BEFORE_BYTES)
        memory = self._memory
        if memory.interrupted and not self._settings.shared:
            await self._flush()
        # The answer to a broken-off ticket's GS r may still be due. It must not confirm this one.
        if confirmation is Confirmation.STATUS and (memory.interrupted or memory.owing):
            if not await self._is_in_order():
                raise self._trouble(Reason.NO_ANSWER)
            await self._exchange.until(lambda: False, _SETTLE_S)
            memory.owing = False

    async def _flush(self) -> None:
        """Fill up a command that was broken off, so that it eats none of the next ticket."""
        gives_up_at = self._clock.monotonic() + self._settings.status_timeout_s
        sent = await self._exchange.send(
            commands.FLUSH, lambda: gives_up_at - self._clock.monotonic()
        )
        if sent < len(commands.FLUSH):
            over = self._exchange.over
            raise self._trouble(Reason.RESET_BEFORE_BYTES if over else Reason.NO_ANSWER)

    async def _remembering(self, delivery: Awaitable[PrintResult]) -> PrintResult:
        """Note for the next connection whether this ticket may have stopped in mid-command."""
        before, self._memory.interrupted = self._memory.interrupted, True
        result = await delivery
        if result.outcome is Outcome.FAILED:
            self._memory.interrupted = before
        elif result.outcome is not Outcome.UNKNOWN:
            self._memory.interrupted = False
        return result

    async def late_word(self, process_id: bytes, wait_s: float) -> bool:
        return await self._exchange.until(lambda: self._inbox.has_word(process_id), wait_s)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._good = False
        try:
            if not self._exchange.over:
                self._exchange.finish()
                await self._exchange.until(lambda: False, self._settings.close_timeout_s)
        finally:
            self._exchange.close()

    def _trouble(self, reason: Reason) -> PrinterTrouble:
        return advice.trouble(self._settings, reason)
