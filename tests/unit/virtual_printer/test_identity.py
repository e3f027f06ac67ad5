"""GS I: who the printer says it is."""

from __future__ import annotations

import pytest

from virtual_printer.identity import Identity

KITCHEN = Identity("kitchen-1", 48)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (1, b"\x20"),
        (2, b"\x02"),
        (3, b"\x01"),
        (49, b"\x20"),
        (65, b"_1.00 ESC/POS\0"),
        (66, b"_BONFIRE\0"),
        (67, b"_VP-80\0"),
        (69, b"_PC437\0"),
        (4, None),
        (0, None),
        (70, None),
        (97, None),
    ],
)
def test_each_question_has_its_answer(question, answer):
    assert KITCHEN.answer(question) == answer


def test_the_narrow_printer_is_another_model():
    assert Identity("bar-1", 32).model == "VP-58"


def test_printers_differ_by_serial_number_and_keep_it():
    assert KITCHEN.serial == Identity("kitchen-1", 48).serial
    assert KITCHEN.serial != Identity("bar-1", 48).serial
    assert KITCHEN.answer(68) == f"_{KITCHEN.serial}\0".encode()
