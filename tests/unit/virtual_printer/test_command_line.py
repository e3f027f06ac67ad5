"""What the command line takes, and how it refuses."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from virtual_printer import __main__ as command_line
from virtual_printer.place import Place
from virtual_printer.serve import PrinterAt, ServeSettings


@pytest.fixture
def served(monkeypatch) -> list[ServeSettings]:
    """The settings with which the printers would have been started."""
    started: list[ServeSettings] = []

    def run(settings: ServeSettings) -> int:
        started.append(settings)
        return 0

    monkeypatch.setattr(command_line, "run", run)
    return started


def test_printers_and_their_ports_are_named(served, tmp_path):
    arguments = ["serve", "--printer", "kitchen-1=9100", "--printer", "bar-1=0", "--paper"]
    assert command_line.main([*arguments, str(tmp_path)]) == 0
    (settings,) = served
    assert settings.printers == [
        PrinterAt("kitchen-1", Place(9100)),
        PrinterAt("bar-1", Place()),
    ]
    assert (settings.control, settings.host, settings.speed) == (9180, "127.0.0.1", 250.0)
    assert (settings.columns, settings.second, settings.png) == (None, "block", True)


def test_a_printer_may_be_behind_a_device_file(served, tmp_path):
    arguments = ["serve", "--printer", "usb=pty:/tmp/usb", "--printer", "lp=fifo:/tmp/a:b"]
    command_line.main([*arguments, "--paper", str(tmp_path)])
    (settings,) = served
    assert settings.printers == [
        PrinterAt("usb", Place(pty=Path("/tmp/usb"))),
        PrinterAt("lp", Place(fifo=Path("/tmp/a:b"))),
    ]


def test_models_are_named_for_one_printer_or_for_all(served, tmp_path):
    arguments = ["serve", "--printer", "a=1", "--printer", "b=2,tm-u220", "--model", "tm-m30"]
    command_line.main([*arguments, "--enpc", "b=3289", "--paper", str(tmp_path)])
    (settings,) = served
    assert settings.printers == [
        PrinterAt("a", Place(1), "tm-m30"),
        PrinterAt("b", Place(2), "tm-u220", 3289),
    ]


def test_a_printer_may_be_narrower_or_wider_than_its_model(served, tmp_path):
    arguments = ["serve", "--printer", "a=1,tm-u220,42", "--printer", "b=2,32", "--printer", "c=3"]
    command_line.main([*arguments, "--paper", str(tmp_path)])
    (settings,) = served
    assert [(one.model, one.columns) for one in settings.printers] == [
        ("tm-u220", 42),
        (None, 32),
        (None, None),
    ]


def test_everything_else_can_be_chosen(served, tmp_path):
    arguments = ["serve", "--printer", "a=1", "--paper", str(tmp_path), "--speed", "inf"]
    command_line.main([*arguments, "--paper-width", "58", "--second", "refuse", "--no-png"])
    (settings,) = served
    assert settings.speed == math.inf
    assert (settings.columns, settings.second, settings.png) == (32, "refuse", False)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--printer", "kitchen"),
        ("--printer", "../up=9100"),
        ("--printer", "a=70000"),
        ("--printer", "a=x"),
        ("--printer", "a=pty:"),
        ("--printer", "a=1,tm-t99"),
        ("--model", "tm-t99"),
        ("--enpc", "3289"),
        ("--printer", "a=usb:/tmp/a"),
        ("--control", "-1"),
        ("--speed", "0"),
        ("--speed", "nan"),
        ("--speed", "fast"),
    ],
)
def test_nonsense_is_refused(served, tmp_path, option, value, capsys):
    arguments = ["serve", "--printer", "a=1", "--paper", str(tmp_path), f"{option}={value}"]
    with pytest.raises(SystemExit):
        command_line.main(arguments)
    assert option in capsys.readouterr().err
    assert not served


def test_an_address_that_is_no_url_is_told(capsys):
    assert command_line.main(["status", "--control", "localhost:9180"]) == 1
    assert "no http address" in capsys.readouterr().err


def test_help_lists_every_fault(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["fault", "--help"])
    assert "power-cycle" in capsys.readouterr().out
