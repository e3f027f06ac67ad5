"""A byte stream becomes commands, wherever the network happened to split it."""

from __future__ import annotations

import re

from escpos_paper.command import Command, Kind
from escpos_paper.engine import THERMAL, Engine
from escpos_paper.grammar import COMMANDS, CONTROLS, GROUPS

LARGEST_COMMAND_BYTES = 2 * 1024 * 1024
"""A command that announces more is swallowed without being kept.

One four-byte length field may announce 4 GB; a printer would also wait for all of it.
"""

_TEXT = re.compile(rb"[\x20-\xff]+")
_NULS = re.compile(rb"\x00+")
_LONG_NAMES = frozenset({b"\x1b*", b"\x1b(", b"\x1d("})
"""Commands whose third byte says what they are."""
_LEADS = frozenset(b"\x1b\x1d\x1c\x10")
_SINGLES = [Command(CONTROLS.get(byte, Kind.UNKNOWN), bytes((byte,))) for byte in range(0x20)]


class Interpreter:
    """Streaming parser. It never raises on input, and it never loses its place.

    The commands are the same for any split of the same bytes, except that a run of text (or of
    NULs) which is split comes as several commands: a printer does not wait with text that it has.

    Of a command that the `engine` lacks only the name is taken, as UNKNOWN: its parameters come as
    text, as on the paper of such a printer.
    """

    def __init__(self, engine: Engine = THERMAL) -> None:
        self._lacks = engine.lacks
        self._rest = bytearray()
        self._awaited_bytes = 0
        self._swallow_bytes = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes of a command whose end has not come yet."""
        return len(self._rest)

    @property
    def pending_start(self) -> bytes:
        """The first three of them: enough to tell which command it will be."""
        return bytes(self._rest[:3])

    def reset(self) -> None:
        """Forget an unfinished command, as a power cycle or a buffer clear does."""
        self._rest.clear()
        self._awaited_bytes = 0
        self._swallow_bytes = 0

    def feed(self, data: bytes | bytearray | memoryview) -> list[Command]:
        """The commands that these bytes complete, in order."""
        self._rest += data
        if len(self._rest) < self._awaited_bytes:
            return []
        self._awaited_bytes = 0
        buffer = bytes(self._rest)
        commands: list[Command] = []
        position = self._swallowed(buffer, 0)
        while position < len(buffer):
            command = self._next(buffer, position)
            if command is None:
                break
            commands.append(command)
            position += len(command.raw)
            if self._swallow_bytes:
                position = self._swallowed(buffer, position)
        del self._rest[:position]
        return commands

    def _swallowed(self, buffer: bytes, position: int) -> int:
        """Where the parser goes on after the part of a monstrous command that is there."""
        skipped = min(self._swallow_bytes, len(buffer) - position)
        self._swallow_bytes -= skipped
        return position + skipped

    def _next(self, buffer: bytes, start: int) -> Command | None:
        """The command that begins at `start`, or None while it is unfinished."""
        first = buffer[start]
        if first >= 0x20:
            return Command(Kind.TEXT, _run(_TEXT, buffer, start))
        if first in _LEADS:
            return self._named(buffer, start)
        if first == 0:
            return Command(Kind.NUL, _run(_NULS, buffer, start))
        return _SINGLES[first]

    def _named(self, buffer: bytes, start: int) -> Command | None:
        name = buffer[start : start + 2]
        entry = COMMANDS.get(name)
        if entry is None or name in self._lacks:
            return Command(Kind.UNKNOWN, name) if len(name) == 2 else None
        if self._lacks and name in _LONG_NAMES:
            long_name = buffer[start : start + 3]
            if len(long_name) < 3:
                return None
            if long_name in self._lacks:
                return Command(Kind.UNKNOWN, long_name)
        kind, length = entry
        size = length if isinstance(length, int) else length(buffer, start)
        if size is None:
            return None
        if size > LARGEST_COMMAND_BYTES:
            self._swallow_bytes = size - 2
            return Command(Kind.UNKNOWN, name)
        if len(buffer) < start + size:
            self._awaited_bytes = size
            return None
        if name[1] == 0x28:
            kind = GROUPS.get(buffer[start : start + 3], kind)
        return Command(kind, buffer[start : start + size])


def _run(pattern: re.Pattern[bytes], data: bytes, start: int) -> bytes:
    match = pattern.match(data, start)
    # The caller has looked at the first byte, so one byte always matches.
    return match.group() if match else data[start : start + 1]
