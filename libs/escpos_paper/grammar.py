"""How long each ESC/POS command is: the table that keeps parameters from being read as text.

Source: Epson's command reference for TM printers, and what python-escpos puts on the wire.
"""

from __future__ import annotations

from collections.abc import Callable

from escpos_paper.command import Kind

LengthReader = Callable[[bytes, int], int | None]
"""Reads a command's length from the buffer at its first byte; None when more bytes are needed."""
Length = int | LengthReader
"""A whole command's length in bytes, its two naming bytes included."""


def _counted(low: int, header: int) -> LengthReader:
    """A 16-bit little-endian count at offset `low`, after a header of `header` bytes."""

    def length(buffer: bytes, start: int) -> int | None:
        if len(buffer) < start + low + 2:
            return None
        return header + buffer[start + low] + 256 * buffer[start + low + 1]

    return length


def _choice(offset: int, lengths: dict[int, int], otherwise: int) -> LengthReader:
    """The byte at `offset` chooses the length."""

    def length(buffer: bytes, start: int) -> int | None:
        if len(buffer) <= start + offset:
            return None
        return lengths.get(buffer[start + offset], otherwise)

    return length


def _nul_ended(header: int, longest: int) -> LengthReader:
    """Parameters up to a NUL. Without one within `longest` bytes the command ends there."""

    def length(buffer: bytes, start: int) -> int | None:
        end = buffer.find(0, start + header, start + header + longest)
        if end >= 0:
            return end + 1 - start
        return header + longest if len(buffer) >= start + header + longest else None

    return length


def _bit_image(buffer: bytes, start: int) -> int | None:
    if len(buffer) < start + 5:
        return None
    bytes_per_column = 3 if buffer[start + 2] in (32, 33) else 1
    return 5 + bytes_per_column * (buffer[start + 3] + 256 * buffer[start + 4])


def _raster(buffer: bytes, start: int) -> int | None:
    if len(buffer) < start + 8:
        return None
    size = buffer[start + 4 : start + 8]
    return 8 + (size[0] + 256 * size[1]) * (size[2] + 256 * size[3])


def _large_graphics(buffer: bytes, start: int) -> int | None:
    if len(buffer) < start + 7:
        return None
    return 7 + int.from_bytes(buffer[start + 3 : start + 7], "little")


def _downloaded_image(buffer: bytes, start: int) -> int | None:
    if len(buffer) < start + 4:
        return None
    return 4 + 8 * buffer[start + 2] * buffer[start + 3]


def _user_characters(buffer: bytes, start: int) -> int | None:
    """ESC & y c1 c2, then per character its width x and y * x bytes."""
    if len(buffer) < start + 5:
        return None
    height, first, last = buffer[start + 2 : start + 5]
    end = start + 5
    for _ in range(first, last + 1):
        if len(buffer) <= end:
            return None
        end += 1 + height * buffer[end]
    return end - start


def _barcode(buffer: bytes, start: int) -> int | None:
    """GS k m d… NUL for m up to 6, GS k m n d1…dn from 65 on."""
    if len(buffer) < start + 3:
        return None
    if buffer[start + 2] <= 6:
        return _BARCODE_UNTIL_NUL(buffer, start)
    return None if len(buffer) < start + 4 else 4 + buffer[start + 3]


_BARCODE_UNTIL_NUL = _nul_ended(3, 255)

CUT_WITH_FEED = (65, 66, 97, 98, 103, 104)
"""The forms of GS V that carry a feed distance."""

