"""Text in alphabets that no code page has, as pictures of rows."""

from __future__ import annotations

from print_agent.ticket.raster.fonts import INSTALLED, NO_FONTS, RIGHT_TO_LEFT, Fonts
from print_agent.ticket.raster.picture import Picture, draw
from print_agent.ticket.raster.runs import columns, columns_within, has_right_to_left

__all__ = [
    "INSTALLED",
    "NO_FONTS",
    "RIGHT_TO_LEFT",
    "Fonts",
    "Picture",
    "columns",
    "columns_within",
    "draw",
    "has_right_to_left",
]
