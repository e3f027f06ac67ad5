"""A row of text as dots: GS v 0's raster format, one bit for each dot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from print_agent.ticket.clusters import clusters
from print_agent.ticket.raster.fonts import Face, Fonts, right_to_left
from print_agent.ticket.raster.runs import CELL_DOTS, Run, runs
from print_agent.ticket.row import Row
from print_agent.ticket.style import Style

ROW_DOTS: Final = 24  # the height of the printer's normal character
_SPACING_DOTS: Final = 30  # from one row to the next
_HEADROOM: Final = 10  # for marks above and below a letter; what is further away is cut off
_BASE_LINE: Final = 19
_INK: Final = 255
_BLACK_OR_WHITE: Final = [_INK if grey > 127 else 0 for grey in range(256)]

# What a printer obeys wherever it stands, even within a picture: it begins with DLE and one of
# these. A dot more, beside one that is there, makes it something else.
_DLE: Final = b"\x10"
_REAL_TIME: Final = {b"\x04": b"\x0c", b"\x05": b"\x0d", b"\x14": b"\x1c"}

# Which sides of a character's middle a frame's line goes to: left, right, up, down.
_FRAME: Final = {
    "─": (1, 1, 0, 0),
    "│": (0, 0, 1, 1),
    "┌": (0, 1, 0, 1),
    "┐": (1, 0, 0, 1),
    "└": (0, 1, 1, 0),
    "┘": (1, 0, 1, 0),
}
_LINE_DOTS: Final = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of `row_bytes` bytes; the leftmost dot is the highest bit, 1 is black."""

    row_bytes: int
    height: int
    bits: bytes

    def command(self) -> bytes:
        """GS v 0 m xL xH yL yH d…, with nothing in it that a printer would obey at once."""
        size = self.row_bytes.to_bytes(2, "little") + self.height.to_bytes(2, "little")
        return b"\x1dv0\x00" + size + disarmed(self.bits)


def disarmed(bits: bytes) -> bytes:
    """`bits` without DLE EOT, DLE ENQ and DLE DC4, which ask for a status, recover from an error,
    clear the buffer or open the drawer. No dot is taken away.
    """
    for second, harmless in _REAL_TIME.items():
        bits = bits.replace(_DLE + second, _DLE + harmless)
    return bits


def draw(row: Row, fonts: Fonts, width: int) -> Picture:
    """All spans of a row on paper `width` dots wide; what is wider is squeezed, never cut off."""
    tallest = max((span.style.height for span in row.spans if span.text), default=1)
    canvas = _Canvas(tallest)
    for span in row.spans:
        scale = max(span.style.width, span.style.height)
        for run in runs(span.text, fonts, scale, span.style.bold):
            canvas.put(run, span.style)
    return canvas.picture(width, ROW_DOTS if row.solid else _SPACING_DOTS)


class _Canvas:
    """Runs from left to right, standing on the bottom of the tallest, as a printer sets them."""

    def __init__(self, tallest: int) -> None:
        self._tallest = tallest
        self._x = 0
        self._masks: list[tuple[int, Image.Image, Style]] = []
        self._frames: list[tuple[int, str, Style]] = []
        self._bars: list[tuple[int, int, Style]] = []

    def put(self, run: Run, style: Style) -> None:
        width = run.columns * CELL_DOTS * style.width
        if style.inverse:
            self._bars.append((self._x, width, style))
        if run.face is None:
            self._frames.append((self._x, run.text, style))
        elif not run.text.isspace():
            self._masks.append((self._x, _mask(run, run.face, style), style))
        self._x += width

    def picture(self, width: int, least_height: int) -> Picture:
        top, bottom = self._extent()
        height = max(bottom - top, least_height if self._tallest == 1 else 0)
        paper = Image.new("L", (max(self._x, 1), height), 0)
        for x, wide, style in self._bars:
            start = 0 if style.height == self._tallest else -top + self._top(style)
            paper.paste(_INK, (x, start, x + wide, bottom - top))
        ink = Image.new("L", paper.size, 0)
        for x, mask, style in self._masks:
            ink.paste(_INK, (x, self._top(style) - _HEADROOM * style.height - top), mask)
        for x, text, style in self._frames:
            middle = self._tallest * ROW_DOTS - top - ROW_DOTS * style.height // 2
            _draw_frames(ink, x, text, style.width * CELL_DOTS, middle)
        return _packed(ImageChops.difference(paper, ink), width)

    def _top(self, style: Style) -> int:
        """Of a character's cell; 0 is the top of the tallest cell."""
        return (self._tallest - style.height) * ROW_DOTS

    def _extent(self) -> tuple[int, int]:
        """From where to where there is ink, at least all of the tallest cell."""
        top, bottom = 0, self._tallest * ROW_DOTS
        for _, mask, style in self._masks:
            box = mask.getbbox()
            if box:
                start = self._top(style) - _HEADROOM * style.height
                top, bottom = min(top, start + box[1]), max(bottom, start + box[3])
        return top, bottom


