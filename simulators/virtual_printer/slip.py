"""The paper that hangs out of the printer."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from escpos_paper import THERMAL, Block, Cut, Engine, Kind, Paper
from virtual_printer.paper_trail import PaperTrail
from virtual_printer.receive_buffer import Received

_RECENT_BLOCKS: Final = 200
"""What somebody who opens the page now gets to see of earlier."""


class Slip:
    """Prints commands onto the paper, and hands each ticket to the trail when it is cut off."""

    def __init__(self, columns: int, trail: PaperTrail, engine: Engine = THERMAL) -> None:
        self.engine = engine
        self._paper = Paper(columns, engine)
        self._trail = trail
        self._data = bytearray()
        self._first_byte_at = 0.0
        self._put_off: deque[tuple[Received, float]] = deque()
        self.recent: deque[Block] = deque(maxlen=_RECENT_BLOCKS)
        self.on_print: Callable[[Sequence[Block]], None] | None = None

    def print(self, received: Received) -> Sequence[Block]:
        """Obey a command. Returns what came out."""
        return self._print(received, time.monotonic())

    def print_soon(self, received: Received) -> None:
        """The same, but in the loop's next turn: an infinitely fast printer does not keep anyone
        waiting while its simulator composes lines."""
        if not self._put_off:
            asyncio.get_running_loop().call_soon(self.catch_up)
        self._put_off.append((received, time.monotonic() if _is_cut(received) else 0.0))

    def catch_up(self) -> None:
        """Print what was put off."""
        while self._put_off:
            self._print(*self._put_off.popleft())
        self._trail.write_files()

    def clear_print_buffer(self) -> None:
        self.catch_up()
        self._paper.clear_print_buffer()

    def power_cycle(self) -> None:
        """What is on the paper stays."""
        self.catch_up()
        self._paper.power_cycle()

    def _print(self, received: Received, at: float) -> Sequence[Block]:
        if received.ticket_bytes:
            self._data += received.command.raw
            self._first_byte_at = received.started_at
        printed = self._paper.apply(received.command)
        if printed:
            self.recent.extend(printed)
            if self.on_print:
                self.on_print(printed)
            if isinstance(printed[-1], Cut):
                self._tear_off(at)
        return printed

    def _tear_off(self, at: float) -> None:
        ticket = self._paper.take()
        if not ticket.is_blank:
            self._trail.add(ticket, bytes(self._data), self._first_byte_at, at)
        self._data.clear()


def _is_cut(received: Received) -> bool:
    return received.command.kind is Kind.CUT
