"""Bytes as characters, by the page that the host has chosen."""

from __future__ import annotations

import pytest

from escpos_paper import tickets
from escpos_paper.code_page import CODE_PAGES, decode


@pytest.mark.parametrize(
    ("page", "raw", "text"),
    [
        (0, b"\x84\xe1\x9b", "äß¢"),
        (2, b"\x84\xe1\xd5", "äßı"),
        (16, b"\xe4\xdf\x80", "äß€"),
        (17, b"\x8f\xe0\xa8\xa2\xa5\xe2", "Привет"),
        (18, b"\x9f\xa7", "čž"),
        (19, b"\x84\x94\x81\x8e\x99\x9a\xe1\xd5", "äöüÄÖÜß€"),
        (40, b"\xe4\xa4", "ä€"),
    ],
)
def test_a_page_gives_its_own_characters(page, raw, text):
    assert decode(raw, page) == text
    assert tickets(b"\x1b@\x1bt" + bytes((page,)) + raw + b"\n")[0].text() == text


@pytest.mark.parametrize("page", [*CODE_PAGES, 254])
def test_every_byte_becomes_exactly_one_printable_character(page):
    text = decode(bytes(range(0x20, 0x100)), page)
    assert len(text) == 0x100 - 0x20
    assert text.isprintable()


def test_an_unknown_page_prints_ascii_and_shows_the_rest_as_undefined():
    assert decode(b"Caf\xe9", 254) == "Caf\ufffd"


def test_special_spaces_become_plain_ones():
    assert decode(b"10\xa0\xad\x7f", 16) == "10 -⌂"


def test_the_page_stays_until_the_printer_is_initialised():
    assert tickets(b"\x1bt\x13\xd5\n\xd5\n\x1b@\xd5\n")[0].text() == "€\n€\n╒"
