"""The 4 KB between the wire and the print mechanism."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from escpos_paper import THERMAL, Command, Engine, Interpreter, Kind
from virtual_printer.ticket_meter import TicketMeter, may_be_enquiry

if TYPE_CHECKING:
    from virtual_printer.mechanism import Host

SIZE_BYTES: Final = 4096
BUSY_BELOW_BYTES: Final = 128
"""With less room than this the printer stops reading."""
READY_FROM_BYTES: Final = 256
"""It reads again when so much room is left."""


_OBEYED_ON_ARRIVAL: Final = frozenset({Kind.REAL_TIME_STATUS, Kind.REAL_TIME_REQUEST})


class Received(NamedTuple):
    """A command that has arrived, and who sent it."""

    command: Command
    host: Host
    ticket_bytes: int
    """How long its ticket is with it; 0 for an enquiry."""
    started_at: float
    """When its ticket's first byte arrived (`time.monotonic()`)."""


class ReceiveBuffer:
    """Commands in the order of the wire. A connection's end leaves it as it is."""

    def __init__(self, engine: Engine = THERMAL) -> None:
        self._commands: deque[Received] = deque()
        self._complete_bytes = 0
        self._interpreter = Interpreter(engine)
        self._meter = TicketMeter()
        self._was_full = False

    def __len__(self) -> int:
        return len(self._commands)

    @property
    def holds_orders(self) -> bool:
        """Is there anything in it that was not obeyed already when it came?"""
        return any(entry.command.kind not in _OBEYED_ON_ARRIVAL for entry in self._commands)

    @property
    def held_bytes(self) -> int:
        return self._complete_bytes + self._interpreter.pending_bytes

    @property
    def ticket_bytes(self) -> int:
        """How many bytes have arrived of the ticket that is arriving."""
        if may_be_enquiry(self._interpreter.pending_start):
            return self._meter.count_bytes
        return self._meter.count_bytes + self._interpreter.pending_bytes

    def free_bytes(self, *, stopped: bool) -> int:
        """How much may be read now; 0 until enough room is left again.

        While the mechanism works and waits for nothing but the rest of a command, there is always
        room: it takes an image as it comes, however long it is.
        """
        if not self._commands and not stopped:
            return SIZE_BYTES
        free = SIZE_BYTES - self.held_bytes
        limit = READY_FROM_BYTES if self._was_full else BUSY_BELOW_BYTES
        self._was_full = free < limit
        return 0 if self._was_full else free

    def store(self, data: bytes, host: Host, at: float) -> list[Received]:
        """Take bytes from the wire; returns the commands that they complete."""
        meter = self._meter
        received = [
            Received(command, host, meter.add(command, at), meter.started_at)
            for command in self._interpreter.feed(data)
        ]
        self._commands.extend(received)
        self._complete_bytes += sum(len(entry.command.raw) for entry in received)
        return received

    def take(self) -> Received:
        received = self._commands.popleft()
        self._complete_bytes -= len(received.command.raw)
        return received

    def begin_host(self) -> None:
        """What another connection left unfinished is not this one's ticket."""
        self._meter.finish()

    def clear(self) -> int:
        """Forget everything. Returns how many bytes that were."""
        lost = self.held_bytes
        self._commands.clear()
        self._complete_bytes = 0
        self._interpreter.reset()
        self._meter.finish()
        return lost
