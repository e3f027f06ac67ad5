import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.sanitiser import UNKNOWN, clean, clean_line, shorten

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY_TEXT)
def test_cleaning_takes_any_text_and_twice_is_once(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(character.isprintable() for character in cleaned if character != "\n")


def test_every_code_point_becomes_printable_and_stays_so():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    cleaned = clean(everything)
    assert clean(cleaned) == cleaned
    assert cleaned.replace("\n", "").isprintable()
    cleaned.encode()


@pytest.mark.parametrize(
    "dropped",
    [
        *("\x00", "\x1b", "\x10", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff"),
        *("\u00ad", "\ufe0f", "\U000e0100", "\u034f", "\u3164", "\u115f", "\U000e0041"),
    ],
)
def test_what_has_no_shape_is_dropped(dropped):
    assert clean(f"a{dropped}b") == "ab"


@pytest.mark.parametrize("unknown", ["\ud800", "\ue000", "\U0010ffff", "\u0378"])
def test_what_has_an_unknown_shape_leaves_a_mark(unknown):
    assert clean(f"a{unknown}b") == f"a{UNKNOWN}b"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_every_line_break_is_one_line_feed(line_break):
    assert clean(f"a{line_break}b") == "a\nb"


@pytest.mark.parametrize("space", ["\t", "\xa0", "\u2003", "\u3000", "\u202f"])
def test_every_space_is_one_blank(space):
    assert clean(f"a{space}b") == "a b"


def test_a_dropped_character_does_not_keep_an_accent_from_its_letter():
    assert clean("u\u200b\u0308") == "ü"


def test_ordinary_text_stays_as_it_is():
    assert clean("Käse, 北京 🥜 «d'accord»\n2.") == "Käse, 北京 🥜 «d'accord»\n2."


@given(ANY_TEXT)
def test_a_cleaned_line_is_one_line_and_twice_is_once(text):
    line = clean_line(text)
    assert "\n" not in line
    assert line == line.strip()
    assert clean_line(line) == line


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_shortened_text_keeps_its_bound_and_its_beginning(text, most):
    short = shorten(text, most)
    assert len(short) <= most
    assert shorten(short, most) == short
    assert (
        short == text if len(text) <= most else text.startswith(short.removesuffix(" [...]"[:most]))
    )


def test_a_text_is_cut_after_a_word_and_says_so():
    assert shorten("one two three four", 15) == "one two [...]"


def test_a_long_word_is_cut_inside():
    assert shorten("x" * 100, 30) == "x" * 24 + " [...]"
