"""The printers of the gallery, and the ways in which their tickets can be made to look."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bonfire.config import Grouping, OptionalBlock, Technology, TextSize
from print_agent.ticket import Profile

USUAL: Final = "80mm-48"

_WIDE: Final = Profile(columns=48)
_NARROW: Final = Profile(columns=32)
_IMPACT: Final = Profile(columns=33, technology=Technology.IMPACT, raster=False)

PROFILES: Final[dict[str, Profile]] = {
    USUAL: _WIDE,
    "80mm-42": Profile(columns=42),
    "58mm-32": _NARROW,
    "impact-33": _IMPACT,
    "impact-33-red": replace(_IMPACT, red=True),
    "impact-40-red": replace(_IMPACT, columns=40, red=True),
    "80mm-small": replace(_WIDE, text_size=TextSize.SMALL),
    "80mm-large": replace(_WIDE, text_size=TextSize.LARGE),
    "58mm-large": replace(_NARROW, text_size=TextSize.LARGE),
    "80mm-merged": replace(_WIDE, merge_identical=True, group_by=Grouping.STATION),
    "80mm-no-raster": replace(_WIDE, raster=False),
    "80mm-bare": replace(
        _WIDE, top_rows=0, group_by=Grouping.NONE, hidden=frozenset(OptionalBlock)
    ),
}

PAPERS: Final = (USUAL, "58mm-32", "impact-33-red")
"""One of each kind of paper."""
