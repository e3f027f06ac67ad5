"""Commands of `print-agent` beside a journal: of this release, of another, damaged or none."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bonfire.clock import SystemClock
from bonfire.config import TcpAddress
from bonfire.lifecycle import UNUSABLE
from bonfire.messages import Confirmation
from bonfire.store import Store
from bonfire.store.migrations import migrate, read_migrations, version_of
from print_agent.journal import MIGRATIONS, Journal, KnownPrinter
from print_agent.printers import PrinterSettings
from print_agent.printers.tcp import TcpPrinter
from tests.integration.agent.configuration import write_config
from tests.integration.agent.conftest import Run
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job
from virtual_printer import VirtualPrinter


async def remember(data: Path, printers: dict[str, VirtualPrinter]) -> None:
    """A journal like that of an agent which has met these printers."""
    store = Store(data / "journal.db", read_migrations(MIGRATIONS))
    store.open()
    journal = Journal(store, "altstadt", lambda _lane, _messages: None)
    for name, printer in printers.items():
        settings = PrinterSettings(name, TcpAddress("127.0.0.1", printer.port))
        session = await TcpPrinter(settings, SystemClock()).connect()
        who = await session.identify()
        assert who is not None
        await journal.remember_printer(name, KnownPrinter(who, Confirmation.PROCESS_ID))
        await session.close()
    await store.close()


async def test_doctor_finds_two_printers_that_were_exchanged_by_what_the_agent_remembers(
    run: Run,
    kitchen: VirtualPrinter,
    bar: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    data = tmp_path / "data"
    await remember(data, {KITCHEN: kitchen, BAR: bar})
    assert await run("doctor", "--data", str(data)) == 0
    write_config(tmp_path, bar.port, kitchen.port)
    assert await run("doctor", "--data", str(data)) == 1
    told = capsys.readouterr().out
    assert "It is bar-1" in told
    assert "It is kitchen-1" in told


async def test_doctor_without_a_journal_to_read_says_so_and_looks_at_the_printers(
    run: Run, kitchen: VirtualPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    kitchen.set_fault("cover-open")
    assert await run("doctor", "--data", str(tmp_path / "nowhere")) == 1
    told = capsys.readouterr()
    assert "the cover is open. Close the lid until it clicks." in told.out
    assert f"{BAR} at 127.0.0.1:" in told.out
    assert "cannot read the agent's journal" in told.err
    assert "exchanged printers were not looked for" in told.err


async def test_doctor_of_good_printers_is_not_content_with_a_journal_that_is_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "journal.db").write_bytes(b"no database at all " * 100)
    monkeypatch.setenv("BONFIRE_DATA", str(tmp_path))
    assert await run("doctor") == 1
    told = capsys.readouterr()
    assert told.out.count("ready.") == 2
    assert "cannot read the agent's journal" in told.err


def journal_of_version(folder: Path, version: int) -> Path:
    """Made by as many migrations, with the kitchen's printer where there is a table for it."""
    journal = folder / "journal.db"
    with closing(sqlite3.connect(journal, isolation_level=None)) as db:
        migrate(db, read_migrations(MIGRATIONS)[:version])
        if version:
            db.execute(
                "INSERT INTO printers (id, maker, model, serial, firmware)"
                " VALUES (?, 'EPSON', 'TM-T20III', 'X5T1', '1.06')",
                (KITCHEN,),
            )
    return journal


EARLIER = range(len(read_migrations(MIGRATIONS)))


@pytest.mark.parametrize("version", EARLIER)
async def test_doctor_beside_the_journal_of_an_older_release_looks_and_says_how_to_go_on(
    run: Run,
    kitchen: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    version: int,
):
    journal = journal_of_version(tmp_path, version)
    before = journal.read_bytes()
    kitchen.set_fault("cover-open")
    assert await run("doctor", "--data", str(tmp_path), "--report", "report.md") == 1
    told = capsys.readouterr()
    assert "the cover is open. Close the lid until it clicks." in told.out
    assert f"{BAR} at 127.0.0.1:" in told.out
    assert told.err == (
        f"print-agent: cannot read the agent's journal {journal}: it is older than this release. "
        "Start this release's agent once, which upgrades it, and run this again; exchanged "
        "printers were not looked for\n"
    )
    assert journal.read_bytes() == before, "only the agent itself may upgrade it"
    assert "the cover is open" in (tmp_path / "report.md").read_text("utf-8")