_ESC: dict[bytes, tuple[Kind, Length]] = {
    b"!": (Kind.PRINT_MODE, 3),
    b"$": (Kind.POSITION, 4),
    b"&": (Kind.OTHER, _user_characters),
    b"(": (Kind.OTHER, _counted(3, 5)),
    b"*": (Kind.BIT_IMAGE, _bit_image),
    b"-": (Kind.UNDERLINE, 3),
    b"2": (Kind.LINE_SPACING, 2),
    b"3": (Kind.LINE_SPACING, 3),
    b"@": (Kind.INITIALIZE, 2),
    b"B": (Kind.BUZZER, 4),
    b"D": (Kind.TAB_STOPS, _nul_ended(2, 33)),
    b"E": (Kind.BOLD, 3),
    b"G": (Kind.BOLD, 3),
    b"J": (Kind.FEED_DOTS, 3),
    b"M": (Kind.FONT, 3),
    b"W": (Kind.OTHER, 10),
    b"a": (Kind.ALIGN, 3),
    b"c": (Kind.OTHER, 4),
    b"d": (Kind.FEED_LINES, 3),
    b"i": (Kind.CUT, 2),
    b"m": (Kind.CUT, 2),
    b"p": (Kind.DRAWER, 5),
    b"r": (Kind.COLOUR, 3),
    b"t": (Kind.CODE_PAGE, 3),
    b"u": (Kind.STATUS, 3),
    b"v": (Kind.STATUS, 2),
    b"{": (Kind.UPSIDE_DOWN, 3),
    b"\\": (Kind.OTHER, 4),
    **{bytes([n]): (Kind.OTHER, 2) for n in b"\x0c<LS"},
    **{bytes([n]): (Kind.OTHER, 3) for n in b" %=?KRTUVe"},
}

_GS: dict[bytes, tuple[Kind, Length]] = {
    b"!": (Kind.SIZE, 3),
    b"$": (Kind.OTHER, 4),
    b"(": (Kind.OTHER, _counted(3, 5)),
    b"*": (Kind.OTHER, _downloaded_image),
    b"8": (Kind.GRAPHICS, _large_graphics),
    b"B": (Kind.INVERSE, 3),
    b"H": (Kind.BARCODE_TEXT, 3),
    b"I": (Kind.IDENTITY, 3),
    b"L": (Kind.LEFT_MARGIN, 4),
    b"V": (Kind.CUT, _choice(2, dict.fromkeys(CUT_WITH_FEED, 4), 3)),
    b"W": (Kind.PRINT_WIDTH, 4),
    b"\\": (Kind.OTHER, 4),
    b"^": (Kind.OTHER, 5),
    b"a": (Kind.AUTO_STATUS, 3),
    b"c": (Kind.OTHER, 2),
    b"g": (Kind.OTHER, 6),
    b"h": (Kind.BARCODE_HEIGHT, 3),
    b"k": (Kind.BARCODE, _barcode),
    b"r": (Kind.STATUS, 3),
    b"v": (Kind.RASTER, _raster),
    b"w": (Kind.BARCODE_WIDTH, 3),
    b"z": (Kind.OTHER, 5),
    **{bytes([n]): (Kind.OTHER, 2) for n in b":"},
    **{bytes([n]): (Kind.OTHER, 3) for n in b"/ETbfj"},
    **{bytes([n]): (Kind.OTHER, 4) for n in b"P"},
}

_FS: dict[bytes, tuple[Kind, Length]] = {
    b"(": (Kind.OTHER, _counted(3, 5)),
    b"S": (Kind.OTHER, 4),
    b"p": (Kind.OTHER, 4),
    **{bytes([n]): (Kind.OTHER, 2) for n in b"&."},
    **{bytes([n]): (Kind.OTHER, 3) for n in b"!-CW"},
}

_DLE: dict[bytes, tuple[Kind, Length]] = {
    b"\x04": (Kind.REAL_TIME_STATUS, _choice(2, dict.fromkeys((7, 8, 18), 4), 3)),
    b"\x05": (Kind.REAL_TIME_REQUEST, 3),
    b"\x14": (Kind.REAL_TIME_CONTROL, _choice(2, {3: 8, 7: 4, 8: 10}, 5)),
}

COMMANDS: dict[bytes, tuple[Kind, Length]] = {
    lead + name: entry
    for lead, family in ((b"\x1b", _ESC), (b"\x1d", _GS), (b"\x1c", _FS), (b"\x10", _DLE))
    for name, entry in family.items()
}
"""By the two bytes that name a command."""

GROUPS: dict[bytes, Kind] = {
    b"\x1b(A": Kind.BUZZER,
    b"\x1d(H": Kind.PROCESS_ID,
    b"\x1d(L": Kind.GRAPHICS,
    b"\x1d(k": Kind.SYMBOL_2D,
}
"""Commands with three naming bytes and a counted body, where they mean something here."""

CONTROLS: dict[int, Kind] = {
    0x09: Kind.TAB,
    0x0A: Kind.LINE_FEED,
    0x0C: Kind.FORM_FEED,
    0x0D: Kind.CARRIAGE_RETURN,
    0x18: Kind.CANCEL,
}
"""Commands of one byte."""
