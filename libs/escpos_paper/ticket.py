"""One piece of paper, from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from escpos_paper.block import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Feed,
    Line,
    Picture,
    QrCode,
    Run,
)
from escpos_paper.engine import THERMAL, Engine


@dataclass(frozen=True)
class Ticket:
    """One piece of paper.

    `columns` is the printable width in normal characters: 48 for 80 mm paper, 32 for 58 mm; 40 or
    33 under needles. `size_bytes` is what the host sent for it, without its
    enquiries.
    """

    blocks: tuple[Block, ...]
    columns: int = 48
    engine: Engine = THERMAL
    size_bytes: int = 0

    @property
    def width_dots(self) -> int:
        """Printable width: 576 for 80 mm paper, 384 for 58 mm."""
        return self.engine.width_dots(self.columns)

    @property
    def column_dots(self) -> int:
        return self.width_dots // self.columns

    @property
    def height_mm(self) -> float:
        """Length of the paper, with the feed before its cut."""
        return sum(block.height_dots for block in self.blocks) / self.engine.dots_per_mm[1]

    @property
    def buzzes(self) -> tuple[Buzz, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Buzz))

    @property
    def is_blank(self) -> bool:
        """Nothing was printed on it."""
        return not any(
            block.runs if isinstance(block, Line) else not isinstance(block, (Feed, Buzz, Cut))
            for block in self.blocks
        )

    @property
    def is_red(self) -> bool:
        """Is anything on it red?"""
        pictures = (block for block in self.blocks if isinstance(block, Picture))
        runs = (run for line in self.lines for run in line.runs)
        return any(run.style.red for run in runs) or any(picture.red for picture in pictures)

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
        in brackets. Colours, sounds and the empty paper before the cut are left out.
        """
        rows: list[str] = []
        for block in _joined_pictures(self.blocks):
            rows.extend(_rows(block, self))
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
        if isinstance(block, Picture) and isinstance(last, Picture) and _continues(last, block):
            joined[-1] = last._replace(
                height=last.height + block.height, bits=last.bits + block.bits
            )
        else:
            joined.append(block)
    return joined


def _continues(upper: Picture, lower: Picture) -> bool:
    return upper._replace(height=0, bits=b"") == lower._replace(height=0, bits=b"")


def _rows(block: Block, ticket: Ticket) -> list[str]:
    columns = ticket.columns
    match block:
        case Line(runs=runs, align=align):
            return [_aligned(_line_text(runs, align, ticket.column_dots), align, columns)]
        case Picture(width=width, height=height, align=align):
            return [_aligned(f"[picture {width}x{height}]", align, columns)]
        case QrCode(data=data, align=align):
            return [_aligned(f"[QR: {_readable(data)}]", align, columns)]
        case Barcode(symbology=symbology, data=data, align=align):
            return [_aligned(f"[{symbology}: {_readable(data)}]", align, columns)]
        case Feed(height_dots=height):
            return [""] * round(height / ticket.engine.spacing_dots)
        case Buzz() | Cut():
            return []


def _line_text(runs: tuple[Run, ...], align: Align, column_dots: int) -> str:
    text = ""
    end_dots = runs[0].x_dots if runs and align is not Align.LEFT else 0
    for run in runs:
        text += " " * round((run.x_dots - end_dots) / column_dots) + run.text
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
