"""One SQLite file, one connection, one writer: what is committed here survives a power cut.

Work of several callers shares one transaction. Its statements run in the event loop, where they
cost microseconds; only COMMIT, which waits for the disk, runs in a thread. Measured against a
transaction each and against a writer thread: `make bench`, docs/adr/0001.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from bonfire.errors import Permanent, Reason, Retryable
from bonfire.store.migrations import Migration, migrate

T = TypeVar("T")

MOST_WAITING: Final = 4_096
MOST_TOGETHER: Final = 256


class StoreError(Retryable):
    """The disk did not take it: nothing of this work is stored."""


class StoreUnusable(Permanent):
    """The file cannot be opened; the message says why and what a person can do."""


@dataclass(slots=True)
class _Entry:
    work: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Store:
    """`transact` is the whole interface: a function of the connection, run in a transaction."""

    def __init__(self, path: Path, migrations: Sequence[Migration]) -> None:
        self._path = path
        self._migrations = migrations
        self._waiting: deque[_Entry] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None
        self.problem: Reason | None = None
        """Why the last commit failed; None while the disk takes what it is given."""

    def open(self) -> None:
        """Lock, open and upgrade the file. Raises `StoreUnusable`."""
        self._lock = _lock(self._path)
        try:
            self._db = _connect(self._path)
            migrate(self._db, self._migrations)
        except sqlite3.Error as error:
            os.close(self._lock)
            raise StoreUnusable(reason_of(error), _advice(self._path, error)) from error
        except Permanent:
            self._db.close()
            os.close(self._lock)
            raise
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._writer = asyncio.create_task(self._write(), name=f"store {self._path.name}")

    async def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` and return its result once that is on disk.

        A `work` that raises is undone alone and its error is raised here. Raises `StoreError` when
        the disk refuses, and then nothing is stored. Cancelling the caller does not undo the work.
        `work` must be quick, must not await and must not end the transaction.
        """
        if self._closing or self._writer is None:
            raise StoreError(Reason.STORE_CLOSED, "the store is closed")
        if len(self._waiting) >= MOST_WAITING:
            raise StoreError(Reason.STORE_BUSY, f"{MOST_WAITING} writes wait for the disk already")
        entry = _Entry(work, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._arrived.set()
        result: T = await entry.future
        return result

    async def close(self) -> None:
        """Write what waits, then let go of the file."""
        if self._writer is None or self._closing:
            return
        self._closing = True
        self._arrived.set()
        await self._writer
        self._thread.shutdown()
        self._db.close()
        os.close(self._lock)

    async def _write(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                most = min(len(self._waiting), MOST_TOGETHER)
                await self._together([self._waiting.popleft() for _ in range(most)])
            if self._closing:
                return

    async def _together(self, entries: list[_Entry]) -> None:
        try:
            changed = self._execute(entries)
            if changed:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._thread, self._db.commit)
            else:
                self._db.rollback()
            self.problem = None
        except sqlite3.Error as error:
            self._undo(entries, error)
        for entry in entries:
            if not entry.future.done():
                _settle(entry)

    def _execute(self, entries: list[_Entry]) -> bool:
        """Run every work, each in a savepoint of its own; True if anything was written."""
        before = self._db.total_changes
        self._db.execute("BEGIN IMMEDIATE")
        for entry in entries:
            self._db.execute("SAVEPOINT work")
            try:
                entry.result = entry.work(self._db)
            except Exception as error:
                if not self._db.in_transaction:  # a full or broken disk has undone everything
                    raise _as_sqlite(error) from error
                self._db.execute("ROLLBACK TO work")
                entry.error = error
            self._db.execute("RELEASE work")
        return self._db.total_changes != before

    def _undo(self, entries: list[_Entry], error: sqlite3.Error) -> None:
        with suppress(sqlite3.Error):  # the failed statement may have rolled back already
            self._db.rollback()
        self.problem = reason_of(error)
        for entry in entries:
            entry.error = StoreError(self.problem, f"{self._path.name}: {error}")


def reason_of(error: sqlite3.Error) -> Reason:
    """The reason behind SQLite's result code."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return Reason.STORE_FULL
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Reason.STORE_LOCKED
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Reason.STORE_CORRUPT
    return Reason.STORE_IO


def _as_sqlite(error: Exception) -> sqlite3.Error:
    if isinstance(error, sqlite3.Error):
        return error
    return sqlite3.ProgrammingError(f"a work ended the shared transaction: {error}")


def _settle(entry: _Entry) -> None:
    if entry.error is None:
        entry.future.set_result(entry.result)
    else:
        entry.future.set_exception(entry.error)


def _connect(path: Path) -> sqlite3.Connection:
    # Used by the loop and by the commit thread, never by both at once.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "mmap_size=0"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _lock(path: Path) -> int:
    """One writer per file, also across processes: SQLite's own locks are taken too late."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(
            Reason.STORE_IO, f"cannot create {path}.lock: {error.strerror}. Is the folder writable?"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreUnusable(
            Reason.STORE_LOCKED, f"{path} is in use by another process: stop that one first"
        ) from error
    return handle


def _advice(path: Path, error: sqlite3.Error) -> str:
    if reason_of(error) is Reason.STORE_CORRUPT:
        return f"{path} is damaged ({error}). Move it aside, with its -wal file, and start again"
    return f"cannot open {path}: {error}"
