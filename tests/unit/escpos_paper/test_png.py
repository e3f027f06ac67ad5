"""The paper as a picture."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from escpos_paper import FontMissing, fonts, png, tickets
from tests.unit.escpos_paper.real_world import full_ticket

LEFT_DOTS, TOP_DOTS = 32, 32


def picture(data: bytes, columns: int = 48) -> Image.Image:
    (ticket,) = tickets(data, columns)
    image = Image.open(io.BytesIO(ticket.png()))
    assert image.format == "PNG"
    return image


def darkness(image: Image.Image, left: int, top: int, width: int, height: int) -> float:
    """How black a part of the printable area is, from 0 to 1."""
    x, y = LEFT_DOTS + left, TOP_DOTS + top
    part = image.crop((x, y, x + width, y + height))
    return 1 - sum(part.tobytes()) / (255 * width * height)


def test_the_paper_is_as_wide_as_the_roll_and_its_margins_are_white():
    for columns, width, margin in ((48, 640, 32), (32, 464, 40)):
        image = picture(b"\x1dB\x01" + b"x" * columns + b"\n\x1dV\x00", columns)
        assert image.width == width
        column = image.crop((0, 0, margin, TOP_DOTS + 30))
        assert set(column.tobytes()) == {255}
        assert image.getpixel((margin + 1, TOP_DOTS + 1)) != 255


def test_the_paper_is_as_long_as_what_is_on_it():
    assert picture(b"A\nB\n\x1bd\x03C\n").height == TOP_DOTS + 6 * 30


def test_text_is_black_on_white_in_its_cell():
    image = picture(b"  M\n")
    assert darkness(image, 0, 0, 24, 30) == 0
    assert 0.1 < darkness(image, 24, 0, 12, 24) < 0.7
    assert darkness(image, 36, 0, 100, 30) == 0


def test_bold_is_darker_and_font_b_is_smaller():
    plain, bold = picture(b"MMMM\n"), picture(b"\x1bE\x01MMMM\n")
    assert darkness(bold, 0, 0, 48, 24) > 1.2 * darkness(plain, 0, 0, 48, 24)
    small = picture(b"\x1bM\x01MMMM\n")
    assert darkness(small, 0, 0, 36, 17) > 0.1
    assert darkness(small, 37, 0, 40, 30) == 0


def test_double_height_and_width_fill_twice_the_room():
    tall = picture(b"\x1d!\x01MM\n")
    assert darkness(tall, 0, 0, 24, 20) > 0.1
    assert darkness(tall, 24, 0, 24, 48) == 0
    wide = picture(b"\x1d!\x10MM\n")
    assert darkness(wide, 24, 0, 24, 24) > 0.1
    assert darkness(wide, 0, 24, 48, 6) == 0


def test_characters_of_a_line_stand_on_one_base_line():
    image = picture(b"\x1d!\x11M\x1d!\x00M\n")
    assert darkness(image, 24, 0, 12, 24) == 0
    assert darkness(image, 24, 24, 12, 24) > 0.1


def test_inverse_is_white_on_black_and_spaces_are_black_too():
    image = picture(b"\x1dB\x01 M \n")
    assert darkness(image, 0, 0, 12, 24) > 0.9
    assert 0.4 < darkness(image, 12, 0, 12, 24) < 0.9


def test_underline_is_a_line_under_spaces_too():
    image = picture(b"\x1b-\x01A  A\n")
    assert darkness(image, 12, 22, 24, 2) > 0.9
    assert darkness(image, 12, 0, 24, 20) == 0


def test_upside_down_turns_the_line():
    image = picture(b"\x1b{\x01AB\n")
    assert darkness(image, 0, 0, 500, 30) == 0
    assert darkness(image, 576 - 24, 0, 24, 30) > 0.1


def test_a_raster_is_printed_dot_by_dot_where_it_is_aligned():
    image = picture(b"\x1ba\x02\x1dv0\x00\x01\x00\x01\x00\xf0")
    row = image.crop((LEFT_DOTS + 566, TOP_DOTS, LEFT_DOTS + 576, TOP_DOTS + 1)).tobytes()
    assert "".join(".#"[dot < 128] for dot in row) == "..####...."


def test_an_image_wider_than_the_paper_is_cut_off():
    image = picture(b"\x1dv0\x00\x60\x00\x02\x00" + b"\xff" * 192)
    assert darkness(image, 0, 0, 576, 2) > 0.9
    assert image.getpixel((639, TOP_DOTS)) == 255


def test_a_qr_code_and_a_barcode_are_drawn():
    image = picture(full_ticket())
    assert darkness(image, 0, 0, 576, image.height - TOP_DOTS) > 0.03
    qr = picture(b"\x1d(k\x03\x001C\x04\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0")
    assert darkness(qr, 0, 0, 28, 4) > 0.9
    assert darkness(qr, 4, 4, 20, 4) == 0


def test_the_text_of_a_barcode_stands_where_it_was_asked_for():
    image = picture(b"\x1dh\x40\x1dH\x03\x1dk\x04ABC-123\x00")
    assert darkness(image, 0, 0, 300, 20) > 0.01
    assert darkness(image, 0, 30, 300, 40) > 0.3
    assert darkness(image, 0, 24 + 64 + 2, 300, 20) > 0.01


def test_a_barcode_that_cannot_be_drawn_is_a_box():
    image = picture(b"\x1dh\x40\x1dkH\x03ABC")
    assert darkness(image, 2, 0, 60, 2) > 0.9
    assert darkness(image, 3, 4, 60, 12) == 0
    assert darkness(image, 20, 20, 100, 24) > 0.05


def test_a_barcode_without_text_and_a_tiny_one_are_drawn():
    assert darkness(picture(b"\x1dh\x01\x1dk\x04A\x00"), 0, 0, 100, 1) > 0.1


def test_the_cut_is_a_dashed_line_across_the_paper():
    cut = picture(b"A\n\x1dV\x00")
    row = {cut.getpixel((x, TOP_DOTS + 30 + 4)) for x in range(640)}
    assert len(row) == 2
    assert 255 in row


def test_runaway_paper_is_cut_off_in_the_picture(monkeypatch):
    monkeypatch.setattr(png, "LONGEST_DOTS", 400)
    data = b"A\n\x1bd\xff"
    assert picture(data).height == 400
    assert picture(data + b"B\n" * 10).height == 400


def test_a_missing_font_is_one_error_that_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FONT_FOLDERS", (tmp_path,))
    png._font.cache_clear()
    png._glyph.cache_clear()
    with pytest.raises(FontMissing, match="fonts-dejavu-core"):
        tickets(b"A\n")[0].png()


def test_reading_paper_loads_no_imaging_library():
    code = "import sys, escpos_paper; escpos_paper.tickets(b'A'); sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
