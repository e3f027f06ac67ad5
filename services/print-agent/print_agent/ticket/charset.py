"""What a printer can show, and the nearest faithful spelling of what it cannot.

In this order: the code page has it; another spelling is the same to a reader; a font draws it; it
is written in Latin letters between two marks. What is left becomes `?`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from anyascii import anyascii

from bonfire.sanitiser import UNKNOWN
from print_agent.ticket.clusters import clusters
from print_agent.ticket.code_page import encoder
from print_agent.ticket.raster import RIGHT_TO_LEFT, Fonts

LOST: Final = "?"
MARK: Final = "~"  # around what was written in another alphabet

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
    # In the smaller code pages' words.
    **{"€": "EUR", "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "þ": "th"},
    **{
        "\N{MIDDLE DOT}": "-",
        "°": "deg",
        "\N{MULTIPLICATION SIGN}": "x",
        "«": '"',
        "»": '"',
        "£": "GBP",
        "§": "S.",
    },
}
# Frames and blocks belong to the template: with them a guest could draw a ticket into a ticket.
_FRAME: Final = re.compile("[\u2500-\u259f]")
_FRAME_SPELLING: Final = "#"
_ACCENT: Final = "COMBINING "  # begins its name; other marks are the vowels of their alphabets
_SKIN_TONE: Final = "Sk"
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


class Charset:
    """Of one printer: its code page by Python's name, and the fonts for pictures, if it prints any.

    `fonts` without a font is a machine that lacks them: what it has to spell in Latin letters is
    lost, as somebody could mend that.
    """

    def __init__(self, code_page: str, fonts: Fonts | None = None) -> None:
        self._encode = encoder(code_page)
        self._fonts = fonts

    def fit(self, text: str) -> tuple[str, bool]:
        """`text` as this printer shows it, and whether a reader may miss something in it.

        Fitting it again changes nothing more. `text` must be clean.
        """
        if text.isascii() or (self.has(text) and not _FRAME.search(text)):
            return text, False
        parts = [(part, self._show(part)) for part in clusters(text)]
        if None not in (shown for _, shown in parts):
            return "".join(shown or "" for _, shown in parts), False
        return self._transliterated(parts)

    def has(self, text: str) -> bool:
        """Whether the code page alone is enough for it."""
        if text.isascii():
            return True
        try:
            self._encode(text)
        except UnicodeEncodeError:
            return False
        return True

    def _show(self, cluster: str) -> str | None:
        spelled = [self._spell(character) for character in cluster]
        if None not in spelled:
            return "".join(part or "" for part in spelled)
        if self._fonts is not None and UNKNOWN not in cluster and self._fonts.face(cluster):
            return cluster
        return None

    def _transliterated(self, parts: Iterable[tuple[str, str | None]]) -> tuple[str, bool]:
        """Neighbours on one line stand between one pair of marks, with the blanks between them."""
        shown, foreign, blanks = "", "", ""
        lost = self._fonts is not None
        for original, known in [*parts, ("", "")]:
            if known is None:
                foreign += blanks + original
                blanks = ""
            elif foreign and known == " ":
                blanks += known
            else:
                latin, is_lost = _in_latin(foreign)
                shown += latin + blanks + known
                foreign, blanks, lost = "", "", lost or is_lost
        return shown, lost

    def _spell(self, character: str) -> str | None:
        if character.isascii():
            return character
        if _FRAME.match(character):
            return _FRAME_SPELLING
        if self.has(character):
            return character
        if character in _SPELLINGS:
            return "".join(self._spell(part) or "" for part in _SPELLINGS[character])
        return _emoji(character) or self._decomposed(character)

    def _decomposed(self, character: str) -> str | None:
        """The letters below their accents; `None` where something other than an accent is lost.

        A number stays apart from the digits before it: 5 and a third is no `51/3`.
        """
        spelled = ""
        for part in unicodedata.normalize("NFKD", character):
            if _is_accent(part):
                continue
            if part == character:
                return None
            spelling = self._spell(part)
            if spelling is None:
                return None
            spelled += spelling
        return f"({spelled})" if unicodedata.category(character) == "No" else spelled


def _is_accent(character: str) -> bool:
    is_mark = unicodedata.name(character, "").startswith(_ACCENT)
    return is_mark or unicodedata.category(character) == _SKIN_TONE


def _in_latin(foreign: str) -> tuple[str, bool]:
    """Between marks, and whether a part of it is lost."""
    words = [_latin(cluster) for cluster in clusters(foreign)]
    text = "".join(words)
    if not text.strip(f"{LOST} "):
        return text or (foreign and LOST), bool(foreign)
    return f"{MARK}{text}{MARK}", LOST in words


def _latin(cluster: str) -> str:
    if cluster == " ":
        return cluster
    if UNKNOWN in cluster:
        return LOST
    latin = "".join(filter(str.isprintable, anyascii(cluster)))
    # Letters of Arabic and Hebrew that only carry a vowel, and marks that lengthen one, have none.
    first = cluster[0]
    is_mute = (
        unicodedata.bidirectional(first) in RIGHT_TO_LEFT or unicodedata.category(first) == "Lm"
    )
    return latin if latin or is_mute else LOST


def _emoji(character: str) -> str | None:
    """An emoji by its name, as in `[peanuts]`: it can be the allergy."""
    code = ord(character)
    if code in _FLAG_LETTERS:
        return chr(ord("A") + code - _FLAG_LETTERS.start)
    if unicodedata.category(character) == "So" and (code >= 0x1F000 or 0x2600 <= code < 0x27C0):
        return f"[{unicodedata.name(character).lower()}]"
    return None