async def test_doctor_beside_the_journal_of_a_newer_release_names_that_one(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with closing(sqlite3.connect(journal_of_version(tmp_path, len(EARLIER)))) as db:
        db.execute(f"PRAGMA user_version={len(EARLIER) + 1}")
    assert await run("doctor", "--data", str(tmp_path)) == 1
    told = capsys.readouterr()
    assert told.out.count("ready.") == 2
    assert "a newer release wrote it. Use that release's print-agent;" in told.err


async def test_doctor_looks_at_the_printers_also_where_only_a_part_of_the_journal_is_damaged(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with closing(sqlite3.connect(journal_of_version(tmp_path, len(EARLIER)))) as db:
        db.execute("DROP TABLE attempts")
    assert await run("doctor", "--data", str(tmp_path)) == 1
    told = capsys.readouterr()
    assert told.out.count("ready.") == 2
    assert "cannot read the agent's journal" in told.err


@pytest.mark.parametrize("version", EARLIER)
async def test_a_journal_of_an_older_release_forgets_its_printers_and_is_upgraded(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: int
):
    journal = journal_of_version(tmp_path, version)
    assert await run("forget-printers", "--data", str(tmp_path)) == 0
    known = f"forgotten: {KITCHEN}\n" if version else "no printer was known\n"
    assert capsys.readouterr().out == known
    assert await run("doctor", "--data", str(tmp_path)) == 0
    with closing(sqlite3.connect(journal)) as db:
        assert version_of(db) == len(EARLIER)


async def test_a_journal_of_a_newer_release_forgets_nothing_and_names_that_one(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with closing(sqlite3.connect(journal_of_version(tmp_path, len(EARLIER)))) as db:
        db.execute(f"PRAGMA user_version={len(EARLIER) + 1}")
    assert await run("forget-printers", "--data", str(tmp_path)) == UNUSABLE
    told = capsys.readouterr().err
    assert "a newer release wrote it" in told
    assert "start that release again, or a newer one" in told


async def test_forgotten_printers_are_named_and_gone(
    run: Run, rig: Rig, capsys: pytest.CaptureFixture[str]
):
    await rig.send(job("A1"), job("A1", BAR))
    await rig.stop()
    assert await run("forget-printers", "--data", str(rig.folder)) == 0
    assert capsys.readouterr().out == "forgotten: bar-1, kitchen-1\n"
    assert await run("forget-printers", "--data", str(rig.folder)) == 0
    assert capsys.readouterr().out == "no printer was known\n"
    assert rig.rows("SELECT count(*) FROM jobs")[0][0] == 2


async def test_while_an_agent_runs_nothing_is_forgotten_and_the_message_says_what_to_do(
    run: Run, rig: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    await rig.send(job("A1"))
    monkeypatch.setenv("BONFIRE_DATA", str(rig.folder))
    assert await run("forget-printers") == UNUSABLE
    assert capsys.readouterr().err == (
        f"print-agent: an agent is running on {rig.folder / 'journal.db'}: stop it, run this "
        "again, then start it again\n"
    )
    assert set(await rig.journal.known_printers()) == {KITCHEN}


async def test_where_there_is_no_journal_none_is_made(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert await run("forget-printers", "--data", str(tmp_path)) == UNUSABLE
    assert capsys.readouterr().err == f"print-agent: there is no journal {tmp_path}/journal.db\n"
    assert os.listdir(tmp_path) == ["bonfire.toml"]


async def test_a_damaged_journal_is_said_to_be_damaged(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "journal.db").write_bytes(b"no database" * 1_000)
    assert await run("forget-printers", "--data", str(tmp_path)) == UNUSABLE
    assert "is damaged" in capsys.readouterr().err


async def test_without_a_folder_the_missing_variable_is_named(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("forget-printers") == UNUSABLE
    assert capsys.readouterr().err == "print-agent: BONFIRE_DATA is not set\n"


async def test_its_help_says_when_to_use_it(run: Run, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        await run("forget-printers", "--help")
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "After you have exchanged printers on purpose" in told
    assert "stop the agent" in told
