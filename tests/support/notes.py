"""A small store to test with: numbered notes, each text once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bonfire.store import Store
from bonfire.store.migrations import Migration

NOTES = Migration(1, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")

Work = Callable[[sqlite3.Connection], int]


def add(text: str) -> Work:
    """A work that writes one note and returns its number."""

    def work(db: sqlite3.Connection) -> int:
        return db.execute("INSERT INTO notes (text) VALUES (?)", (text,)).lastrowid or 0

    return work


def add_and_fail(text: str, error: BaseException) -> Work:
    def work(db: sqlite3.Connection) -> int:
        add(text)(db)
        raise error

    return work


def count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM notes").fetchone()[0])


def texts(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT text FROM notes ORDER BY id")]


def on_disk(path: Path) -> list[str]:
    """The notes as another process sees them."""
    with closing(sqlite3.connect(path)) as db:
        return texts(db)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is writing into the file, for as long as the block lasts."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


async def traced(store: Store) -> list[str]:
    """Every statement that the store's connection runs from now on."""
    statements: list[str] = []
    await store.transact(lambda db: db.set_trace_callback(statements.append))
    statements.clear()
    return statements


async def until(condition: Callable[[], bool], patience_s: float = 5.0) -> None:
    """Return as soon as the condition holds, which a thread or a peer brings about."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 -- nobody tells when it begins to hold
            await asyncio.sleep(0.001)


def use(path: Path, *works: Callable[[sqlite3.Connection], Any], of: Sequence[Migration]) -> Any:
    """Open a store, run the works one by one, close it; returns the last result."""

    async def run() -> Any:
        store = Store(path, of)
        store.open()
        try:
            return [await store.transact(work) for work in works][-1]
        finally:
            await store.close()

    return asyncio.run(run())
