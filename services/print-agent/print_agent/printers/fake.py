"""A printer in memory, for tests of what uses the port: no network and no waiting.

A test sets its present state (`refuses`, `mute`, `trouble`, `near_end`), scripts how the next
tickets end (`script`), keeps one in the printer's hands (`hold`, `release`), and reads the `paper`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

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
    always,
    ignore_trouble,
)
from print_agent.printers.process_id import is_valid

EPSON_CAN = Capabilities(
    model_id=0x0C,
    type_id=0x02,
    rom_id=0x01,
    process_id=True,
    in_order=True,
    buffer_clear=True,
)
EPSON = Fingerprint(maker="EPSON", model="TM-T20III", serial="X5T0000001", firmware="1.06 ESC/POS")


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ends, and whether its ticket came out whatever the outcome says."""

    outcome: Outcome
    reason: Reason | None = None
    on_paper: bool = False


PRINTED = Ending(Outcome.CONFIRMED, on_paper=True)
NO_BYTE_SENT = Ending(Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
CUT_OFF = Ending(Outcome.UNKNOWN, Reason.CONNECTION_LOST)
CUT_OFF_BUT_PRINTED = Ending(Outcome.UNKNOWN, Reason.CONNECTION_LOST, on_paper=True)
STALLED = Ending(Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
SILENT = Ending(Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
SILENT_BUT_PRINTED = Ending(Outcome.UNKNOWN, Reason.NOT_CONFIRMED, on_paper=True)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of `print` that handed over at least a byte."""

    data: bytes
    confirmation: Confirmation
    process_id: bytes


class FakePrinter:
    """Implements `Printer`. Everything public may be read and set at any time."""

    def __init__(
        self,
        settings: PrinterSettings,
        *,
        knows: Confirmation = Confirmation.PROCESS_ID,
        fingerprint: Fingerprint | None = EPSON,
    ) -> None:
        self.settings = settings
        self.knows = knows
        self.fingerprint = fingerprint
        self.capabilities = EPSON_CAN
        self.examined = 0  # times
        self.refuses: Reason | None = None  # what `connect` raises
        self.mute: Reason | None = None  # what `status` raises
        self.trouble: Reason | None = None  # what `status` tells
        self.near_end = False
        self.paper: list[bytes] = []  # the tickets that came out, in order
        self.attempts: list[Attempt] = []
        self.late_words: set[bytes] = set()  # what `late_word` answers with yes
        self.connections = 0
        self.open_sessions = 0
        self._endings: deque[Ending] = deque()
        self._held_by: Reason | None = None
        self._released = asyncio.Event()
        self._released.set()

    def script(self, *endings: Ending) -> None:
        """The next tickets end so, one after the other; those after them print."""
        self._endings.extend(endings)

    def hold(self, trouble: Reason | None = None) -> None:
        """Keep every ticket that is sent from now on unfinished, because of `trouble` if given."""
        self._held_by = trouble
        self._released.clear()

    def release(self) -> None:
        """Let the ticket in hand end as scripted."""
        self._released.set()

    async def connect(self) -> FakeSession:
        if self.refuses is not None:
            raise PrinterTrouble(self.refuses, f"{self.settings.id}: {self.refuses}")
        self.connections += 1
        self.open_sessions += 1
        return FakeSession(self)

    async def take(self, attempt: Attempt, on_trouble: TroubleListener) -> Ending:
        """Print as scripted."""
        ending = self._endings.popleft() if self._endings else PRINTED
        if ending.outcome is Outcome.FAILED:
            return ending
        self.attempts.append(attempt)
        await self._until_released(on_trouble)
        if ending.on_paper:
            self.paper.append(attempt.data)
        return ending

    async def _until_released(self, on_trouble: TroubleListener) -> None:
        if self._released.is_set():
            return
        held_by = self._held_by
        if held_by is not None:
            on_trouble(held_by)
        await self._released.wait()
        if held_by is not None:
            on_trouble(None)


class FakeSession:
    """Implements `Session`."""

    def __init__(self, printer: FakePrinter) -> None:
        self._printer = printer
        self._closed = False
        self.usable = True

    async def status(self) -> Status:
        printer = self._printer
        if not self.usable:
            raise PrinterTrouble(Reason.RESET_BEFORE_BYTES, f"{printer.settings.id}: closed")
        if printer.settings.status == "none":
            return Status()
        if printer.mute is not None:
            self.usable = False
            raise PrinterTrouble(printer.mute, f"{printer.settings.id}: {printer.mute}")
        return Status(printer.trouble, printer.near_end)

    async def identify(self) -> Fingerprint | None:
        return None if self._printer.settings.status == "none" else self._printer.fingerprint

    async def probe(self) -> Confirmation:
        configured = self._printer.settings.confirmation
        return self._printer.knows if configured == "auto" else configured

    async def examine(
        self, *, clear: bool, go_on: Callable[[], bool] = always
    ) -> Capabilities | None:
        printer = self._printer
        if not go_on():
            return None
        if printer.settings.status == "none":
            return Capabilities()
        printer.examined += 1
        can = printer.capabilities
        if not printer.settings.may_know_process_id:
            return replace(can, process_id=None, buffer_clear=None)
        return can if clear and not printer.settings.shared else replace(can, buffer_clear=None)

    async def interview(self) -> Interview:
        can = await self.examine(clear=False) or Capabilities()
        return Interview(await self.identify(), await self.probe(), can)

    async def print(
        self,
        data: bytes,
        confirmation: Confirmation,
        process_id: bytes,
        on_trouble: TroubleListener = ignore_trouble,
    ) -> PrintResult:
        if not data or not is_valid(process_id):
            raise ValueError("a ticket has bytes, and a process id four printable ones")
        if not self.usable:
            return PrintResult(Outcome.FAILED, 0, confirmation, Reason.RESET_BEFORE_BYTES)
        self.usable = False  # also for a caller that cancels
        ending = await self._printer.take(Attempt(data, confirmation, process_id), on_trouble)
        outcome = ending.outcome
        if outcome is Outcome.CONFIRMED and confirmation is Confirmation.CLOSE:
            outcome = Outcome.WEAK
        self.usable = outcome is Outcome.CONFIRMED
        sent = 0 if outcome is Outcome.FAILED else len(data)
        return PrintResult(outcome, sent, confirmation, ending.reason, ending.reason or "")

    async def late_word(self, process_id: bytes, wait_s: float) -> bool:
        return process_id in self._printer.late_words

    async def close(self) -> None:
        self.usable = False
        if not self._closed:
            self._closed = True
            self._printer.open_sessions -= 1
