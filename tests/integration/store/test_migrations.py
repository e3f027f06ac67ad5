"""The numbered SQL files of every service, and how they are found."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bonfire import outbox, runs
from bonfire.broker import Outgoing
from bonfire.store.migrations import migrate, read_migrations, version_of

SERVICES = (
    "order_ingest.ledger.migrations",
    "print_agent.journal.migrations",
    "notifier.history.migrations",
)
OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "numbered_for_a_test"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    return folder


def write(folder: Path, *names: str) -> str:
    for name in names:
        (folder / name).write_text(f"CREATE TABLE t{name.split('_')[0]} (a);", "utf-8")
    return folder.name


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_make_an_empty_file_usable(service: str, tmp_path: Path):
    migrations = read_migrations(service)
    with closing(sqlite3.connect(tmp_path / "empty.db", isolation_level=None)) as db:
        migrate(db, migrations)
        assert version_of(db) == len(migrations) > 0
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        migrate(db, migrations)  # nothing is missing any more
        assert version_of(db) == len(migrations)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("table", "schema"), [("outbox", outbox.SCHEMA), ("runs", runs.SCHEMA)])
def test_the_shared_tables_of_a_service_are_those_that_the_library_reads(
    service: str, table: str, schema: str
):
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as ours,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as theirs,
    ):
        ours.executescript(schema)
        migrate(theirs, read_migrations(service))
        expected = set(ours.execute(OBJECTS, (table,)))
        assert expected
        assert set(theirs.execute(OBJECTS, (table,))) == expected


def test_the_events_that_an_older_agent_left_behind_move_to_their_own_lane():
    first, *later = read_migrations("print_agent.journal.migrations")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, [first])
        message = Outgoing("bonfire.events", "oslo.job.printed", b"{}")
        outbox.put(db, "events", message, 0.0)
        migrate(db, [first, *later])
        assert db.execute("SELECT lane FROM outbox").fetchall() == [("@events",)]


def test_migrations_come_in_the_order_of_their_numbers(package: Path):
    name = write(package, "0002_more.sql", "0001_first.sql", "0003_most.sql", "readme_not.txt")
    found = read_migrations(name)
    assert [migration.number for migration in found] == [1, 2, 3]
    assert found[1].sql == "CREATE TABLE t0002 (a);"


@pytest.mark.parametrize(
    "names",
    [
        ("0002_no_first.sql",),
        ("0001_first.sql", "0003_gap.sql"),
        ("0001_first.sql", "0002_twin.sql", "0002_two.sql"),
        ("0000_zero.sql", "0001_first.sql"),
        ("0001_first.sql", "second.sql"),
    ],
)
def test_migrations_with_a_gap_or_without_a_number_are_refused(
    package: Path, names: tuple[str, ...]
):
    name = write(package, *names)
    with pytest.raises(ValueError, match="are not numbered 0001, 0002, 0003"):
        read_migrations(name)
