"""A ticket as a picture, one pixel for each dot of the print head."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFont

from escpos_paper.block import (
    PLAIN,
    Align,
    Barcode,
    Block,
    Cut,
    Line,
    Picture,
    QrCode,
    Run,
    Style,
)
from escpos_paper.engine import CELL_DOTS, THERMAL
from escpos_paper.fonts import FontMissing, font_path
from escpos_paper.ticket import Ticket

__all__ = ["FontMissing", "picture", "render"]

LONGEST_DOTS: Final = 100_000
"""Twelve metres: what a runaway feed puts beyond that is left out of the picture."""

_TOP_DOTS: Final = 32
_WHITE: Final = 255
_BLACK: Final = 20
_RED_INK: Final = 205
_CUT_GREY: Final = 150
_FONT_SIZE: Final = {"A": 20, "B": 15, "9x9": 16, "7x9": 16}
"""DejaVu Sans Mono is 0.602 em wide: these fill the cells of 12 and 9 dots, and needles' 10."""
_BETWEEN_NEEDLES: Final = 0.6
"""How much ink of the ribbon there is between two rows of needles."""


def render(ticket: Ticket) -> bytes:
    """The ticket as PNG bytes. The dots of needles are a little less dense along the paper than
    across it, which the file says in its resolution.
    """
    image = picture(ticket)
    across, along = (round(dots * 25.4) for dots in ticket.engine.dots_per_mm)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(across, along), compress_level=6)
    return out.getvalue()


def picture(ticket: Ticket) -> Image.Image:
    """The paper is 640 dots (80 mm), 464 dots (58 mm) or 479 dots (76 mm, needles) wide.

    It is grey ("L") unless something on it is red ("RGB").
    """
    black = _plate(ticket, red=False)
    return _in_two_inks(black, _plate(ticket, red=True)) if ticket.is_red else black


def _plate(ticket: Ticket, *, red: bool) -> Image.Image:
    """What one ink does to the paper."""
    paper_dots = ticket.engine.paper_dots(ticket.columns)
    left = (paper_dots - ticket.width_dots) // 2
    height = min(_TOP_DOTS + sum(_height(block) for block in ticket.blocks), LONGEST_DOTS)
    canvas = Image.new("L", (paper_dots, height), _WHITE)
    y = _TOP_DOTS
    for block in ticket.blocks:
        if y >= LONGEST_DOTS:
            break
        _draw(canvas, block, left, y, ticket.width_dots, red)
        y += _height(block)
    return canvas


def _height(block: Block) -> int:
    # The cut takes no paper, but the eye needs a little room around the line.
    return 12 if isinstance(block, Cut) else block.height_dots


def _draw(canvas: Image.Image, block: Block, left: int, y: int, width: int, red: bool) -> None:
    match block:
        case Line():
            _draw_line(canvas, block, left, y, width, red)
        case Picture() if block.red is red:
            image = Image.frombytes("1", (block.width, block.height), block.bits, "raw", "1;I")
            _place(canvas, image, block.align, left, y, width)
        case QrCode() if not red:
            _place(canvas, _qr_image(block), block.align, left, y, width)
        case Barcode() if not red:
            _place(canvas, _barcode_image(block, width), block.align, left, y, width)
        case Cut() if not red:
            _draw_cut(canvas, y)
        case _:
            pass  # empty paper, a sound, or what the other ink prints


