"""What can be on the paper: lines, pictures, symbols, empty paper, and the end of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from escpos_paper.engine import CELL_DOTS
from escpos_paper.symbol import barcode_bars, qr_modules


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Style(NamedTuple):
    """How characters look. `width` and `height` are factors from 1 to 8.

    `font` is a key of `CELL_DOTS`.
    """

    bold: bool = False
    underline: bool = False
    inverse: bool = False
    width: int = 1
    height: int = 1
    font: str = "A"
    upside_down: bool = False
    red: bool = False

    @property
    def cell_dots(self) -> tuple[int, int]:
        """Width and height of one character."""
        width, height = CELL_DOTS[self.font]
        return width * self.width, height * self.height


PLAIN: Final = Style()


class Run(NamedTuple):
    """Characters of one style, beginning `x_dots` from the left edge of the printable area."""

    text: str
    style: Style
    x_dots: int

    @property
    def column(self) -> int:
        """Where it begins, in columns of its font."""
        return self.x_dots // CELL_DOTS[self.style.font][0]

    @property
    def width_dots(self) -> int:
        return len(self.text) * self.style.cell_dots[0]


class Line(NamedTuple):
    """A printed line; without runs it is an empty one."""

    runs: tuple[Run, ...]
    align: Align
    height_dots: int


class Picture(NamedTuple):
    """Rows of `(width + 7) // 8` bytes; the leftmost dot is the highest bit, 1 is black."""

    width: int
    height: int
    bits: bytes
    align: Align
    red: bool = False

    @property
    def height_dots(self) -> int:
        return self.height


class QrCode(NamedTuple):
    """A QR symbol that the printer itself draws. `module_dots` is the edge of one module."""

    data: bytes
    module_dots: int
    correction: str
    align: Align

    @property
    def modules(self) -> tuple[tuple[bool, ...], ...]:
        """The symbol row by row, True black, without the quiet zone."""
        return qr_modules(self.data, self.correction)

    @property
    def height_dots(self) -> int:
        return len(self.modules) * self.module_dots


class Barcode(NamedTuple):
    """A barcode that the printer itself draws, with its text above or below the bars."""

    symbology: str
    data: bytes
    module_dots: int
    bars_height_dots: int
    text_above: bool
    text_below: bool
    align: Align

    @property
    def bars(self) -> str:
        """One '1' (black) or '0' per module; empty when they cannot be drawn from these data."""
        return barcode_bars(self.symbology, self.data)

    @property
    def height_dots(self) -> int:
        text_rows = self.text_above + self.text_below
        return self.bars_height_dots + text_rows * CELL_DOTS["A"][1]


class Feed(NamedTuple):
    """Paper that moved without print."""

    height_dots: int


class Buzz(NamedTuple):
    """A sound of the printer, between what was printed before it and after it.

    `sound` is the printer's own number for it: ESC ( A has several, ESC B one. One sound and the
    silence after it last `cycle_s`.
    """

    sound: int
    times: int
    cycle_s: float

    @property
    def height_dots(self) -> int:
        return 0


class Cut(NamedTuple):
    partial: bool

    @property
    def height_dots(self) -> int:
        return 0


Block = Line | Picture | QrCode | Barcode | Feed | Buzz | Cut
