"""Rows as dots: in order, in their columns, joined and turned as their readers expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from escpos_paper import RealTimeScanner
from print_agent.ticket.raster import INSTALLED, NO_FONTS, Picture, columns, draw
from print_agent.ticket.raster.picture import disarmed
from print_agent.ticket.row import Row, Span
from print_agent.ticket.style import PLAIN, Style
from tests.unit.ticket.alphabets import WORDS

PAPER = 576
LARGE = Style(width=2, height=2, bold=True)


def image(picture: Picture) -> Image.Image:
    """Black is 255."""
    size = (picture.row_bytes * 8, picture.height)
    return Image.frombytes("1", size, picture.bits).convert("L")


def drawn(text: str, style: Style = PLAIN, *, solid: bool = False, width: int = PAPER) -> Picture:
    return draw(Row((Span(text, style),), solid), INSTALLED, width)


def black(picture: Picture) -> int:
    return picture.bits.count(0xFF) * 8


@given(st.binary())
def test_nothing_is_left_that_a_printer_obeys_at_once_and_no_dot_is_taken_away(bits):
    harmless = disarmed(bits)
    assert RealTimeScanner().feed(harmless) == []
    assert not any(b"\x10" + second in harmless for second in (b"\x04", b"\x05", b"\x14"))
    assert all(before & after == before for before, after in zip(bits, harmless, strict=True))


@given(st.lists(st.sampled_from([b"\x10", b"\x04", b"\x05", b"\x14", b"\x01", b"\x08"])))
def test_not_even_of_bytes_that_are_nothing_but_that(parts):
    bits = b"".join(parts)
    harmless = disarmed(bits)
    assert RealTimeScanner().feed(harmless) == []
    assert all(before & after == before for before, after in zip(bits, harmless, strict=True))


def test_the_command_says_how_large_the_picture_is():
    picture = Picture(row_bytes=2, height=3, bits=b"\x10\x04abcd")
    assert picture.command() == b"\x1dv0\x00\x02\x00\x03\x00\x10\x0cabcd"


@pytest.mark.parametrize("alphabet", WORDS)
@pytest.mark.parametrize("style", [PLAIN, Style(height=2, bold=True), LARGE])
def test_every_alphabet_has_ink_within_its_columns(alphabet, style):
    text = WORDS[alphabet]
    picture = drawn(text, style)
    box = image(picture).getbbox()
    scale = max(style.width, style.height)
    assert box is not None
    assert box[2] <= columns(text, INSTALLED, scale, style.bold) * 12 * style.width + 2
    assert picture.height >= 24 * style.height
    assert picture.row_bytes <= PAPER // 8


def test_a_chinese_letter_is_two_columns_wide_and_a_greek_one_is_one():
    assert columns("北京烤鸭", INSTALLED, 2, True) == 8
    assert columns("Μουσακάς", INSTALLED, 1, False) == 8
    assert columns("abc ", INSTALLED, 1, False) == 4


def ink(text: str) -> Image.Image:
    """What is drawn of it, without the paper around it."""
    picture = image(drawn(text))
    return picture.crop((ink_box(picture)[0], 0, ink_box(picture)[2], picture.height))


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.getbbox()
    assert box is not None
    return box


def test_hebrew_runs_from_right_to_left():
    word, last, first = ink("שלום"), ink("ם"), ink("ש")
    assert word.crop((0, 0, last.width, 30)).tobytes() == last.tobytes()
    assert word.crop((word.width - first.width, 0, word.width, 30)).tobytes() == first.tobytes()


def test_arabic_letters_join():
    (face,) = {INSTALLED.face(letter) for letter in "شاي"}
    assert face is not None
    alone = sum(face.length(letter, 1, bold=False) for letter in "شاي")
    assert face.length("شاي", 1, bold=False) < alone - 3


def test_a_number_in_a_text_from_the_right_stands_to_its_left_and_is_not_turned():
    word, number, letter = ink("ש 12"), ink("12ש"), ink("ש")
    assert word.crop((word.width - letter.width, 0, word.width, 30)).tobytes() == letter.tobytes()
    digits = number.crop((letter.width, 0, number.width, 30)).getbbox()
    assert digits is not None
    assert word.crop((0, 0, digits[2] - digits[0], 30)).tobytes() == (
        number.crop((letter.width + digits[0], 0, letter.width + digits[2], 30)).tobytes()
    )


def test_words_before_and_after_keep_their_columns():
    middle = columns("شاي", INSTALLED, 1, False)
    assert columns("Tee شاي ok", INSTALLED, 1, False) == 4 + middle + 3
    start = image(drawn("Tee شاي ok")).crop((0, 0, 36, 30))
    assert start.tobytes() == image(drawn("Tee ")).crop((0, 0, 36, 30)).tobytes()


def test_scripts_that_no_font_has_together_stand_side_by_side():
    mixed = "שלום北京"
    both = columns("שלום", INSTALLED, 1, False) + columns("北京", INSTALLED, 1, False)
    assert columns(mixed, INSTALLED, 1, False) == both


def test_what_is_inverse_is_a_black_bar_with_white_letters():
    plain, inverse = drawn("北", solid=True), drawn("北", Style(inverse=True), solid=True)
    ink = image(plain).crop((0, 0, 24, 24)).histogram()[255]
    bar = image(inverse).crop((0, 0, 24, 24)).histogram()[255]
    assert bar == 24 * 24 - ink


def test_letters_of_two_heights_stand_on_one_line():
    both = draw(Row((Span("京", Style(height=2)), Span("中"))), INSTALLED, PAPER)
    assert both.height == 48
    small = image(both).crop((24, 0, 48, 48)).getbbox()
    assert small is not None
    assert small[1] >= 22  # Chinese letters fill their cell, and a dot more


def test_marks_above_and_below_a_letter_make_the_row_higher():
    assert drawn("北", solid=True).height == 24
    assert drawn("ปู่ที่น้ำ", solid=True).height > 24


def test_a_frame_is_a_line_to_every_edge_of_the_row():
    picture = image(draw(Row((Span("│ "), Span("ปู่ที่น้ำ"), Span(" │")), solid=True), INSTALLED, PAPER))
    assert all(picture.crop((0, y, 12, y + 1)).getbbox() for y in range(picture.height))
    corner = image(drawn("┌─┐京", solid=True))
    assert corner.crop((0, 0, 36, 11)).getbbox() is None
    assert corner.crop((0, 12, 36, 13)).histogram()[255] == 26


def test_a_row_that_is_too_wide_is_squeezed_and_not_cut_off():
    wide, squeezed = drawn("北京" * 10), drawn("北京" * 10, width=240)
    assert (wide.row_bytes, squeezed.row_bytes) == (60, 30)
    assert image(squeezed).crop((216, 0, 240, 30)).getbbox() is not None


def test_blank_paper_to_the_right_is_not_sent():
    assert drawn("京" + " " * 40).row_bytes == 3


def test_control_characters_and_nothing_at_all_are_drawn_as_blank_paper():
    assert image(drawn("\x1b@\x10\x04\x01")).getbbox() is not None  # the @
    assert black(drawn("\x1b\x10\x04\x01")) == 0
    assert draw(Row(()), NO_FONTS, PAPER).height == 30
