"""Whatever printers the example names, `make run` contacts virtual ones alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from bonfire.config import ConfigError, load
from dev_stack.stand_ins import (
    NotOnOneMachine,
    in_their_place,
    require_in_their_place,
    stand_ins,
)
from tests.support.house import ROOT

EXAMPLE: Final = (ROOT / "bonfire.example.toml").read_text("utf-8")
EVERYTHING: Final = re.sub(r"(?m)^#(?=\S)", "", EXAMPLE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bonfire.example.toml"


def test_every_printer_becomes_a_virtual_one_of_its_technology_columns_and_ribbon(file):
    file.write_text(EVERYTHING, "utf-8")
    assert [one.argument for one in stand_ins(file, 9310)] == [
        "kitchen-1=9310,48",
        "bar-1=9311,tm-u220,42",
        "counter-1=9312,32",
    ]


def test_needles_with_a_black_ribbon_alone_are_another_model(file):
    file.write_text(EVERYTHING.replace("red = true", "red = false"), "utf-8")
    assert stand_ins(file, 9310)[1].model == "tm-u220-black"


@pytest.mark.parametrize(
    "address", ['"tcp://192.168.1.50"', "'usb:///dev/usb/lp0'", '"serial:///dev/ttyUSB0"']
)
def test_an_address_of_any_kind_is_moved_and_everything_else_stays(file, address):
    text = EVERYTHING.replace('"tcp://192.168.1.50:9100"', address)
    file.write_text(text, "utf-8")
    printers = stand_ins(file, 9310)
    moved = in_their_place(text, printers)
    file.write_text(moved, "utf-8")
    require_in_their_place(file, printers)
    (place,) = load(file).locations
    assert [str(one.address) for one in place.printers] == [
        "tcp://127.0.0.1:9310",
        "tcp://127.0.0.1:9311",
        "tcp://127.0.0.1:9312",
    ]
    assert [line for line in moved.splitlines() if "address" not in line] == [
        line for line in text.splitlines() if "address" not in line
    ]


def test_a_printer_that_was_not_moved_is_refused_before_anything_is_contacted(file):
    inline = '"address" = "tcp://192.168.1.50:9100"'
    text = EXAMPLE.replace('address = "tcp://192.168.1.50:9100"', inline)
    file.write_text(text, "utf-8")
    printers = stand_ins(file, 9310)
    file.write_text(in_their_place(text, printers), "utf-8")
    with pytest.raises(NotOnOneMachine, match=r'"kitchen-1" would still be at tcp://192\.168'):
        require_in_their_place(file, printers)


def test_a_second_print_host_is_refused_in_words(file):
    file.write_text(EXAMPLE.replace('agent = "altstadt"', 'agent = "pi-soho"'), "utf-8")
    with pytest.raises(NotOnOneMachine, match='has the print host "pi-soho", and only "altstadt"'):
        stand_ins(file, 9310)


def test_a_broken_example_is_told_as_every_configuration_is(file):
    file.write_text(EXAMPLE.replace("columns = 48", "columns = 4"), "utf-8")
    with pytest.raises(ConfigError, match="columns"):
        stand_ins(file, 9310)
