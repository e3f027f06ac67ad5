"""Text in alphabets that no code page has, as pictures of rows."""

from __future__ import annotations

from print_agent.ticket.raster.fonts import INSTALLED, RIGHT_TO_LEFT, Fonts
from print_agent.ticket.raster.picture import Picture, draw
from print_agent.ticket.raster.runs import columns

__all__ = ["INSTALLED", "RIGHT_TO_LEFT", "Fonts", "Picture", "columns", "draw"]
