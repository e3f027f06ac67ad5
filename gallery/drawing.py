"""A case on paper: its bytes, its text, its picture, and what it costs."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops

from bonfire.errors import BonfireError
from escpos_paper import FontMissing, Ticket
from escpos_paper.png import picture
from gallery.cases import Case
from print_agent.preview.engine import paper
from print_agent.ticket import render_ticket

_CALLS: Final = 3
# Darker is ink: the letters of a picture are smoothed. The line at which it is cut is a little so.
_INK: Final = 152
_COLOURS: Final = (*(255, 255, 255), *(20, 20, 20), *(205, 20, 20))
_BLACK, _RED = 1, 2  # their places


@dataclass(frozen=True, slots=True)
class Drawn:
    """`render_ms` is the fastest of some calls, warm."""

    case: Case
    ticket: Ticket
    png: bytes
    size_bytes: int
    render_ms: float


class Undrawable(RuntimeError):
    """A ticket that cannot be shown, with its name: errors of our own do not cross processes."""


def draw(case: Case) -> Drawn:
    """Raises `Undrawable` when a ticket cannot be rendered, or no DejaVu Sans Mono is installed."""
    try:
        data, render_ms = _rendered(case)
        ticket = paper(data, case.look)
        png = small_png(picture(ticket))
    except (BonfireError, FontMissing) as error:
        raise Undrawable(f"{case.name}: {error}") from error
    return Drawn(case, ticket, png, len(data), render_ms)


def _rendered(case: Case) -> tuple[bytes, float]:
    data, fastest_ms = b"", float("inf")
    for _ in range(_CALLS):
        started = time.perf_counter()
        data = render_ticket(case.job, case.slip, case.look)
        fastest_ms = min(fastest_ms, (time.perf_counter() - started) * 1e3)
    return data, fastest_ms


def small_png(paper: Image.Image) -> bytes:
    """A fifth of the bytes that all its greys take: every dot is paper, ink or red ink."""
    out = io.BytesIO()
    if paper.mode == "RGB":
        _in_two_inks(paper).save(out, "PNG", compress_level=6, bits=2)
    else:
        paper.point(_is_paper, "1").save(out, "PNG", compress_level=6)
    return out.getvalue()


def _is_paper(value: int) -> int:
    return 255 if value >= _INK else 0


def _in_two_inks(paper: Image.Image) -> Image.Image:
    """Red ink takes the green and leaves the red."""
    red, green, _ = paper.split()
    printed = green.point(lambda value: 255 - _is_paper(value))
    few = Image.new("P", paper.size, 0)
    few.putpalette(_COLOURS)
    few.paste(_BLACK, mask=printed)
    few.paste(_RED, mask=ImageChops.darker(printed, red.point(_is_paper)))
    return few
