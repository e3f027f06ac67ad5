"""Breaking text into rows: at words, and inside a word only where it is wider than the paper."""

from __future__ import annotations


def wrap(text: str, width: int, first: int | None = None) -> list[str]:
    """Rows of at most `width` characters, the first of at most `first`; at least one row.

    Nothing but blanks at row ends is ever left out. Line breaks in `text` are kept.
    """
    rows: list[str] = []
    room = width if first is None else first
    for paragraph in text.split("\n"):
        if len(paragraph) <= room:
            rows.append(paragraph)
        else:
            rows += _wrap_paragraph(paragraph, width, room)
        room = width
    return rows


def _wrap_paragraph(text: str, width: int, room: int) -> list[str]:
    rows: list[str] = []
    row = ""
    for word in text.split():
        if row and len(row) + 1 + len(word) <= room:
            row = f"{row} {word}"
            continue
        if row:
            rows.append(row)
            room = width
        elif not rows and len(word) > room and len(word) <= width:
            rows.append("")  # the shorter first row has no room for it: begin below
            room = width
        while len(word) > room:
            rows.append(word[:room])
            word = word[room:]
            room = width
        row = word
    return [*rows, row] if row or not rows else rows
