"""Breaking text into rows: at words, and inside a word only where it is wider than the paper.

A number stays with the short word or the sign behind it ("0,5 l", "12 Stk.", "5 %"), a count with
what it counts ("2x Brot"), a NO with what it forbids, and the groups of a telephone number with
each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from print_agent.ticket.clusters import breakable, clusters
from print_agent.ticket.no_words import NO_WORDS

Measure = Callable[[str], int]
"""How many characters of the printer a text is wide. No text is wider than its parts together."""

_NUMBER: Final = re.compile(r"[^\w\s]*[\d½¼¾][\d½¼¾.,/]*")
_UNIT: Final = re.compile(r"(?:[^\W\d_]{1,3}|[%€$£]|°[CF]?)[^\w\s]*")
_COUNT: Final = re.compile(r"[^\w\s]*\d+[x\N{MULTIPLICATION SIGN}]")
_DIGITS: Final = re.compile(r"[+(]*\d[\d()/-]*")


def wrap(text: str, width: int, first: int | None = None, measure: Measure = len) -> list[str]:
    """Rows of at most `width` characters, the first of at most `first`; at least one row.

    Nothing but blanks at row ends is ever left out. Line breaks in `text` are kept. Only a single
    character that is wider than a row stands on one that is too narrow for it.
    """
    rows: list[str] = []
    room = width if first is None else first
    for paragraph in text.split("\n"):
        if measure(paragraph) <= room:
            rows.append(paragraph)
        else:
            rows += _Paragraph(width, room, measure).wrap(paragraph)
        room = width
    return rows


def widest(text: str, measure: Measure = len) -> int:
    """How wide a row has to be for no word to be broken."""
    return max((measure(part) for word in text.split() for part in breakable(word)), default=0)


class _Paragraph:
    def __init__(self, width: int, room: int, measure: Measure) -> None:
        self._width = width
        self._room = room
        self._measure = measure
        self._rows: list[str] = []
        self._row = ""
        self._used = 0

    def wrap(self, text: str) -> list[str]:
        for blank, piece in _pieces(text):
            size = self._measure(piece)
            if " " in piece and size > self._width:
                self._put_apart(blank, piece)
            else:
                self._put(blank, piece, size)
        if self._row or not self._rows:
            self._end_row()
        return self._rows

    def _put_apart(self, blank: str, words: str) -> None:
        """No row has room for what belongs together."""
        for word in words.split(" "):
            self._put(blank, word, self._measure(word))
            blank = " "

    def _put(self, blank: str, piece: str, size: int) -> None:
        if self._row and self._used + len(blank) + size <= self._room:
            self._row += blank + piece
            self._used += len(blank) + size
            return
        if self._row:
            self._end_row()
        elif not self._rows and self._room < size <= self._width:
            self._end_row()  # the shorter first row has no room for it: begin below
        if size <= self._room:
            self._row, self._used = piece, size
        else:
            self._break(piece)

    def _break(self, piece: str) -> None:
        for cluster in clusters(piece):
            size = self._measure(cluster)
            if self._row and self._used + size > self._room:
                self._end_row()
            self._row += cluster
            self._used += size

    def _end_row(self) -> None:
        self._rows.append(self._row)
        self._row, self._used, self._room = "", 0, self._width


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What must not be broken, each with the blank before it if it has one."""
    blank = ""
    for words in _together(text.split()):
        for piece in (words,) if " " in words else breakable(words):
            yield blank, piece
            blank = ""
        blank = " "


def _together(words: Iterable[str]) -> Iterator[str]:
    """Words, with those that belong together in one text."""
    held, last = "", ""
    for word in words:
        if held and _belongs(word, last):
            held += f" {word}"
        else:
            if held:
                yield held
            held = word
        last = word
    if held:
        yield held


def _belongs(word: str, before: str) -> bool:
    """Whether nobody should have to look for `word` on the next row."""
    if before.isalpha():
        return before.casefold() in NO_WORDS
    if _NUMBER.fullmatch(before) and _UNIT.fullmatch(word):
        return True
    if _DIGITS.fullmatch(before) and _DIGITS.fullmatch(word):
        return True
    return _COUNT.fullmatch(before) is not None
