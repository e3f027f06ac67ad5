"""What the kitchen hears."""

from __future__ import annotations

import pytest

from escpos_paper import Buzz, tickets


@pytest.mark.parametrize(
    ("data", "buzz"),
    [
        (b"\x1bB\x03\x02", Buzz(1, 3, 0.2)),
        (b"\x1b(A\x04\x000\x02\x03\x05", Buzz(2, 3, 0.5)),
        (b"\x1b(A\x05\x00a\x64\x02\x03\x01", Buzz(100, 2, 0.4)),
    ],
)
def test_a_sound_is_heard_once_and_leaves_nothing_on_the_paper(data, buzz):
    (ticket,) = tickets(b"A" + data + b"B\n\x1dV\x00")
    assert ticket.buzzes == (buzz,)
    assert ticket.text() == "AB"
    assert ticket.height_mm == 30 / 8


@pytest.mark.parametrize(
    "data",
    [
        b"\x1bB\x00\x02",
        b"\x1b(A\x04\x000\x02\x00\x05",
        b"\x1b(A\x05\x00a\x64\x00\x03\x01",
        b"\x1b(A\x07\x00b\x31\x01\x64\x00\x01\x01",
        b"\x1b(A\x03\x000\x01\x02",
    ],
)
def test_no_sound_and_a_setting_are_not_heard(data):
    (ticket,) = tickets(b"A" + data + b"\n")
    assert ticket.buzzes == ()


def test_sounds_alone_are_no_ticket():
    assert tickets(b"\x1bB\x03\x02\x1dV\x00") == []
