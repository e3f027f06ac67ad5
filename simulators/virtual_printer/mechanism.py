"""The printer's firmware: obeys commands in order, moves paper in real time, and answers."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from escpos_paper import Block, Command, Cut, Kind, RealTimeScanner
from escpos_paper.real_time import CLEAR_BUFFERS
from virtual_printer.answers import ANSWERED, Answers
from virtual_printer.fault import Fault, FaultName, Faults
from virtual_printer.paper_trail import PaperTrail
from virtual_printer.receive_buffer import ReceiveBuffer, Received
from virtual_printer.slip import Slip

CUT_S: Final = 0.25
"""How long the knife takes."""

_NOTED: Final = frozenset({Kind.DRAWER, Kind.BUZZER, Kind.UNKNOWN})
"""Logged, because nothing of them is to be seen on paper."""


class Host(Protocol):
    """Whoever is connected."""

    def send(self, data: bytes) -> bool:
        """False when the connection is gone."""
        ...


class Mechanism:
    """Commands in; paper, answers and time out. It knows nothing of sockets."""

    def __init__(
        self,
        *,
        slip: Slip,
        faults: Faults,
        trail: PaperTrail,
        answers: Answers,
        speed_mm_s: float,
        has_knife: bool,
        on_fault: Callable[[Fault], None],
        on_progress: Callable[[], None],
    ) -> None:
        self.slip = slip
        self._faults = faults
        self._trail = trail
        self._answers = answers
        self._speed_mm_s = speed_mm_s
        self._has_knife = has_knife
        self._on_fault = on_fault
        self._on_progress = on_progress
        self.buffer = ReceiveBuffer(slip.engine)
        self._scanner = RealTimeScanner()
        self._motion: asyncio.TimerHandle | None = None
        self._motion_ends_at = 0.0
        self.reset_is_due = False
        """The byte has come at which the connection is to be reset."""

    @property
    def is_idle(self) -> bool:
        """Everything that arrived has been obeyed, and the paper stands still."""
        waits = self.buffer.holds_orders or self._answers.has_late_word
        return not waits and self._motion is None

    @property
    def is_moving(self) -> bool:
        return self._motion is not None

    def room_bytes(self) -> int:
        """How many bytes may be read from the wire now."""
        if self._faults.hold:
            return 0
        room = self.buffer.free_bytes(stopped=self._faults.stop_printing)
        reset_at = self._faults.reset_at_byte
        if reset_at is None:
            return room
        return min(room, max(reset_at - self.buffer.ticket_bytes, 1))

    def receive(self, data: bytes, host: Host) -> None:
        """Bytes from the wire. Real-time commands are obeyed here, before the buffer."""
        start = 0
        for found in self._scanner.feed(data):
            self._store(data[start : found.end], host)
            # What came before it in the same segment has had its chance to be printed.
            self.work()
            start = found.end
            self._obey_now(found.command, host)
        self._store(data[start:], host)
        self.work()

    def _store(self, data: bytes, host: Host) -> None:
        arrived = self.buffer.store(data, host, time.monotonic())
        reset_at = self._faults.reset_at_byte
        if reset_at is not None:
            longest = max((entry.ticket_bytes for entry in arrived), default=0)
            self.reset_is_due = max(longest, self.buffer.ticket_bytes) >= reset_at

    # In real time

    def _obey_now(self, command: Command, host: Host) -> None:
        if command.kind is Kind.REAL_TIME_STATUS:
            self._answers.real_time_status(command, host)
        elif FaultName.NO_STATUS in self._faults:
            return
        elif command.kind is Kind.REAL_TIME_REQUEST:
            self._recover(command)
        elif command.raw == CLEAR_BUFFERS and self._answers.clears_buffer:
            self._clear_buffers(command, "buffer clear")
            self._answers.cleared(host)

    def _recover(self, command: Command) -> None:
        request = command.raw[2]
        if request == 0 or FaultName.CUTTER_ERROR not in self._faults:
            return
        if request == 2:
            self._clear_buffers(command, "recovery")
        self._on_fault_over(FaultName.CUTTER_ERROR)

    def _on_fault_over(self, name: FaultName) -> None:
        self._faults.clear(name)
        self._trail.note("fault_cleared", fault=name, by="host")
        self._answers.condition_changed()

    def _clear_buffers(self, command: Command, why: str) -> None:
        # The command itself stands in the buffer too, and is no loss.
        lost = max(self.buffer.clear() - len(command.raw), 0)
        self.slip.clear_print_buffer()
        self._answers.forget_late_word()
        self._trail.note("bytes_lost", bytes=lost, why=why)

    # In order

    def work(self) -> None:
        """Obey what is in the buffer until it is empty, the paper moves, or printing stops."""
        while self.buffer and self._motion is None and not self._faults.stop_printing:
            received = self.buffer.take()
            if not self._faults.swallow:
                self._obey(received)
            if self._faults.are_armed:
                for fault in self._faults.due(received.ticket_bytes):
                    self._on_fault(fault)
        self._on_progress()

    def _obey(self, received: Received) -> None:
        command = received.command
        if command.kind in ANSWERED:
            self._answers.in_order(command, received.host)
        elif command.kind in _NOTED:
            self._trail.note(command.kind, bytes=command.raw.hex(" "))
        if self._speed_mm_s == math.inf and self._faults.slow_mm_s is None:
            self.slip.print_soon(received)
        else:
            self._move(self.slip.print(received))

    def _move(self, printed: Sequence[Block]) -> None:
        if not printed:
            return
        self._trail.write_files()
        height_mm = sum(block.height_dots for block in printed) / self.slip.engine.dots_per_mm[1]
        moving_s = height_mm / (self._faults.slow_mm_s or self._speed_mm_s)
        if isinstance(printed[-1], Cut) and self._has_knife:
            moving_s += CUT_S
        loop = asyncio.get_running_loop()
        # From where the last motion ended, so that the timer's grain does not add up.
        self._motion_ends_at = max(self._motion_ends_at, loop.time()) + moving_s
        self._motion = loop.call_at(self._motion_ends_at, self._stand_still)

    def _stand_still(self) -> None:
        self._motion = None
        self.work()

    def stop(self) -> None:
        """Stand still, wherever the paper is."""
        if self._motion:
            self._motion.cancel()
            self._motion = None
        self._answers.forget_late_word()
        self.slip.catch_up()

    def power_off(self) -> None:
        """Everything that is not on paper is gone."""
        self.stop()
        lost = self.buffer.clear()
        self._scanner.reset()
        self.slip.power_cycle()
        self._answers.power_off()
        self._trail.note("bytes_lost", bytes=lost, why="power cycle")
