"""Which characters a font file has: its `cmap` table, formats 4 and 12.

Source: the OpenType specification, chapters "The OpenType font file" and "cmap". Pillow draws a box
for what a font lacks, and does not say so.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from pathlib import Path
from typing import Final, Protocol

_COLLECTION: Final = b"ttcf"
# Platform and encoding of the tables that speak of Unicode, the whole of it first.
_UNICODE: Final = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


class CharacterMap(Protocol):
    def has(self, code: int) -> bool:
        """Whether the font has a shape for this code point."""


class UnusableFont(Exception):
    """The file is no font, or one without a table of Unicode characters."""


def read_character_map(path: Path) -> CharacterMap:
    """Of the first font in the file. Raises `UnusableFont`."""
    try:
        table = _cmap_table(path)
        return _best(table)
    except (OSError, struct.error) as error:
        raise UnusableFont(path.name) from error


def _cmap_table(path: Path) -> bytes:
    with path.open("rb") as file:
        start = 0
        if file.read(4) == _COLLECTION:
            file.seek(12)
            (start,) = struct.unpack(">I", file.read(4))
        file.seek(start + 4)
        (count,) = struct.unpack(">H6x", file.read(8))
        for _ in range(count):
            tag, offset, length = struct.unpack(">4s4xII", file.read(16))
            if tag == b"cmap":
                file.seek(offset)
                return file.read(length)
    raise UnusableFont(path.name)


def _best(table: bytes) -> CharacterMap:
    (count,) = struct.unpack_from(">2xH", table)
    found = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * index)
        found[platform, encoding] = offset
    for kind in _UNICODE:
        if kind in found:
            (format_,) = struct.unpack_from(">H", table, found[kind])
            if format_ == 12:
                return _Groups(table, found[kind])
            if format_ == 4:
                return _Segments(table, found[kind])
    raise UnusableFont("no table of Unicode characters")


class _Groups:
    """Format 12: ranges of 32-bit code points."""

    def __init__(self, table: bytes, offset: int) -> None:
        (count,) = struct.unpack_from(">12xI", table, offset)
        words: tuple[int, ...] = struct.unpack_from(f">{3 * count}I", table, offset + 16)
        self._starts, self._ends, self._glyphs = words[::3], words[1::3], words[2::3]

    def has(self, code: int) -> bool:
        index = bisect_left(self._ends, code)
        if index == len(self._ends) or code < self._starts[index]:
            return False
        return bool(self._glyphs[index] + code - self._starts[index])


class _Segments:
    """Format 4: ranges of 16-bit code points, some with an array of glyphs."""

    def __init__(self, table: bytes, offset: int) -> None:
        # Not by its length: large tables have one that does not fit its 16 bits.
        (doubled,) = struct.unpack_from(">6xH", table, offset)
        count = doubled // 2
        words: tuple[int, ...] = struct.unpack_from(
            f">{(len(table) - offset - 14) // 2}H", table, offset + 14
        )
        self._ends = words[:count]
        self._rest = words[count + 1 :]  # starts, deltas, offsets, and then the glyphs
        self._count = count

    def has(self, code: int) -> bool:
        index, count = bisect_left(self._ends, code), self._count
        if index == count or code < self._rest[index]:
            return False
        start, delta, offset = (self._rest[index + part * count] for part in range(3))
        if not offset:
            return bool((code + delta) & 0xFFFF)
        at = index + 2 * count + offset // 2 + code - start
        return at < len(self._rest) and bool(self._rest[at])
