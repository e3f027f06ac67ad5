"""The 4 KB between the wire and the print mechanism."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from escpos_paper import Command, Interpreter
from virtual_printer.ticket_meter import may_be_enquiry

if TYPE_CHECKING:
    from virtual_printer.mechanism import Host

SIZE_BYTES: Final = 4096
BUSY_BELOW_BYTES: Final = 128
"""With less room than this the printer stops reading."""
READY_FROM_BYTES: Final = 256
"""It reads again when so much room is left."""


class Received(NamedTuple):
    """A command, who sent it, and when its last byte arrived (`time.monotonic()`)."""

    command: Command
    host: Host
    at: float


class ReceiveBuffer:
    """Commands in the order of the wire. A connection's end leaves it as it is."""

    def __init__(self) -> None:
        self._commands: deque[Received] = deque()
        self._complete_bytes = 0
        self._interpreter = Interpreter()
        self._was_full = False

    def __len__(self) -> int:
        return len(self._commands)

    @property
    def held_bytes(self) -> int:
        return self._complete_bytes + self._interpreter.pending_bytes

    @property
    def pending_ticket_bytes(self) -> int:
        """Bytes of a command that is not complete yet, if it belongs to a ticket."""
        if may_be_enquiry(self._interpreter.pending_start):
            return 0
        return self._interpreter.pending_bytes

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

    def store(self, data: bytes, host: Host, at: float) -> list[Command]:
        """Take bytes from the wire; returns the commands that they complete."""
        commands = self._interpreter.feed(data)
        for command in commands:
            self._commands.append(Received(command, host, at))
            self._complete_bytes += len(command.raw)
        return commands

    def take(self) -> Received:
        received = self._commands.popleft()
        self._complete_bytes -= len(received.command.raw)
        return received

    def clear(self) -> int:
        """Forget everything. Returns how many bytes that were."""
        lost = self.held_bytes
        self._commands.clear()
        self._complete_bytes = 0
        self._interpreter.reset()
        return lost
