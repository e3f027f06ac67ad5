"""`doctor`: what is wrong with each printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bonfire.config import TcpAddress, UsbDeviceAddress
from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.messages import Confirmation
from print_agent.doctor.examination import examine
from print_agent.doctor.finding import Finding
from print_agent.printers import (
    Capabilities,
    Fingerprint,
    Interview,
    PrinterSettings,
    PrinterTrouble,
)
from print_agent.printers.fake import EPSON, FakePrinter, FakeSession

OTHER = Fingerprint(maker="EPSON", model="TM-T20III", serial="X5T0000002", firmware="1.06")


def _printer(name: str = "KITCHEN-1", host: str = "192.168.1.50", **changes: Any) -> FakePrinter:
    fake = {key: changes.pop(key) for key in ("knows", "fingerprint") if key in changes}
    return FakePrinter(PrinterSettings(name, TcpAddress(host), **changes), **fake)


def fine(findings: Sequence[Finding]) -> bool:
    return all(finding.fine for finding in findings)


def text(findings: Sequence[Finding]) -> str:
    return "\n".join(finding.text() for finding in findings)


async def test_a_good_printer_is_ready_and_says_what_it_is():
    printer = _printer()
    findings = await examine([printer])
    assert fine(findings)
    assert text(findings) == (
        "KITCHEN-1 at 192.168.1.50:9100: ready.\n"
        "  It is EPSON TM-T20III, serial number X5T0000001, firmware 1.06 ESC/POS.\n"
        "  Confirmation: process-id (it says when a ticket has been printed).\n"
        "  Capabilities: cutter: yes; says what it printed (GS ( H): yes; says what it processed "
        "(GS r): yes; forgets on demand (DLE DC4): not asked."
    )
    assert printer.paper == []
    assert printer.open_sessions == 0


async def test_an_open_lid_is_told_with_what_to_do():
    printer = _printer()
    printer.trouble = Reason.COVER_OPEN
    findings = await examine([printer])
    assert not fine(findings)
    assert text(findings) == (
        "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until it clicks."
    )


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.UNREACHABLE, Reason.NAME_UNKNOWN])
async def test_a_printer_that_takes_no_connection_is_told(reason):
    printer = _printer()
    printer.refuses = reason
    findings = await examine([printer])
    assert not fine(findings)
    assert findings[0].reason is reason


@pytest.mark.parametrize("reason", [Reason.NO_ANSWER, Reason.GARBAGE_STATUS])
async def test_a_printer_that_gives_no_good_answer_is_told(reason):
    printer = _printer()
    printer.mute = reason
    findings = await examine([printer])
    assert findings[0].reason is reason
    assert printer.open_sessions == 0


async def test_a_printer_that_takes_the_connection_in_silence_may_be_busy_with_our_own_agent():
    printer = _printer()
    printer.mute = Reason.NO_ANSWER
    said = text(await examine([printer]))
    assert "it takes the connection, but does not answer" in said
    assert "a running print-agent may hold it. Stop the agent, and ask again." in said
    printer.mute = Reason.GARBAGE_STATUS
    assert "print-agent" not in text(await examine([printer]))


@pytest.mark.parametrize("reason", reasons_of(ReasonClass.PRINTER))
async def test_every_trouble_is_put_in_words(reason):
    printer = _printer()
    printer.trouble = reason
    told = text(await examine([printer]))
    assert told.endswith(".")
    assert reason.value not in told or reason in (Reason.OFFLINE,)


async def test_paper_near_its_end_is_a_note_and_no_fault():
    printer = _printer()
    printer.near_end = True
    findings = await examine([printer])
    assert fine(findings)
    assert "have a new roll at hand" in text(findings)


async def test_weak_confirmation_is_a_fault_unless_it_was_allowed():
    forbidden = _printer(knows=Confirmation.CLOSE)
    allowed = _printer(knows=Confirmation.CLOSE, accept_weak=True)
    assert not fine(await examine([forbidden]))
    assert "accept_weak = true" in text(await examine([forbidden]))
    assert fine(await examine([allowed]))
    assert "it cannot say that it printed" in text(await examine([allowed]))


async def test_a_printer_whose_cable_has_no_way_back_is_told_so():
    settings = PrinterSettings("KITCHEN-1", UsbDeviceAddress("/dev/usb/lp0"))
    told = text(await examine([FakePrinter(settings, knows=Confirmation.CLOSE)]))
    assert "nothing comes back by this cable" in told
    assert "accept_weak = true" in told


@pytest.mark.parametrize("fonts", ["KANJI JAPANESE", "PC437"])
async def test_what_a_printer_calls_its_fonts_is_told_and_no_more(fonts):
    printer = _printer()
    printer.capabilities = replace(printer.capabilities, fonts=fonts)
    told = text(await examine([printer]))
    assert told.endswith(f'; its own name for its fonts (GS I 69): "{fonts}".')


async def test_a_printers_buffer_is_never_emptied():
    printer = _printer()
    (finding,) = await examine([printer])
    assert finding.capabilities is not None
    assert finding.capabilities.buffer_clear is None


async def test_two_addresses_that_lead_to_one_printer_are_both_wrong():
    findings = await examine([_printer(), _printer("BAR", "192.168.1.51")])
    assert [finding.reason for finding in findings] == [Reason.WRONG_PRINTER] * 2
    assert "another printer answers at that address. It is BAR. Give" in text(findings)


async def test_two_printers_of_one_model_are_told_apart_by_their_serial_numbers():
    findings = await examine([_printer(), _printer("BAR", "192.168.1.51", fingerprint=OTHER)])
    assert fine(findings)


async def test_printers_without_serial_numbers_cannot_be_mixed_up():
    nameless = Fingerprint(model="POS-80")
    printers = [_printer(fingerprint=nameless), _printer("BAR", fingerprint=nameless)]
    findings = await examine(printers, {"KITCHEN-1": EPSON, "BAR": OTHER})
    assert fine(findings)
    assert "It is POS-80." in text(findings)


async def test_printers_that_swapped_their_addresses_are_found_by_what_they_said_earlier():
    printers = [_printer(fingerprint=OTHER), _printer("BAR", "192.168.1.51", fingerprint=EPSON)]
    findings = await examine(printers, {"KITCHEN-1": EPSON, "BAR": OTHER})
    assert [finding.is_really for finding in findings] == ["BAR", "KITCHEN-1"]
    assert not fine(findings)


async def test_only_the_wrong_one_is_blamed_when_the_right_one_is_known():
    printers = [_printer(), _printer("BAR", "192.168.1.51")]
    findings = await examine(printers, {"KITCHEN-1": EPSON})
    assert [finding.reason for finding in findings] == [None, Reason.WRONG_PRINTER]


async def test_a_stranger_in_a_known_printers_place_is_wrong():
    findings = await examine([_printer(fingerprint=OTHER)], {"KITCHEN-1": EPSON})
    assert findings[0].reason is Reason.WRONG_PRINTER
    assert "another printer answers at that address. Give" in text(findings)


async def test_a_printer_that_does_not_say_who_it_is_is_taken_at_its_word():
    findings = await examine([_printer(fingerprint=None)], {"KITCHEN-1": EPSON})
    assert fine(findings)


async def test_a_printer_that_goes_away_in_mid_examination_is_told(monkeypatch):
    async def interview(_session: FakeSession) -> Interview:
        raise PrinterTrouble(Reason.RESET_BEFORE_BYTES, "gone")

    monkeypatch.setattr(FakeSession, "interview", interview)
    printer = _printer()
    findings = await examine([printer])
    assert findings[0].reason is Reason.RESET_BEFORE_BYTES
    assert printer.open_sessions == 0


CLONE = Interview(None, Confirmation.CLOSE, Capabilities(process_id=False))


async def test_what_is_recalled_of_a_printer_is_not_asked_and_that_is_said():
    printer = _printer(accept_weak=True)
    (finding,) = await examine([printer], recalled={"KITCHEN-1": CLONE})
    assert printer.examined == 0
    assert finding.fine
    assert "It is " not in finding.text()
    assert "Confirmation: close (it cannot say that it printed)." in finding.text()
    assert "may take a second to answer, so only its state was asked; --anew asks" in finding.text()
    assert "--anew" not in text(await examine([printer]))


async def test_a_recalled_printer_in_trouble_is_asked_how_it_is():
    printer = _printer()
    printer.trouble = Reason.PAPER_OUT
    (finding,) = await examine([printer], recalled={"KITCHEN-1": CLONE})
    assert (finding.reason, finding.recalled, finding.confirmation) == (
        Reason.PAPER_OUT,
        False,
        None,
    )
