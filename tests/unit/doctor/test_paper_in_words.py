"""What to expect of a printer on paper, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bonfire.config import Buzzer, CodePage, Printer, Technology
from bonfire.config.address import parse
from print_agent.doctor.paper import paper_in_words
from print_agent.ticket.raster import Fonts


def words(**settings: Any) -> str:
    address = parse("tcp://192.168.1.50")
    return "\n".join(paper_in_words(Printer(id="kitchen-1", address=address, **settings)))


def test_columns_and_code_page_are_told_with_the_printers_own_number():
    assert "Paper: thermal, 48 columns, code page cp858 (ESC t 19)." in words()
    assert "32 columns, code page cp437 (ESC t 3)" in words(
        columns=32, code_page=CodePage.CP437, code_page_number=3
    )


def test_an_impact_printer_writes_other_alphabets_in_latin_letters():
    told = words(technology=Technology.IMPACT, red=True, columns=40)
    assert "Paper: impact, red and black, 40 columns" in told
    assert "needles print no pictures" in told


@pytest.mark.parametrize("buzzer", list(Buzzer))
def test_every_buzzer_is_put_in_words(buzzer: Buzzer):
    assert "Buzzer: " in words(buzzer=buzzer)


def test_a_buzzer_on_the_drawers_port_is_left_alone():
    assert "shares the cash drawer's port: left alone" in words(buzzer=Buzzer.DRAWER)


def test_a_printer_that_prints_no_pictures_writes_other_alphabets_in_latin_letters():
    assert "since raster = false" in words(raster=False)


def test_missing_fonts_are_told_with_their_packages(tmp_path: Path):
    printer = Printer(id="kitchen-1", address=parse("tcp://192.168.1.50"))
    told = paper_in_words(printer, Fonts([tmp_path], shaping=True))
    assert "Not on paper: Thai: install the Debian package fonts-tlwg-loma-ttf." in told


def test_alphabets_that_have_fonts_are_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(Fonts, "missing", lambda _: ())
    printer = Printer(id="kitchen-1", address=parse("tcp://192.168.1.50"))
    assert paper_in_words(printer, Fonts([tmp_path]))[-1] == "Other alphabets: drawn."
