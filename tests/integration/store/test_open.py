"""Opening a store: its file, its lock, and every way in which that can fail."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bonfire.errors import Reason
from bonfire.store import Store, StoreError, StoreUnusable
from bonfire.store.migrations import Migration
from tests.support.notes import NOTES, add, count, on_disk, texts, use

HOLD_THE_LOCK = """
import fcntl, sys
handle = open(sys.argv[1], "w")
fcntl.flock(handle, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def refused(path: Path, migrations: Sequence[Migration] = (NOTES,)) -> StoreUnusable:
    with pytest.raises(StoreUnusable) as caught:
        Store(path, migrations).open()
    assert str(path) in caught.value.detail
    return caught.value


def fill(path: Path, *notes: str, migrations: Sequence[Migration] = (NOTES,)) -> None:
    use(path, *(add(text) for text in notes), of=migrations)


def test_the_folder_is_made_and_nobody_else_may_read_the_file(tmp_path: Path):
    path = tmp_path / "var" / "lib" / "notes.db"

    def modes(_: sqlite3.Connection) -> dict[str, int]:
        return {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    found = use(path, add("Anna Huber, Gartenstr. 5"), modes, of=[NOTES])
    assert found == dict.fromkeys(
        ("notes.db", "notes.db-wal", "notes.db-shm", "notes.db.lock"), 0o600
    )


def test_what_was_stored_is_there_after_reopening(path: Path):
    fill(path, "a", "b")
    fill(path, "c")
    assert on_disk(path) == ["a", "b", "c"]


def test_a_file_that_another_process_uses_is_refused_until_that_one_ends(path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, f"{path}.lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        error = refused(path)
        other.kill()
    assert error.reason is Reason.STORE_LOCKED
    assert "in use by another process: stop that one first" in error.detail
    fill(path, "a")


async def test_the_same_file_cannot_be_opened_twice_in_one_process(path: Path):
    store = Store(path, [NOTES])
    store.open()
    assert refused(path).reason is Reason.STORE_LOCKED
    assert await store.transact(add("a")) == 1
    await store.close()


def test_a_file_that_a_database_tool_is_writing_to_is_refused_and_let_go_of(path: Path):
    fill(path, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as tool:
        tool.execute("PRAGMA journal_mode=DELETE")
        tool.execute("BEGIN EXCLUSIVE")
        assert refused(path).reason is Reason.STORE_LOCKED
    fill(path, "b")


@pytest.mark.parametrize(
    "content", [b"not a database " * 500, b"SQLite format 3\0" + b"\xff" * 900]
)
def test_a_file_that_is_no_database_is_refused_with_advice_and_left_alone(
    path: Path, content: bytes
):
    path.write_bytes(content)
    error = refused(path)
    assert error.reason is Reason.STORE_CORRUPT
    assert "Move it aside, with its -wal file, and start again" in error.detail
    assert path.read_bytes() == content
    path.unlink()
    fill(path, "a fresh start")


def damage(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
        (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * page_bytes)
        file.write(b"\xff" * 64)


async def test_a_damaged_page_is_told_as_damage_and_the_rest_goes_on(path: Path):
    sound = Migration(2, "CREATE TABLE sound (a); INSERT INTO sound VALUES (1)")
    await asyncio.to_thread(fill, path, "a", migrations=[NOTES, sound])
    damage(path, "notes")
    store = Store(path, [NOTES, sound], probe_after_s=60)
    store.open()
    for work in (count, texts, add("new")):
        with pytest.raises(StoreError) as caught:
            await store.transact(work)
        assert caught.value.reason is Reason.STORE_CORRUPT
        assert store.problem is Reason.STORE_CORRUPT
    found = await store.transact(lambda db: db.execute("SELECT a FROM sound").fetchall())
    assert found == [(1,)]
    await store.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    error = refused(tmp_path / "file" / "notes.db")
    assert error.reason is Reason.STORE_IO
    assert "Is the folder writable?" in error.detail


def test_a_path_that_is_a_folder_is_told_and_let_go_of(path: Path):
    path.mkdir()
    assert refused(path).reason is Reason.STORE_IO
    path.rmdir()
    fill(path, "a")


def test_an_older_file_is_upgraded_with_what_it_holds(path: Path):
    fill(path, "old")
    upgrade = [
        NOTES,
        Migration(2, "ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 3"),
        Migration(3, "UPDATE notes SET stars = 5 -- everybody likes the old ones"),
    ]

    def stars(db: sqlite3.Connection) -> list[tuple[str, int]]:
        return db.execute("SELECT text, stars FROM notes").fetchall()

    assert use(path, add("new"), stars, of=upgrade) == [("old", 5), ("new", 3)]


def test_a_newer_file_is_refused_and_left_as_it_was(path: Path):
    fill(path, "new", migrations=[NOTES, Migration(2, "CREATE TABLE newer (a)")])
    before = path.read_bytes()
    error = refused(path)
    assert error.reason is Reason.STORE_NEWER
    assert "a newer release wrote it (version 2, this one reads 1)" in error.detail
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE half (a); INSERT INTO notes (text) VALUES ('half'); SELECT nonsense",
        "CREATE TABLE half (a); INSERT INTO notes (text) VALUES ('old')",
        "CREATE TABLE half (a); this is no SQL",
    ],
)
def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, broken: str):
    fill(path, "old")
    good = Migration(2, "CREATE TABLE kept (a)")
    refused(path, [NOTES, good, Migration(3, broken)])

    def tables(db: sqlite3.Connection) -> list[str]:
        return [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]

    assert use(path, tables, of=[NOTES, good]) == ["notes", "kept"]
    assert use(path, texts, of=[NOTES, good]) == ["old"]
