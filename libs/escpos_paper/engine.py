"""What a print mechanism is: its dots, its fonts, its colours, and the commands that it lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

CELL_DOTS: Final = {"A": (12, 24), "B": (9, 17), "9x9": (12, 18), "7x9": (10, 18)}
"""Width and height of a character, in dots, by font: two of a print head, two of nine needles."""

_WIDTH_DOTS: Final = {33: 400, 40: 400, 35: 420, 42: 420}
"""What nine needles reach: columns of both fonts, as the switch under an impact printer is set."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A thermal head, or needles with a ribbon.

    `fonts` are those of ESC M 0 and 1, `default_font` the one after power on. `dots_per_mm` are
    across the paper and along it. `lacks` names the commands that it does not know, by their first
    two or three bytes: a printer skips such a name and prints what follows it as text.
    """

    fonts: tuple[str, str]
    default_font: str
    dots_per_mm: tuple[float, float]
    spacing_dots: int
    impact: bool = False
    red: bool = False
    lacks: frozenset[bytes] = frozenset()

    def width_dots(self, columns: int) -> int:
        """The printable width: 576 for 48 columns of a thermal printer, 400 for needles' 40."""
        if self.impact:
            return _WIDTH_DOTS.get(columns, columns * CELL_DOTS[self.default_font][0])
        return columns * CELL_DOTS["A"][0]

    def paper_dots(self, columns: int) -> int:
        """The width of the roll: 80 mm or 58 mm, and 76 mm under needles."""
        roll_mm = 76 if self.impact else 80 if columns > 35 else 58
        return round(roll_mm * self.dots_per_mm[0])


THERMAL: Final = Engine(
    fonts=("A", "B"),
    default_font="A",
    dots_per_mm=(8.0, 8.0),  # 203 dpi
    spacing_dots=30,
)

# Pictures, symbols, sizes beyond double, white on black, and places on the line.
_BEYOND_NEEDLES: Final = frozenset(
    {
        *(b"\x1d" + bytes((name,)) for name in b"!$*/8:BHLPTW\\^bcfghkvw"),
        *(b"\x1d(" + bytes((name,)) for name in b"LkMN"),
        *(b"\x1b" + bytes((name,)) for name in b"\x0c$BLSTVW\\"),
        *(b"\x1b*" + bytes((mode,)) for mode in (32, 33)),
    }
)

IMPACT: Final = Engine(
    fonts=("9x9", "7x9"),
    default_font="7x9",
    dots_per_mm=(160 / 25.4, 144 / 25.4),
    spacing_dots=24,  # a sixth of an inch
    impact=True,
    lacks=_BEYOND_NEEDLES,
)
"""Nine needles and a black ribbon on 76 mm paper, as in Epson's TM-U220."""

IMPACT_RED: Final = replace(IMPACT, red=True)
"""The same with a ribbon of two colours."""
