"""A text in runs: each is drawn in one piece, and takes whole columns of the paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

from print_agent.ticket.clusters import clusters
from print_agent.ticket.raster.fonts import RIGHT_TO_LEFT, Face, Fonts, right_to_left

CELL_DOTS: Final = 12  # the width of the printer's normal character
FRAME: Final = frozenset("─│┌┐└┘")  # what our boxes are made of: lines, in no font


@dataclass(frozen=True, slots=True)
class Run:
    """`columns` are of its style. Without a face it is a piece of a frame."""

    text: str
    face: Face | None
    columns: int


@lru_cache(maxsize=4_096)
def runs(text: str, fonts: Fonts, scale: int, bold: bool) -> tuple[Run, ...]:
    """`text` from left to right; `scale` is the size of its letters, 1 for the printer's normal."""
    parts = clusters(text)
    if any(_is_right_to_left(part) for part in parts):
        pieces = list(_with_right_to_left(text, parts, fonts))
    else:
        pieces = list(_by_face(parts, fonts))
    return tuple(_run(piece, face, scale, bold) for piece, face in pieces)


def columns(text: str, fonts: Fonts, scale: int, bold: bool) -> int:
    """How many characters of its style a text is wide."""
    if text.isascii():
        return len(text)
    return sum(run.columns for run in runs(text, fonts, scale, bold))


def columns_within(text: str, fonts: Fonts, scale: int, bold: bool) -> int:
    """At most how wide `text` is as a part of one that is written from right to left: that draws
    its Latin letters in its own face, where some are wider than the printer's.
    """
    parts = clusters(text)
    places = [index for index, part in enumerate(parts) if _is_right_to_left(part)]
    if not places:
        return sum(
            max(_run(part, fonts.joining_face(part), scale, bold).columns, 1) for part in parts
        )
    start, end = places[0], places[-1] + 1
    around = "".join(parts[:start]), "".join(parts[end:])
    # What is around it may go to a run of another face, and leave these letters to their own.
    apart = columns("".join(parts[start:end]), fonts, scale, bold) + sum(
        columns_within(part, fonts, scale, bold) for part in around
    )
    return max(columns(text, fonts, scale, bold), apart)


def has_right_to_left(text: str) -> bool:
    return not text.isascii() and any(map(_is_right_to_left, text))


def _run(text: str, face: Face | None, scale: int, bold: bool) -> Run:
    if face is None or face.family.fixed:
        return Run(text, face, len(clusters(text)))
    dots = face.length(text, scale, bold=bold)
    return Run(text, face, max(ceil(dots / (CELL_DOTS * scale)), 1))


def _by_face(parts: list[str], fonts: Fonts) -> Iterator[tuple[str, Face | None]]:
    run, run_face = "", None
    for part in parts:
        face = None if part in FRAME else fonts.face(part)
        if run and face is not run_face:
            yield run, run_face
            run = ""
        run, run_face = run + part, face
    if run:
        yield run, run_face


def _with_right_to_left(
    text: str, parts: list[str], fonts: Fonts
) -> Iterator[tuple[str, Face | None]]:
    """What reads from the right, with the numbers and words in it, is one run: the order of its
    parts is FriBiDi's to find. So is a whole text that begins with such letters.
    """
    places = [index for index, part in enumerate(parts) if _is_right_to_left(part)]
    start, end = places[0], places[-1] + 1
    if right_to_left(text):
        start = next(index for index, part in enumerate(parts) if not part.isspace())
        end = len(parts) - next(i for i, part in enumerate(reversed(parts)) if not part.isspace())
    face = fonts.face(parts[places[0]])
    middle = "".join(parts[start:end])
    yield from _by_face(parts[:start], fonts)
    if face is not None and face.has(middle):
        yield middle, face
    else:
        yield from _by_face(parts[start:end], fonts)
    yield from _by_face(parts[end:], fonts)


def _is_right_to_left(part: str) -> bool:
    return not part.isascii() and unicodedata.bidirectional(part[0]) in RIGHT_TO_LEFT
