"""The command `notifier`, as a person types it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mail_sink import MailSink
from notifier.command_line import main
from notifier.domain.incidents import IncidentType
from tests.support.notifier_site import settings_in

UNUSABLE = 78


@contextmanager
def sink_beside() -> Iterator[MailSink]:
    """A mail sink on a loop of its own, since the command runs one too."""
    ready, done = threading.Event(), threading.Event()
    sinks: list[MailSink] = []

    async def serve() -> None:
        async with MailSink() as sink:
            sinks.append(sink)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield sinks[0]
    finally:
        done.set()
        thread.join()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return settings_in(tmp_path, 1).config


@pytest.mark.parametrize("type_", IncidentType)
@pytest.mark.parametrize("language", ["de", "en"])
def test_preview_shows_each_mail_and_writes_its_html(config, tmp_path, capsys, type_, language):
    page = tmp_path / "mail.html"
    words = ["preview", type_.value, "--language", language, "--config", str(config)]
    assert main([*words, "--html", str(page)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Subject: ")
    assert "Gasthaus Bosco Altstadt" in told
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_preview_shows_the_end_and_other_reasons_too(config, capsys):
    words = ["preview", "printer_lost", "--config", str(config)]
    assert main([*words, "--phase", "end"]) == 0
    assert "druckt wieder" in capsys.readouterr().out
    assert main([*words, "--reason", "cover_open"]) == 0
    assert "Deckel offen" in capsys.readouterr().out


def test_preview_says_where_it_cannot_write(config, tmp_path, capsys):
    words = ["preview", "printer_lost", "--config", str(config)]
    assert main([*words, "--html", str(tmp_path / "no" / "folder")]) == UNUSABLE
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("person", ["Berta Bosco", "berta bosco", "BERTA@bosco.example"])
def test_test_sends_one_mail_and_says_the_servers_word(tmp_path, capsys, person):
    with sink_beside() as sink:
        config = settings_in(tmp_path, sink.port).config
        assert main(["test", person, "--config", str(config)]) == 0
        (mail,) = sink.mails
    assert mail.recipients == ("berta@bosco.example",)
    assert "Probe" in mail.subject
    assert "250 2.0.0" in capsys.readouterr().out


def test_test_says_why_a_server_did_not_take_it(config, capsys):
    assert main(["test", "Head Chef", "--config", str(config)]) == 1
    assert "did not take a mail to chef@bosco.example" in capsys.readouterr().out


def test_test_knows_only_people_of_the_configuration(config, capsys):
    assert main(["test", "Nobody", "--config", str(config)]) == UNUSABLE
    assert "known: Berta Bosco, Head Chef" in capsys.readouterr().err


def test_test_needs_a_mail_server_in_the_configuration(tmp_path, capsys):
    config = settings_in(tmp_path, None).config
    assert main(["test", "Head Chef", "--config", str(config)]) == UNUSABLE
    assert "no [mail]" in capsys.readouterr().err


def test_test_says_that_its_password_cannot_be_read(config, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("BONFIRE_SMTP_PASSWORD_FILE", str(tmp_path / "none"))
    assert main(["test", "Head Chef", "--config", str(config)]) == UNUSABLE
    assert "BONFIRE_SMTP_PASSWORD_FILE" in capsys.readouterr().err


def test_a_configuration_that_is_none_is_told(tmp_path, capsys):
    assert main(["preview", "printer_lost", "--config", str(tmp_path / "none")]) == UNUSABLE
    assert "none" in capsys.readouterr().err
