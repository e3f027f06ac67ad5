"""The paper as plain text."""

from __future__ import annotations

import pytest

from escpos_paper import tickets
from tests.unit.escpos_paper.real_world import full_ticket


def text(data: bytes, columns: int = 48) -> str:
    (ticket,) = tickets(data, columns)
    return ticket.text()


def test_a_real_ticket_reads_as_it_looks():
    assert text(full_ticket()).split("\n") == [
        "                     KÜCHE",
        " ALLERGIE: Nüsse",
        "Straße 5 €",
        "klein",
        "       [QR: https://example.org/o/10042]",
        "             [EAN13: 4006381333931]",
        "              [CODE128: Hello-42]",
        "                [picture 96x144]",
        "#0417  job 3f9a12bc",
    ]


def test_wide_words_stay_words():
    assert text(b"\x1d!\x11TISCH 12\n\x1d!\x102x\x1d!\x00 Pizza\n") == "TISCH 12\n2x Pizza"


def test_lines_of_the_paper_are_lines_of_the_text():
    assert text(b"A\n\n\nB\n\x1bd\x02C\n") == "A\n\n\nB\n\n\nC"


def test_the_empty_paper_before_the_cut_is_left_out():
    assert text(b"A\n\n\n\x1bd\x06\x1dV\x00") == "A"


def test_centred_and_right_aligned_text_is_aligned_as_text():
    assert text(b"\x1ba\x01ABCD\n") == " " * 22 + "ABCD"
    assert text(b"\x1ba\x02ABCD\n") == " " * 44 + "ABCD"
    assert text(b"\x1ba\x01\x1d!\x11ABCD\n", columns=32) == " " * 14 + "ABCD"


def test_gaps_on_the_paper_are_gaps_in_the_text():
    assert text(b"A\tB\n") == "A       B"
    assert text(b"A\x1b$\xf0\x00B\n") == "A" + " " * 19 + "B"
    assert text(b"\x1dL\x30\x00A\n") == "    A"


def test_spaces_at_the_end_of_a_line_are_left_out():
    assert text(b"A   \n\x1dB\x01 B  \x1dB\x00\n") == "A\n B"


@pytest.mark.parametrize(
    "command", [b"\x1bE\x01", b"\x1dB\x01", b"\x1b-\x01", b"\x1b{\x01", b"\x1bM\x01"]
)
def test_no_style_changes_the_text(command):
    assert text(b"A " + command + b"B\n") == "A B"


def test_an_image_stands_with_its_size():
    image = b"\x1dv0\x00\x30\x00\x64\x00" + bytes(4800)
    assert text(image) == "[picture 384x100]"
    assert text(b"\x1ba\x01" + image) == " " * 15 + "[picture 384x100]"
