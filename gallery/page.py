"""The gallery as one HTML page beside its pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from gallery.cases import Case
from gallery.drawing import Drawn

_TEMPLATE: Final = Path(__file__).with_name("page.html")
_AT_FIRST: Final = {"order": "everything", "kind": "NEW", "profile": "80mm-48", "language": "de"}
_FILTERS: Final[dict[str, Callable[[Case], str]]] = {
    "order": lambda case: case.order,
    "document": lambda case: case.document,
    "station": lambda case: case.station,
    "kind": lambda case: case.kind,
    "profile": lambda case: case.profile,
    "language": lambda case: case.language,
}


def page(gallery: Sequence[Drawn]) -> str:
    """Expects `<name of the case>.png` in the page's own folder."""
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        filters="\n  ".join(_filter(name, gallery) for name in _FILTERS),
        figures="\n".join(map(_figure, gallery)),
    )


def _filter(name: str, gallery: Sequence[Drawn]) -> str:
    values = dict.fromkeys(_FILTERS[name](drawn.case) for drawn in gallery)
    options = "".join(f"<option{_chosen(name, value)}>{escape(value)}</option>" for value in values)
    select = f'<select name="{name}"><option value="">all</option>{options}</select>'
    return f"<label>{name} {select}</label>"


def _chosen(name: str, value: str) -> str:
    return " selected" if _AT_FIRST.get(name) == value else ""


def _figure(drawn: Drawn) -> str:
    case = drawn.case
    data = " ".join(f'data-{name}="{escape(of(case))}"' for name, of in _FILTERS.items())
    width, height = png_size(drawn.png)
    costs = f"{drawn.size_bytes} bytes · {drawn.ticket.height_mm:.0f} mm · {drawn.render_ms:.2f} ms"
    name = escape(case.name)
    return (
        f'<figure {data}><figcaption><b>{name}</b>{costs}</figcaption><a href="{name}.png">'
        f'<img src="{name}.png" width="{width}" height="{height}" style="--width:{width}"'
        f' alt="{name}" loading="lazy"></a></figure>'
    )


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height, which a PNG says in its first chunk."""
    width, height = struct.unpack_from(">II", png, 16)
    return width, height
