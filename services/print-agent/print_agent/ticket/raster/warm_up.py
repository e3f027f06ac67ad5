"""Fonts loaded and tried before the first ticket needs them."""

from __future__ import annotations

from typing import Final

from print_agent.ticket.raster.fonts import INSTALLED, Fonts
from print_agent.ticket.raster.picture import draw
from print_agent.ticket.row import Row, Span
from print_agent.ticket.style import PLAIN, Style

_SAMPLE: Final = "aΩж北ガ한กี่שش"
_STYLES: Final = (PLAIN, Style(height=2, bold=True), Style(width=2, height=2, bold=True))
_PAPER_DOTS: Final = 576


def warm_up(fonts: Fonts = INSTALLED) -> None:
    """Takes about 0.1 s; a machine without fonts has nothing to do."""
    for style in _STYLES:
        draw(Row((Span(_SAMPLE, style),)), fonts, _PAPER_DOTS)
