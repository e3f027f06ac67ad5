"""Real-time commands: obeyed when they arrive, wherever they stand, even inside an image.

A printer looks for these bytes in everything it receives, before the receive buffer; the same bytes
then also pass through the buffer in their place.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from escpos_paper.command import Command, Kind

CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 with function 8: the fixed sequence that clears all buffers."""

_KINDS = {
    0x04: Kind.REAL_TIME_STATUS,
    0x05: Kind.REAL_TIME_REQUEST,
    0x14: Kind.REAL_TIME_CONTROL,
}
_PATTERN = re.compile(
    rb"\x10(?:\x04[\x01-\x04]|\x05[\x00-\x02]"
    rb"|\x14(?:\x08\x01\x03\x14\x01\x06\x02\x08|\x01[\x00\x01][\x01-\x08]|\x02\x01\x08))"
)
_LONGEST = len(CLEAR_BUFFERS)


class RealTimeCommand(NamedTuple):
    """A command, and where its last byte stood in the chunk that completed it (exclusive)."""

    command: Command
    end: int


class RealTimeScanner:
    """Finds real-time commands in a stream at any split."""

    def __init__(self) -> None:
        self._tail = b""

    def reset(self) -> None:
        self._tail = b""

    def feed(self, data: bytes | bytearray | memoryview) -> list[RealTimeCommand]:
        """The real-time commands that end within `data`."""
        chunk = self._tail + bytes(data)
        if b"\x10" not in chunk:
            self._tail = b""
            return []
        before = len(self._tail)
        found = []
        done = 0
        for match in _PATTERN.finditer(chunk):
            raw = match.group()
            found.append(RealTimeCommand(Command(_KINDS[raw[1]], raw), match.end() - before))
            done = match.end()
        start = chunk.find(b"\x10", max(done, len(chunk) - _LONGEST + 1))
        self._tail = chunk[start:] if start >= 0 else b""
        return found
