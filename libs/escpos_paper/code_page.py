"""The code pages of ESC t, by Epson's numbers."""

from __future__ import annotations

from typing import Final

CODE_PAGES: Final[dict[int, str]] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    36: "cp862",
    37: "cp864",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
}
"""ESC t number -> Python codec."""

UNDEFINED: Final = "\ufffd"
"""Printed for a byte that the page does not define, or when the page is not in the table."""


def decode(data: bytes, page: int) -> str:
    """Text bytes (0x20 and above) as characters, one for each byte."""
    codec = CODE_PAGES.get(page)
    text = data.decode(codec or "ascii", "replace")
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return {"\x7f": "⌂", "\xa0": " ", "\xad": "-"}.get(character, UNDEFINED)
