"""What the printer's code page can show, and the nearest faithful spelling of what it cannot.

The code page is CP858 (Epson's page 19: CP850 with the euro sign), which has every letter of
German, French and Italian.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

CODE_PAGE: Final = "cp858"
LOST: Final = "?"

# The same text to a reader, in other characters.
_SPELLINGS: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2039\u203a", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2022\u2023\u25cf\u25e6", "\N{MIDDLE DOT}"),
    "\u2044": "/",
    "\u1e9e": "ß",
    **{"œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H"},
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    **{"ŋ": "n", "Ŋ": "N", "ĸ": "k", "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E"},
    "\N{HEAVY BLACK HEART}": "<3",
    "\N{BLACK HEART SUIT}": "<3",
}
# Frames and blocks belong to the template: with them a guest could draw a ticket into a ticket.
_FRAME: Final = re.compile("[\u2500-\u259f]")
_FRAME_SPELLING: Final = "#"
_ACCENTS: Final = ("Mn", "Me", "Sk")  # marks, enclosing marks, skin tones
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def fit(text: str) -> tuple[str, bool]:
    """`text` in characters of the code page, and whether one of them had no faithful spelling.

    Such a character becomes `?`. Other alphabets keep their length that way, so that a reader
    sees how much is missing. `text` must be clean.
    """
    if text.isascii() or (_is_in_code_page(text) and not _FRAME.search(text)):
        return text, False
    spelled = [_spell(character) for character in text]
    return "".join(LOST if part is None else part for part in spelled), None in spelled


def _spell(character: str) -> str | None:
    if character.isascii():
        return character
    if _FRAME.match(character):
        return _FRAME_SPELLING
    if character in _SPELLINGS:
        return _SPELLINGS[character]
    if _is_in_code_page(character):
        return character
    return _emoji(character) or _decomposed(character)


def _is_in_code_page(text: str) -> bool:
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _emoji(character: str) -> str | None:
    """An emoji by its name, as in `[peanuts]`: it can be the allergy."""
    code = ord(character)
    if code in _FLAG_LETTERS:
        return chr(ord("A") + code - _FLAG_LETTERS.start)
    if unicodedata.category(character) == "So" and (code >= 0x1F000 or 0x2600 <= code < 0x27C0):
        return f"[{unicodedata.name(character).lower()}]"
    return None


def _decomposed(character: str) -> str | None:
    """The letters below their accents; `None` where something other than an accent is lost.

    A number stays apart from the digits before it: 5 and a third is no `51/3`.
    """
    spelled = ""
    for part in unicodedata.normalize("NFKD", character):
        if unicodedata.category(part) in _ACCENTS:
            continue
        spelling = _FRAME.sub(_FRAME_SPELLING, _SPELLINGS.get(part, part))
        if not _is_in_code_page(spelling):
            return None
        spelled += spelling
    return f"({spelled})" if unicodedata.category(character) == "No" else spelled
