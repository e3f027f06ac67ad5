"""What a trouble means to a person."""

from __future__ import annotations

import pytest

from bonfire.errors import Reason, ReasonClass, reasons_of
from print_agent.printers import PrinterSettings
from print_agent.printers.advice import ADVICE, sentence, trouble

KITCHEN = PrinterSettings("KITCHEN-1", "192.168.1.50")


def test_there_is_advice_for_every_reason_of_a_printer_and_for_no_other():
    assert set(ADVICE) == set(reasons_of(ReasonClass.PRINTER))


@pytest.mark.parametrize("reason", ADVICE)
def test_every_remedy_is_a_sentence_to_a_person(reason):
    advice = ADVICE[reason]
    assert advice.problem[0].islower()
    assert not advice.problem.endswith(".")
    assert advice.remedy[0].isupper()
    assert advice.remedy.endswith(".")


def test_the_sentence_names_the_printer_its_address_the_problem_and_the_remedy():
    assert sentence(KITCHEN, Reason.COVER_OPEN) == (
        "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until it clicks."
    )


def test_an_ipv6_address_is_written_in_brackets():
    settings = PrinterSettings("BAR", "fe80::1", port=9101)
    assert trouble(settings, Reason.REFUSED).detail.startswith("BAR at [fe80::1]:9101: ")
