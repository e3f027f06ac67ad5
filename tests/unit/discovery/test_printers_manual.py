"""What docs/printers.md and the udev rules say is so."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from bonfire.config import Printer, Technology, doubts
from bonfire.config.address import SerialAddress, UsbDeviceAddress, parse
from bonfire.errors import ReasonClass, reasons_of
from print_agent import command_line
from print_agent.printers.advice import advice_on

ROOT: Final = Path(__file__).resolve().parents[3]
MANUAL: Final = (ROOT / "docs" / "printers.md").read_text("utf-8")
RULES: Final = (ROOT / "deploy" / "udev" / "60-bonfire-printers.rules").read_text("utf-8")
ADDRESS: Final = re.compile(r"(?:tcp|usb|serial)://[^\s\"`]+[^\s\"`.,;:]")
EVERY_KIND: Final = tuple(
    parse(text)
    for text in ("tcp://10.0.0.1", "usb:///dev/usb/lp0", "usb://04b8:0e28", "serial:///dev/ttyS0")
)


@pytest.mark.parametrize("text", sorted({*ADDRESS.findall(MANUAL), *ADDRESS.findall(RULES)}))
def test_every_address_can_be_configured(text: str):
    parse(text)


def test_the_manual_has_an_address_of_every_kind():
    kinds = {type(parse(text)) for text in ADDRESS.findall(MANUAL)}
    assert kinds == {type(address) for address in EVERY_KIND}


@pytest.mark.parametrize("text", sorted(set(re.findall(r"`(\w+ = [^`]+)`", MANUAL))))
def test_every_setting_can_be_made(text: str):
    Printer(**({"id": "kitchen-1", "address": parse("tcp://10.0.0.1")} | tomllib.loads(text)))


def test_a_printer_has_one_name_on_the_node_in_the_pod_and_in_the_configuration():
    k3s = MANUAL.split("### USB and serial on k3s")[1].split("## Set up")[0]
    given = json.loads(k3s.split("--device\n")[1].split("\n\n")[0])
    devices = {each["mountPath"]: each["path"] for each in given["groups"][0]["paths"]}
    addresses = [parse(text) for text in ADDRESS.findall(k3s.split("\n4. ")[1].split("\n5. ")[0])]
    configured = {
        address.path
        for address in addresses
        if isinstance(address, UsbDeviceAddress | SerialAddress)
    }
    assert configured == devices.keys() - {"/dev/bonfire/none"}
    for name in re.findall(r'^#SUBSYSTEM.*SYMLINK\+="(bonfire/kitchen[^"]*)"', RULES, re.MULTILINE):
        assert devices[f"/dev/{name}"] == f"/dev/{name}"


def test_columns_of_needles_are_those_that_no_doubt_is_told_of():
    (row,) = re.findall(r"^\| needles .*$", MANUAL, re.MULTILINE)
    told = {int(number) for number in re.findall(r"\b(\d\d)\b(?! mm)", row)}
    for columns in told:
        printer = Printer(
            id="bar-1",
            address=parse("tcp://10.0.0.1"),
            technology=Technology.IMPACT,
            columns=columns,
        )
        assert printer.columns == columns
    assert told == set(doubts._IMPACT_COLUMNS)


def test_every_command_and_option_exists(capsys: pytest.CaptureFixture[str]):
    lines = re.findall(r"print-agent ((?:discover|doctor|test-print)\b[^\n`#]*)", MANUAL)
    assert len(lines) > 5
    for line in lines:
        with pytest.raises(SystemExit) as ended:
            command_line.main([line.split()[0], "--help"])
        assert ended.value.code == 0
        told = capsys.readouterr().out
        for option in re.findall(r"--[a-z]+", line):
            assert option in told, line


def test_every_symptom_is_worded_as_the_doctor_words_it():
    table = MANUAL.split("## What is wrong")[1].split("### A report")[0]
    symptoms = re.findall(r"^\| \*([^*]+)\* \|", table, re.MULTILINE)
    said = {
        advice_on(address, reason).problem
        for address in EVERY_KIND
        for reason in reasons_of(ReasonClass.PRINTER)
    }
    assert len(symptoms) > 6
    assert set(symptoms) <= said


def test_every_rule_matches_something_and_does_something():
    rules = [line.lstrip("#") for line in RULES.splitlines() if re.match(r"#?SUBSYSTEM==", line)]
    assert len(rules) == 4
    part = r'[A-Z]+(\{[\w.]+\})?(==|\+=|=)"[^"]*"'
    for rule in rules:
        assert re.fullmatch(rf"{part}(, {part})*", rule), rule
        assert re.search(r'(GROUP=|SYMLINK\+=)"', rule)


def test_a_rules_name_is_the_address_that_it_tells_of():
    (name,) = set(re.findall(r'SYMLINK\+="(bonfire/kitchen[^"]*)"', RULES))
    assert str(UsbDeviceAddress(f"/dev/{name}")) in RULES
