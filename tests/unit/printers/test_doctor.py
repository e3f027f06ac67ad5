"""`doctor`: what is wrong with each printer."""

from __future__ import annotations

from typing import Any

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.messages import Confirmation
from print_agent.doctor import Examination, examine
from print_agent.printers import Fingerprint, PrinterSettings, PrinterTrouble
from print_agent.printers.fake import EPSON, FakePrinter, FakeSession

OTHER = Fingerprint(maker="EPSON", model="TM-T20III", serial="X5T0000002", firmware="1.06")


def _printer(name: str = "KITCHEN-1", host: str = "192.168.1.50", **changes: Any) -> FakePrinter:
    fake = {key: changes.pop(key) for key in ("knows", "fingerprint") if key in changes}
    return FakePrinter(PrinterSettings(name, TcpAddress(host), **changes), **fake)


async def test_a_good_printer_is_ready_and_says_what_it_is():
    printer = _printer()
    report = await examine([printer])
    assert report.exit_code == 0
    assert report.text() == (
        "KITCHEN-1 at 192.168.1.50:9100: ready.\n"
        "  It is EPSON TM-T20III, serial number X5T0000001, firmware 1.06 ESC/POS.\n"
        "  Confirmation: process-id (it says when a ticket has been printed)."
    )
    assert printer.paper == []
    assert printer.open_sessions == 0


async def test_an_open_lid_is_told_with_what_to_do():
    printer = _printer()
    printer.trouble = Reason.COVER_OPEN
    report = await examine([printer])
    assert report.exit_code == 1
    assert report.text() == (
        "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until it clicks."
    )


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.UNREACHABLE, Reason.NAME_UNKNOWN])
async def test_a_printer_that_takes_no_connection_is_told(reason):
    printer = _printer()
    printer.refuses = reason
    report = await examine([printer])
    assert report.exit_code == 1
    assert report.findings[0].reason is reason


@pytest.mark.parametrize("reason", [Reason.NO_ANSWER, Reason.GARBAGE_STATUS])
async def test_a_printer_that_gives_no_good_answer_is_told(reason):
    printer = _printer()
    printer.mute = reason
    report = await examine([printer])
    assert report.findings[0].reason is reason
    assert printer.open_sessions == 0


async def test_a_printer_that_takes_the_connection_in_silence_may_be_busy_with_our_own_agent():
    printer = _printer()
    printer.mute = Reason.NO_ANSWER
    said = (await examine([printer])).text()
    assert "it takes the connection, but does not answer" in said
    assert "a running print-agent may hold it. Stop the agent, and ask again." in said
    printer.mute = Reason.GARBAGE_STATUS
    assert "print-agent" not in (await examine([printer])).text()


@pytest.mark.parametrize("reason", reasons_of(ReasonClass.PRINTER))
async def test_every_trouble_is_put_in_words(reason):
    printer = _printer()
    printer.trouble = reason
    text = (await examine([printer])).text()
    assert text.endswith(".")
    assert reason.value not in text or reason in (Reason.OFFLINE,)


async def test_paper_near_its_end_is_a_note_and_no_fault():
    printer = _printer()
    printer.near_end = True
    report = await examine([printer])
    assert report.exit_code == 0
    assert "have a new roll at hand" in report.text()


async def test_weak_confirmation_is_a_fault_unless_it_was_allowed():
    forbidden = _printer(knows=Confirmation.CLOSE)
    allowed = _printer(knows=Confirmation.CLOSE, accept_weak=True)
    assert (await examine([forbidden])).exit_code == 1
    assert "accept_weak = true" in (await examine([forbidden])).text()
    assert (await examine([allowed])).exit_code == 0
    assert "it cannot say that it printed" in (await examine([allowed])).text()


async def test_two_addresses_that_lead_to_one_printer_are_both_wrong():
    report = await examine([_printer(), _printer("BAR", "192.168.1.51")])
    assert [finding.reason for finding in report.findings] == [Reason.WRONG_PRINTER] * 2
    assert "another printer answers at that address. It is BAR. Give" in report.text()


async def test_two_printers_of_one_model_are_told_apart_by_their_serial_numbers():
    report = await examine([_printer(), _printer("BAR", "192.168.1.51", fingerprint=OTHER)])
    assert report.exit_code == 0


async def test_printers_without_serial_numbers_cannot_be_mixed_up():
    nameless = Fingerprint(model="POS-80")
    printers = [_printer(fingerprint=nameless), _printer("BAR", fingerprint=nameless)]
    report = await examine(printers, {"KITCHEN-1": EPSON, "BAR": OTHER})
    assert report.exit_code == 0
    assert "It is POS-80." in report.text()


async def test_printers_that_swapped_their_addresses_are_found_by_what_they_said_earlier():
    printers = [_printer(fingerprint=OTHER), _printer("BAR", "192.168.1.51", fingerprint=EPSON)]
    report = await examine(printers, {"KITCHEN-1": EPSON, "BAR": OTHER})
    assert [finding.is_really for finding in report.findings] == ["BAR", "KITCHEN-1"]
    assert report.exit_code == 1


async def test_only_the_wrong_one_is_blamed_when_the_right_one_is_known():
    printers = [_printer(), _printer("BAR", "192.168.1.51")]
    report = await examine(printers, {"KITCHEN-1": EPSON})
    assert [finding.reason for finding in report.findings] == [None, Reason.WRONG_PRINTER]


async def test_a_stranger_in_a_known_printers_place_is_wrong():
    report = await examine([_printer(fingerprint=OTHER)], {"KITCHEN-1": EPSON})
    assert report.findings[0].reason is Reason.WRONG_PRINTER
    assert "another printer answers at that address. Give" in report.text()


async def test_a_printer_that_does_not_say_who_it_is_is_taken_at_its_word():
    report = await examine([_printer(fingerprint=None)], {"KITCHEN-1": EPSON})
    assert report.exit_code == 0


async def test_a_printer_that_goes_away_in_mid_examination_is_told(monkeypatch):
    async def probe(_session: FakeSession) -> Confirmation:
        raise PrinterTrouble(Reason.RESET_BEFORE_BYTES, "gone")

    monkeypatch.setattr(FakeSession, "probe", probe)
    printer = _printer()
    report = await examine([printer])
    assert report.findings[0].reason is Reason.RESET_BEFORE_BYTES
    assert report.findings[0].fingerprint == EPSON
    assert printer.open_sessions == 0


def test_no_printer_at_all_is_said():
    assert Examination(()).text() == "No printer is configured for this agent."