@lru_cache(maxsize=1_024)
def _mask(run: Run, face: Face, style: Style) -> Image.Image:
    """The run's ink in its cell with headroom. Unequal factors stretch it, as a printer does."""
    scale = max(style.width, style.height)
    size = (run.columns * CELL_DOTS * scale, (ROW_DOTS + 2 * _HEADROOM) * scale)
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    font = face.font(scale, bold=style.bold)
    base = (_HEADROOM + _BASE_LINE) * scale
    for x, text, direction in _strokes(run, face, scale):
        pen.text((x, base), text, fill=_INK, font=font, anchor="ls", direction=direction)
    if style.bold and not face.bold:  # struck twice, a dot further to the right
        mask = ImageChops.lighter(mask, ImageChops.offset(mask, 1, 0))
    if style.width != style.height:
        wide = run.columns * CELL_DOTS * style.width
        high = (ROW_DOTS + 2 * _HEADROOM) * style.height
        mask = mask.resize((wide, high), Image.Resampling.BOX)
    return mask.point(_BLACK_OR_WHITE)


def _strokes(run: Run, face: Face, scale: int) -> Iterator[tuple[int, str, str | None]]:
    """What is drawn where: letters of a fixed width each in its cell, all others as one text."""
    if not face.family.fixed:
        yield 0, run.text, "rtl" if face.shaping and right_to_left(run.text) else None
        return
    for index, cluster in enumerate(clusters(run.text)):
        if not cluster.isspace():
            yield index * CELL_DOTS * scale, cluster, None


def _draw_frames(ink: Image.Image, x: int, text: str, cell: int, middle: int) -> None:
    """Lines to the edges of the row, so that they meet those above and below."""
    pen = ImageDraw.Draw(ink)
    thick = _LINE_DOTS - 1
    middle -= _LINE_DOTS // 2
    for start, character in zip(range(x, x + len(text) * cell, cell), text, strict=True):
        left, right, up, down = _FRAME.get(character, (0, 0, 0, 0))
        centre = start + (cell - _LINE_DOTS) // 2
        if left or right:
            first, last = start if left else centre, start + cell - 1 if right else centre + thick
            pen.rectangle((first, middle, last, middle + thick), fill=_INK)
        if up or down:
            first, last = 0 if up else middle, ink.height - 1 if down else middle + thick
            pen.rectangle((centre, first, centre + thick, last), fill=_INK)


def _packed(image: Image.Image, width: int) -> Picture:
    if image.width > width:
        image = image.resize((width, image.height), Image.Resampling.BOX)
    box = image.getbbox()
    row_bytes = max(-(-(box[2] if box else 1) // 8), 1)
    trimmed = image.crop((0, 0, row_bytes * 8, image.height)).point(_BLACK_OR_WHITE, "1")
    return Picture(row_bytes, image.height, trimmed.tobytes())
