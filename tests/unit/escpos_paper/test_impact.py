"""Needles, a ribbon, and a host that takes them for a thermal printer."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from escpos_paper import IMPACT, IMPACT_RED, Interpreter, Kind, Picture, Ticket, tickets


def printed(data: bytes, columns: int = 40) -> Ticket:
    (ticket,) = tickets(data, columns, IMPACT_RED)
    return ticket


@pytest.mark.parametrize(
    ("columns", "font", "characters"),
    [(40, b"\x01", 40), (40, b"\x00", 33), (33, b"\x00", 33), (42, b"\x01", 42), (42, b"\x00", 35)],
)
def test_a_line_holds_as_many_characters_as_the_switch_and_the_font_say(columns, font, characters):
    ticket = printed(b"\x1bM" + font + b"x" * 50 + b"\n", columns)
    assert ticket.text().split("\n") == ["x" * characters, "x" * (50 - characters)]


def test_it_begins_with_the_small_font_as_epson_says_of_it():
    assert printed(b"A\n\x1b!\x00A\n\x1b@A\n").lines[0].runs[0].style.font == "7x9"
    assert printed(b"\x1b!\x00A\n").lines[0].runs[0].style.font == "9x9"
    assert printed(b"\x1b!\x01A\n").lines[0].runs[0].style.font == "7x9"


def test_a_line_is_a_sixth_of_an_inch_and_a_double_one_a_quarter():
    assert printed(b"A\n" * 6).height_mm == pytest.approx(25.4)
    assert printed(b"\x1b!\x31A\n").height_mm == pytest.approx(25.4 / 4)


def test_print_mode_sets_and_unsets_everything_at_once():
    runs = printed(b"\x1b!\xb9A\x1b!\x01B\n").lines[0].runs
    assert (runs[0].style.bold, runs[0].style.underline) == (True, True)
    assert (runs[0].style.width, runs[0].style.height) == (2, 2)
    assert runs[1].style == runs[1].style._replace(bold=False, underline=False, width=1, height=1)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1d!\x11Pizza\n", "Pizza"),
        (b"\x1d!\x22Pizza\n", '"Pizza'),
        (b"\x1dB\x01Pizza\n", "Pizza"),
        (b"\x1dv0\x00\x01\x00\x02\x00AB", "0AB"),
        (b"\x1d(k\x04\x001A2\x00\n", "1A2"),
        (b"\x1d(L\x02\x0002\n", "02"),
        (b"\x1b*\x21\x02\x00ABCDEF\n", "ABCDEF"),
        (b"\x1dh\x40\x1dk\x04ABC\x00\n", "@ABC"),
        (b"\x1bL\x1b$\x20\x01A\n", " A"),
    ],
)
def test_of_what_needles_cannot_do_the_parameters_come_out_as_text(data, text):
    assert printed(data).text() == text
    assert {style.width for line in printed(data).lines for *_, style, _ in line.runs} == {1}


@pytest.mark.parametrize("size", range(1, 4))
def test_a_name_that_is_not_whole_is_waited_for(size):
    interpreter = Interpreter(IMPACT)
    assert interpreter.feed(b"\x1d(k"[:size]) == [] or size == 3
    assert interpreter.feed(b"\x1d(k"[size:] + b"A")[-1].kind is Kind.TEXT


def test_what_needles_can_do_of_the_same_families_is_obeyed():
    assert printed(b"A\x1d(H\x06\x00000001\x1dIC\x1dr\x01\n\x1dVB\x00").text() == "A"


def test_eight_needles_draw_in_single_and_double_density():
    for mode, width in ((b"\x00", 4), (b"\x01", 2)):
        ticket = printed(b"\x1b3\x10\x1b*" + mode + b"\x02\x00\xff\x01\n")
        (picture,) = ticket.blocks
        assert isinstance(picture, Picture)
        assert (picture.width, picture.height) == (width, 16)


def test_red_is_only_red_with_a_ribbon_of_two_colours():
    data = b"A\x1br\x01STOP\x1br\x00B\x1br1C\n"
    assert [run.style.red for run in printed(data).lines[0].runs] == [False, True, False, True]
    assert printed(data).text() == "ASTOPBC"
    (black,) = tickets(data, 40, IMPACT)
    (thermal,) = tickets(data)
    assert not black.is_red
    assert not thermal.is_red


def test_red_survives_print_mode_and_ends_with_initialise():
    runs = printed(b"\x1br\x01\x1b!\x11A\x1b@B\n").lines[0].runs
    assert [run.text for run in runs] == ["B"]
    lines = printed(b"\x1br\x01\x1b!\x11A\n\x1b@B\n").lines
    assert [line.runs[0].style.red for line in lines] == [True, False]


def pixels(ticket: Ticket) -> Image.Image:
    return Image.open(io.BytesIO(ticket.png()))


def least(image: Image.Image, band: str) -> int:
    """How dark it gets in one colour."""
    return min(image.convert("RGB").getchannel(band).tobytes())


def test_the_picture_of_the_paper_has_a_red_ink():
    image = pixels(printed(b"MMMM\x1br\x01MMMM\n"))
    assert (image.mode, image.width) == ("RGB", 479)
    left = (479 - 400) // 2
    black = image.crop((left, 32, left + 40, 50))
    red = image.crop((left + 40, 32, left + 80, 50))
    assert least(black, "R") < 60
    assert least(red, "R") >= 200
    assert least(red, "G") < 60


def test_a_bit_image_is_red_too():
    ticket = printed(b"\x1br\x01\x1b*\x01\x08\x00" + b"\xff" * 8 + b"\n")
    assert ticket.is_red
    left = (479 - 400) // 2
    assert pixels(ticket).getpixel((left + 2, 34)) == (208, 20, 20)


def test_paper_without_red_is_grey_and_says_its_resolution():
    image = pixels(printed(b"A\n"))
    assert image.mode == "L"
    assert [round(dots) for dots in image.info["dpi"]] == [160, 144]