def _in_two_inks(black: Image.Image, red: Image.Image) -> Image.Image:
    """One plate over the other. Red ink takes all of the green and the blue, and little red."""
    darkened = red.point(lambda value: _RED_INK + value * (_WHITE - _RED_INK) // _WHITE)
    others = ImageChops.darker(black, red)
    return Image.merge("RGB", (ImageChops.darker(black, darkened), others, others))


def _place(
    canvas: Image.Image, image: Image.Image, align: Align, left: int, y: int, width: int
) -> None:
    """Onto the printable area; what is wider than it is cut off, as on paper."""
    room = width - image.width
    if room < 0:
        image = image.crop((0, 0, width, image.height))
        room = 0
    x = {Align.LEFT: 0, Align.CENTER: room // 2, Align.RIGHT: room}[align]
    mask = image.convert("L").point(lambda value: 255 - value)
    canvas.paste(_BLACK, (left + x, y), mask)


def _draw_line(canvas: Image.Image, line: Line, left: int, y: int, width: int, red: bool) -> None:
    runs = [run for run in line.runs if run.style.red is red]
    if not runs:
        return
    tallest = max(run.style.cell_dots[1] for run in line.runs)
    strip = Image.new("L", (width, line.height_dots), _WHITE)
    for run in runs:
        _draw_run(strip, run, tallest)
    if line.runs[0].style.upside_down:
        strip = strip.rotate(180)
    canvas.paste(strip, (left, y))


def _draw_run(strip: Image.Image, run: Run, tallest: int) -> None:
    """Characters of different heights stand on one base line."""
    style = run.style
    cell, height = style.cell_dots
    top = tallest - height
    ink = _BLACK
    if style.inverse:
        strip.paste(_BLACK, (run.x_dots, top, run.x_dots + run.width_dots, tallest))
        ink = _WHITE
    for index, character in enumerate(run.text):
        if character != " ":
            strip.paste(ink, (run.x_dots + index * cell, top), _glyph(character, style))
    if style.underline and not style.inverse:
        strip.paste(ink, (run.x_dots, tallest - 2, run.x_dots + run.width_dots, tallest))


@lru_cache(maxsize=4096)
def _glyph(character: str, style: Style) -> Image.Image:
    """The character as a mask of its cell. Unequal factors stretch it, as the print head does."""
    cell, height = CELL_DOTS[style.font]
    scale = max(style.width, style.height)
    mask = Image.new("L", (cell * scale, height * scale), 0)
    font = _font(style.bold, _FONT_SIZE[style.font] * scale)
    base_line = round(height * scale * 0.79)
    ImageDraw.Draw(mask).text((0, base_line), character, fill=255, font=font, anchor="ls")
    if style.width != style.height:
        mask = mask.resize(style.cell_dots, Image.Resampling.BICUBIC)
    return mask if style.font in THERMAL.fonts else _of_needles(mask)


def _of_needles(mask: Image.Image) -> Image.Image:
    """Rows of dots, as nine needles leave them: every second row is paler."""
    width, height = mask.size
    rows = bytes(255 if y % 2 == 0 else round(255 * _BETWEEN_NEEDLES) for y in range(height))
    grid = Image.frombytes("L", (1, height), rows).resize((width, height))
    return ImageChops.multiply(mask, grid)


@lru_cache(maxsize=64)
def _font(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(bold=bold)), size)


def _qr_image(code: QrCode) -> Image.Image:
    modules = code.modules
    dots = bytes(0 if module else 255 for row in modules for module in row)
    image = Image.frombytes("L", (len(modules), len(modules)), dots)
    edge = len(modules) * code.module_dots
    return image.resize((edge, edge), Image.Resampling.NEAREST)


def _barcode_image(code: Barcode, width: int) -> Image.Image:
    """Bars with their text; a box with the data where the bars cannot be drawn."""
    text = code.data.decode("ascii", "replace")
    label = f"{code.symbology}?"
    box_width = max(len(text), len(label)) * CELL_DOTS["A"][0] + 48
    bars_width = len(code.bars) * code.module_dots or min(box_width, width)
    text_dots = CELL_DOTS["A"][1]
    image_width = max(bars_width, len(text) * CELL_DOTS["A"][0])
    image = Image.new("L", (image_width, code.height_dots), _WHITE)
    left = (image_width - bars_width) // 2
    top = text_dots if code.text_above else 0
    if code.bars:
        row = Image.frombytes("L", (len(code.bars), 1), bytes(255 * (b == "0") for b in code.bars))
        bars = row.resize((bars_width, code.bars_height_dots), Image.Resampling.NEAREST)
        image.paste(bars, (left, top))
    else:
        box = (left, top, left + bars_width - 1, top + code.bars_height_dots - 1)
        ImageDraw.Draw(image).rectangle(box, outline=0, width=2)
        _draw_centred(image, label, top + max(code.bars_height_dots - 24, 0) // 2)
    if code.text_above:
        _draw_centred(image, text, 0)
    if code.text_below:
        _draw_centred(image, text, top + code.bars_height_dots)
    return image


def _draw_centred(image: Image.Image, text: str, top: int) -> None:
    run = Run(text, PLAIN, (image.width - len(text) * CELL_DOTS["A"][0]) // 2)
    strip = Image.new("L", (image.width, CELL_DOTS["A"][1]), _WHITE)
    _draw_run(strip, run, CELL_DOTS["A"][1])
    image.paste(strip, (0, top))


def _draw_cut(canvas: Image.Image, y: int) -> None:
    draw = ImageDraw.Draw(canvas)
    for x in range(4, canvas.width, 16):
        draw.line((x, y + 4, x + 8, y + 4), fill=_CUT_GREY, width=2)
