"""What is on the paper: blocks from top to bottom, and tickets made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from escpos_paper.symbol import barcode_bars, qr_modules

DOTS_PER_MM: Final = 8
"""203 dpi, the usual thermal head."""

CELL_DOTS: Final = {"A": (12, 24), "B": (9, 17)}
"""Width and height of a character, in dots, by font."""


DEFAULT_LINE_SPACING_DOTS: Final = 30
"""From one line to the next: 3.75 mm."""


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Style(NamedTuple):
    """How characters look. `width` and `height` are factors from 1 to 8."""

    bold: bool = False
    underline: bool = False
    inverse: bool = False
    width: int = 1
    height: int = 1
    font: str = "A"
    upside_down: bool = False

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
        """Where it begins, in columns of font A."""
        return self.x_dots // CELL_DOTS["A"][0]

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


class Cut(NamedTuple):
    partial: bool

    @property
    def height_dots(self) -> int:
        return 0


Block = Line | Picture | QrCode | Barcode | Feed | Cut


@dataclass(frozen=True)
class Ticket:
    """One piece of paper.

    `columns` is the printable width in characters of font A: 48 for 80 mm paper, 32 for 58 mm.
    """

    blocks: tuple[Block, ...]
    columns: int = 48

    @property
    def width_dots(self) -> int:
        """Printable width: 576 for 80 mm paper, 384 for 58 mm."""
        return self.columns * CELL_DOTS["A"][0]

    @property
    def height_mm(self) -> float:
        """Length of the paper."""
        return sum(block.height_dots for block in self.blocks) / DOTS_PER_MM

    @property
    def is_blank(self) -> bool:
        """Nothing was printed on it."""
        return not any(
            block.runs if isinstance(block, Line) else not isinstance(block, (Feed, Cut))
            for block in self.blocks
        )

    @property
    def is_cut(self) -> bool:
        return bool(self.blocks) and isinstance(self.blocks[-1], Cut)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines of text alone, empty ones included."""
        return tuple(block for block in self.blocks if isinstance(block, Line))

    def text(self) -> str:
        """The paper as plain text, one line for each line of paper, without trailing blanks.

        Double-width words stay words, so such a line is shorter here than on paper; centred and
        right-aligned lines are aligned again by their length as text. Symbols and pictures stand
        in brackets. The empty paper before the cut is left out.
        """
        rows: list[str] = []
        for block in _joined_pictures(self.blocks):
            rows.extend(_rows(block, self.columns))
        return "\n".join(rows).rstrip("\n")

    def png(self) -> bytes:
        """The paper as a PNG, at one pixel per dot, with its white margins.

        Raises `FontMissing` when no DejaVu Sans Mono is installed.
        """
        # Pillow costs 26 MB and most readers of paper never look at a picture.
        from escpos_paper.png import render

        return render(self)


def _joined_pictures(blocks: tuple[Block, ...]) -> list[Block]:
    """Strips of one image, which hosts send in pieces, as one picture."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if isinstance(block, Picture) and isinstance(last, Picture) and last.width == block.width:
            joined[-1] = last._replace(
                height=last.height + block.height, bits=last.bits + block.bits
            )
        else:
            joined.append(block)
    return joined


def _rows(block: Block, columns: int) -> list[str]:
    match block:
        case Line(runs=runs, align=align):
            return [_aligned(_line_text(runs, align), align, columns)]
        case Picture(width=width, height=height, align=align):
            return [_aligned(f"[image {width}x{height}]", align, columns)]
        case QrCode(data=data, align=align):
            return [_aligned(f"[QR: {_readable(data)}]", align, columns)]
        case Barcode(symbology=symbology, data=data, align=align):
            return [_aligned(f"[{symbology}: {_readable(data)}]", align, columns)]
        case Feed(height_dots=height):
            return [""] * round(height / DEFAULT_LINE_SPACING_DOTS)
        case Cut():
            return []


def _line_text(runs: tuple[Run, ...], align: Align) -> str:
    text = ""
    end_dots = runs[0].x_dots if runs and align is not Align.LEFT else 0
    for run in runs:
        text += " " * round((run.x_dots - end_dots) / CELL_DOTS["A"][0]) + run.text
        end_dots = run.x_dots + run.width_dots
    return text.rstrip()


def _aligned(text: str, align: Align, columns: int) -> str:
    if align is Align.CENTER:
        return (" " * ((columns - len(text)) // 2) + text).rstrip()
    if align is Align.RIGHT:
        return text.rjust(columns)
    return text


def _readable(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
