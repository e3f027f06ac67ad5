"""What the command line takes, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_sink import Tls
from mail_sink import __main__ as command_line
from mail_sink.serve import ServeSettings


@pytest.fixture
def served(monkeypatch) -> list[ServeSettings]:
    """The settings with which the mail server would have been started."""
    started: list[ServeSettings] = []

    def run(settings: ServeSettings) -> int:
        started.append(settings)
        return 0

    monkeypatch.setattr(command_line, "run", run)
    return started


def test_nothing_needs_to_be_said(served):
    assert command_line.main(["serve"]) == 0
    assert served == [ServeSettings(9025, 9190, "127.0.0.1", Tls.NONE, None, None, 1000)]


def test_everything_can_be_chosen(served):
    arguments = ["--smtp", "0", "--control", "1", "--host", "::1", "--tls", "starttls"]
    more = ["--login", "u:p:q", "--certificate", "ca.pem", "--most", "5"]
    command_line.main(["serve", *arguments, *more])
    assert served == [ServeSettings(0, 1, "::1", Tls.STARTTLS, ("u", "p:q"), Path("ca.pem"), 5)]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--smtp", "70000"),
        ("--control", "-1"),
        ("--tls", "ssl"),
        ("--login", "berta"),
        ("--login", ":secret"),
        ("--most", "0"),
    ],
)
def test_nonsense_is_refused(served, option, value, capsys):
    with pytest.raises(SystemExit):
        command_line.main(["serve", f"{option}={value}"])
    assert option in capsys.readouterr().err
    assert not served


def test_an_address_that_is_no_url_is_told(capsys):
    assert command_line.main(["status", "--control", "localhost:9190"]) == 1
    assert "no http address" in capsys.readouterr().err


def test_help_lists_every_fault(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["fault", "--help"])
    assert "unknown-address" in capsys.readouterr().out
