"""A case on paper: its bytes, its text, its picture, and what it costs."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Final

from PIL import Image

from bonfire.errors import BonfireError
from escpos_paper import FontMissing, Ticket, tickets
from gallery.cases import Case
from print_agent.ticket import Profile, render_ticket

_CALLS: Final = 3
_INK: Final = 128  # darker than this is a dot; the letters of the picture are smoothed


@dataclass(frozen=True, slots=True)
class Drawn:
    """`render_ms` is the fastest of some calls, warm."""

    case: Case
    text: str
    png: bytes
    size_bytes: int
    paper_mm: float
    render_ms: float


class Undrawable(RuntimeError):
    """A ticket that cannot be shown, with its name: errors of our own do not cross processes."""


def draw(case: Case) -> Drawn:
    """Raises `Undrawable` when a ticket cannot be rendered, or no DejaVu Sans Mono is installed."""
    try:
        data, render_ms = _rendered(case)
        ticket = paper(data, case.look)
        png = small_png(ticket.png())
    except (BonfireError, FontMissing) as error:
        raise Undrawable(f"{case.name}: {error}") from error
    return Drawn(case, ticket.text(), png, len(data), ticket.height_mm, render_ms)


def _rendered(case: Case) -> tuple[bytes, float]:
    data, fastest_ms = b"", float("inf")
    for _ in range(_CALLS):
        started = time.perf_counter()
        data = render_ticket(case.job, case.slip, case.look)
        fastest_ms = min(fastest_ms, (time.perf_counter() - started) * 1e3)
    return data, fastest_ms


def paper(data: bytes, profile: Profile) -> Ticket:
    """What comes out of a printer of this profile for one ticket's bytes."""
    (ticket,) = tickets(data, profile.columns)
    return ticket


def small_png(png: bytes) -> bytes:
    """The same dots in a fraction of the bytes: each is ink or paper, as on the roll."""
    with Image.open(io.BytesIO(png)) as picture:
        dots = picture.convert("L").point(lambda value: 0 if value < _INK else 255).convert("1")
    out = io.BytesIO()
    dots.save(out, "PNG", optimize=True)
    return out.getvalue()
