"""What a report says, and of what."""

from __future__ import annotations

import platform
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bonfire.config import Printer, TicketSettings
from bonfire.config.address import parse
from bonfire.config.ticket import OptionalBlock
from bonfire.errors import Reason
from bonfire.testing import FakeClock
from print_agent.doctor import software
from print_agent.doctor.consultation import Case
from print_agent.doctor.finding import Finding
from print_agent.doctor.report import report
from print_agent.doctor.trace import Trace
from print_agent.memory import Count, Past
from print_agent.printers import PrinterSettings
from print_agent.ticket.raster import Fonts

AT = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)


def case(past: Past | None = None, reason: Reason | None = None, **settings: Any) -> Case:
    printer = Printer(id="kitchen-1", address=parse("tcp://192.168.1.50"), **settings)
    finding = Finding(PrinterSettings("kitchen-1", printer.address), reason)
    return Case(printer, finding, Trace(FakeClock()), past)


def block(text: str, kind: str) -> str:
    return text.split(f"```{kind}\n")[1].split("```")[0]


def test_it_begins_with_what_it_holds_and_what_it_does_not():
    told = report([], "Bonfire 0.1.0\nPython 3.11", AT)
    assert told.startswith("# print-agent doctor, 2026-05-12 18:00 UTC\n")
    assert "nothing of an\norder or a guest, no password" in told
    assert "- Bonfire 0.1.0\n- Python 3.11\n" in told


def test_a_printer_is_told_with_its_state_and_what_to_do():
    told = report([case(reason=Reason.UNREACHABLE)], "", AT)
    assert "## kitchen-1\n" in told
    assert "- kitchen-1 at 192.168.1.50:9100: nothing answers at that address." in told
    assert block(told, "text") == "nothing was said\n"


def test_the_settings_are_complete_and_can_be_read_back():
    ticket = TicketSettings(top_rows=1, hide=(OptionalBlock.TIMES,))
    told = report([case(columns=42, ticket=ticket)], "", AT)
    settings = tomllib.loads(block(told, "toml"))
    read = Printer(id="kitchen-1", **settings)
    assert read == case(columns=42, ticket=ticket).printer


def test_what_became_of_tickets_is_told_in_counts_and_reasons():
    past = Past((Count("done", "", 120), Count("dead", "still_unknown", 1)), ())
    told = report([case(past)], "", AT)
    assert "- Jobs: 120 done, 1 dead (still_unknown)\n- Attempts: none\n" in told
    assert "No journal was read" in report([case()], "", AT)


def test_versions_fonts_and_the_system_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    told = software.software()
    for name in ("Bonfire ", "Python ", "python-escpos 3", "pillow ", "fonts: "):
        assert name in told
    monkeypatch.setattr(software, "_PACKAGES", ("no-such-package",))
    monkeypatch.setattr(platform, "freedesktop_os_release", dict)
    told = software.software(Fonts([tmp_path], shaping=True))
    assert "no-such-package is not installed" in told
    assert "an unnamed system, " in told
    assert "fonts: none\n" in told
    assert "not on paper: Thai" in told
