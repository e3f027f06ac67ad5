"""Images, in every encoding that ESC/POS has for them."""

from __future__ import annotations

import pytest
from escpos.printer import Dummy

from escpos_paper import Align, Picture, tickets
from tests.unit.escpos_paper.real_world import disc


def pictures(data: bytes) -> list[Picture]:
    return [
        block for ticket in tickets(data) for block in ticket.blocks if isinstance(block, Picture)
    ]


def dots(picture: Picture) -> list[str]:
    """The rows as text, `#` for black."""
    row_bytes = (picture.width + 7) // 8
    rows = []
    for y in range(picture.height):
        row = picture.bits[y * row_bytes : (y + 1) * row_bytes]
        rows.append("".join(".#"[row[x // 8] >> (7 - x % 8) & 1] for x in range(picture.width)))
    return rows


def test_a_raster_is_rows_of_bytes():
    (picture,) = pictures(b"\x1dv0\x00\x01\x00\x02\x00\xf0\x81")
    assert dots(picture) == ["####....", "#......#"]


@pytest.mark.parametrize(
    ("mode", "rows"),
    [
        (0, ["#.......", "........"]),
        (1, ["##" + "." * 14, "." * 16]),
        (2, ["#.......", "#.......", "........", "........"]),
        (51, ["##" + "." * 14] * 2 + ["." * 16] * 2),
    ],
)
def test_a_raster_may_be_stretched(mode, rows):
    (picture,) = pictures(b"\x1dv0" + bytes((mode,)) + b"\x01\x00\x02\x00\x80\x00")
    assert dots(picture) == rows


def test_a_bit_image_is_columns_from_top_to_bottom():
    (picture,) = pictures(b"\x1b*\x21\x02\x00\x80\x00\x01\xff\xff\xff\n")
    assert (picture.width, picture.height) == (2, 24)
    assert dots(picture)[0] == "##"
    assert dots(picture)[1] == ".#"
    assert dots(picture)[23] == "##"


@pytest.mark.parametrize(("mode", "width"), [(0, 4), (1, 2)])
def test_eight_dot_images_are_stretched_to_the_same_height(mode, width):
    (picture,) = pictures(b"\x1b*" + bytes((mode,)) + b"\x02\x00\x80\x00\n")
    assert (picture.width, picture.height) == (width, 24)
    assert dots(picture)[:4] == ["#" * (width // 2) + "." * (width // 2)] * 3 + ["." * width]


def test_strips_of_a_bit_image_leave_no_paper_between_them():
    strip = b"\x1b*\x21\x08\x00" + b"\xff" * 24 + b"\n"
    (ticket,) = tickets(b"\x1b3\x10" + strip * 2)
    assert [block.height_dots for block in ticket.blocks] == [24, 24]
    assert ticket.text() == "[picture 8x48]"


def test_strips_with_a_wider_spacing_have_paper_between_them_as_on_the_printer():
    strip = b"\x1b*\x21\x08\x00" + b"\xff" * 24 + b"\n"
    (ticket,) = tickets(strip * 2)
    assert [block.height_dots for block in ticket.blocks] == [24, 6, 24, 6]


def test_a_picture_stands_between_rows_of_text_without_a_gap():
    raster = b"\x1dv0\x00\x01\x00\x02\x00\xff\xff"
    (ticket,) = tickets(b"A\n" + raster + b"B\n")
    assert [block.height_dots for block in ticket.blocks] == [30, 2, 30]
    assert ticket.text() == "A\n[picture 8x2]\nB"


def test_graphics_are_stored_first_and_then_printed():
    store = b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x02\x00\xaa\x55"
    assert pictures(store) == []
    (picture,) = pictures(store + b"\x1d(L\x02\x0002")
    assert dots(picture) == ["#.#.#.#.", ".#.#.#.#"]
    assert pictures(store + b"\x1d(L\x02\x0002" * 2) == [picture]


def test_large_graphics_are_the_same_in_another_frame():
    store = b"\x1d8L\x0c\x00\x00\x000p0\x02\x021\x08\x00\x02\x00\xaa\x55"
    (picture,) = pictures(store + b"\x1d8L\x02\x00\x00\x0002")
    assert (picture.width, picture.height) == (16, 4)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1dv0\x00\x00\x00\x02\x00",
        b"\x1dv0\x00\x02\x00\x00\x00",
        b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x09\x00\xaa\x55\x1d(L\x02\x0002",
        b"\x1d(L\x03\x000q0\x1d(L\x02\x0002",
        b"\x1d(L\x02\x0002",
        b"\x1d(L\x01\x000",
        b"\x1b*\x21\x00\x00\n",
    ],
)
def test_an_image_without_enough_dots_prints_nothing(data):
    assert pictures(data + b"A\n") == []


def test_text_before_an_image_is_printed_before_it():
    data = b"A\x1dv0\x00\x01\x00\x01\x00\xffB\x1b*\x21\x01\x00\xff\xff\xffC\n"
    assert tickets(data)[0].text().split("\n") == ["A", "[picture 8x1]", "B", "[picture 1x24]", "C"]


def test_an_image_is_aligned():
    (picture,) = pictures(b"\x1ba\x01\x1dv0\x00\x01\x00\x01\x00\xff")
    assert picture.align is Align.CENTER


@pytest.mark.parametrize("implementation", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_all_encodings_of_one_image_give_the_same_dots(implementation):
    printer = Dummy()
    image = disc(64, 48)
    printer.image(image, impl=implementation)
    rows = [row for picture in pictures(bytes(printer.output)) for row in dots(picture)]
    wanted = ["".join(".#"[image.getpixel((x, y)) == 0] for x in range(64)) for y in range(48)]
    assert rows == wanted
