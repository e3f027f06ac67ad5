"""A byte stream becomes commands, wherever the network happened to split it."""

from __future__ import annotations

import re

from escpos_paper.command import Command, Kind
from escpos_paper.grammar import COMMANDS, CONTROLS, GROUPS

LARGEST_COMMAND_BYTES = 2 * 1024 * 1024
"""A command that announces more is swallowed without being kept.

One four-byte length field may announce 4 GB; a printer would also wait for all of it.
"""

_TEXT = re.compile(rb"[\x20-\xff]+")
_NULS = re.compile(rb"\x00+")
_LEADS = frozenset(b"\x1b\x1d\x1c\x10")


class Interpreter:
    """Streaming parser. It never raises on input, and it never loses its place.

    The commands are the same for any split of the same bytes, except that a run of text (or of
    NULs) which is split comes as several commands: a printer does not wait with text that it has.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._swallow = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes of a command whose end has not come yet."""
        return len(self._rest)

    def reset(self) -> None:
        """Forget an unfinished command, as a power cycle or a buffer clear does."""
        self._rest.clear()
        self._swallow = 0

    def feed(self, data: bytes | bytearray | memoryview) -> list[Command]:
        """The commands that these bytes complete, in order."""
        self._rest += data
        commands: list[Command] = []
        position = 0
        while position < len(self._rest):
            if self._swallow:
                skipped = min(self._swallow, len(self._rest) - position)
                self._swallow -= skipped
                position += skipped
                continue
            command = self._next(position)
            if command is None:
                break
            commands.append(command)
            position += len(command.raw)
        del self._rest[:position]
        return commands

    def _next(self, start: int) -> Command | None:
        """The command that begins at `start`, or None while it is unfinished."""
        rest = self._rest
        first = rest[start]
        if first >= 0x20:
            return Command(Kind.TEXT, _run(_TEXT, rest, start))
        if first in _LEADS:
            return self._named(start)
        if first == 0:
            return Command(Kind.NUL, _run(_NULS, rest, start))
        return Command(CONTROLS.get(first, Kind.UNKNOWN), bytes((first,)))

    def _named(self, start: int) -> Command | None:
        rest = self._rest
        if len(rest) < start + 2:
            return None
        entry = COMMANDS.get(bytes(rest[start : start + 2]))
        if entry is None:
            return Command(Kind.UNKNOWN, bytes(rest[start : start + 2]))
        kind, length = entry
        size = length if isinstance(length, int) else length(rest, start)
        if size is None:
            return None
        if size > LARGEST_COMMAND_BYTES:
            self._swallow = size - 2
            return Command(Kind.UNKNOWN, bytes(rest[start : start + 2]))
        if len(rest) < start + size:
            return None
        if rest[start + 1] == 0x28:
            kind = GROUPS.get(bytes(rest[start : start + 3]), kind)
        return Command(kind, bytes(rest[start : start + size]))


def _run(pattern: re.Pattern[bytes], data: bytearray, start: int) -> bytes:
    match = pattern.match(data, start)
    # The caller has looked at the first byte, so one byte always matches.
    return match.group() if match else bytes(data[start : start + 1])
