"""Breaking text into rows: at words, and inside a word only where it is wider than the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from print_agent.ticket.clusters import breakable, clusters

Measure = Callable[[str], int]
"""How many characters of the printer a text is wide. No text is wider than its parts together."""


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
            self._put(blank, piece, self._measure(piece))
        if self._row or not self._rows:
            self._end_row()
        return self._rows

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
    for word in text.split():
        for piece in breakable(word):
            yield blank, piece
            blank = ""
        blank = " "
