"""GS I: who the printer says it is."""

from __future__ import annotations

import pytest

from virtual_printer.identity import Identity
from virtual_printer.models import MODELS, UnknownModel, model_named

KITCHEN = Identity("kitchen-1", MODELS["vp-80"])


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
        (69, None),
        (4, None),
        (0, None),
        (70, None),
        (97, None),
    ],
)
def test_each_question_has_its_answer(question, answer):
    assert KITCHEN.answer(question) == answer


def test_a_model_answers_as_its_maker_says_of_it():
    needles = Identity("bar-1", MODELS["tm-u220"])
    assert [needles.answer(n) for n in (1, 2)] == [b"\x0d", b"\x02"]
    assert needles.answer(67) == b"_TM-U220\0"
    assert needles.answer(69) is None
    two_bytes = Identity("a", MODELS["tm-m30"])
    assert (two_bytes.answer(2), two_bytes.answer(69)) == (b"\x03", b"_KANJI JAPANESE\0")


@pytest.mark.parametrize("question", [1, 2, 3, 65, 66, 67, 68, 69])
def test_a_nameless_printer_says_nothing_of_itself(question):
    assert Identity("bar-1", MODELS["generic-80"]).answer(question) is None


def test_a_model_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownModel, match=r"no model 'tm-t99'; there are: vp-80, .*generic-58"):
        model_named("tm-t99")


def test_printers_differ_by_serial_number_and_keep_it():
    assert KITCHEN.serial == Identity("kitchen-1", MODELS["tm-m30"]).serial
    assert KITCHEN.serial != Identity("bar-1", MODELS["vp-80"]).serial
    assert KITCHEN.hardware_address != Identity("bar-1", MODELS["vp-80"]).hardware_address
    assert KITCHEN.answer(68) == f"_{KITCHEN.serial}\0".encode()
