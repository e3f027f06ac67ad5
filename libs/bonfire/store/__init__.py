"""One SQLite file, one connection, one writer: what is committed here survives a power cut.

Work of several callers shares one transaction. Its statements run in the event loop, where they
cost microseconds; only COMMIT, which waits for the disk, runs in a thread. Measured against a
transaction each and against a writer thread: `make bench`, docs/adr/0001.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from bonfire.errors import Permanent, Reason, Retryable
from bonfire.store.migrations import Migration, NewerStore, migrate, version_of

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING: Final = 4_096
MOST_TOGETHER: Final = 256
PROBE_AFTER_S: Final = 1.0

TROUBLE: Final = {
    "SQLITE_FULL": Reason.STORE_FULL,
    "SQLITE_BUSY": Reason.STORE_LOCKED,
    "SQLITE_LOCKED": Reason.STORE_LOCKED,
    "SQLITE_CORRUPT": Reason.STORE_CORRUPT,
    "SQLITE_NOTADB": Reason.STORE_CORRUPT,
    "SQLITE_IOERR": Reason.STORE_IO,
    "SQLITE_READONLY": Reason.STORE_IO,
    "SQLITE_CANTOPEN": Reason.STORE_IO,
}
"""SQLite's result codes that tell of the file or its disk, not of a statement."""


class StoreError(Retryable):
    """The disk did not take it: nothing of this work is stored."""


class StoreUnusable(Permanent):
    """The file cannot be opened; the message says why and what a person can do."""


@dataclass(slots=True)
class _Entry:
    work: Callable[[sqlite3.Connection], Any]
    settled: asyncio.Future[None]
    result: Any = None
    error: Exception | None = None


class Store:
    """`transact` is the whole interface: a function of the connection, run in a transaction."""

    def __init__(
        self, path: Path, migrations: Sequence[Migration], probe_after_s: float = PROBE_AFTER_S
    ) -> None:
        self._path = path
        self._migrations = migrations
        self._probe_after_s = probe_after_s
        self._waiting: deque[_Entry] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None
        self.problem: Reason | None = None
        """Why the last write failed; None while the disk takes what it is given."""

    def open(self) -> None:
        """Lock, open and upgrade the file. Raises `StoreUnusable`."""
        self._lock = _lock(self._path)
        try:
            self._db = _connect(self._path, self._migrations)
        except StoreUnusable:
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
        await entry.settled
        if entry.error is not None:
            raise entry.error
        result: T = entry.result
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
        while self._waiting or not self._closing:
            try:
                async with asyncio.timeout(self._probe_after_s if self.problem else None):
                    await self._arrived.wait()
            except TimeoutError:
                await self._probe()
            self._arrived.clear()
            while self._waiting:
                most = min(len(self._waiting), MOST_TOGETHER)
                await self._together([self._waiting.popleft() for _ in range(most)])

    async def _together(self, entries: list[_Entry]) -> None:
        try:
            if self._execute(entries):
                await self._in_thread(self._db.commit)
                self._note(None)
            else:
                self._db.commit()  # nothing to write: this does not touch the disk
        except sqlite3.Error as error:
            self._undo(entries, error)
        for entry in entries:
            if not entry.settled.done():  # its caller may have been cancelled
                entry.settled.set_result(None)

    async def _probe(self) -> None:
        """Try the disk again; whoever sees us unready may send nothing that would."""
        try:
            await self._in_thread(partial(_rewrite_version, self._db))
            self._note(None)
        except sqlite3.Error as error:
            self._note(reason_of(error))

    async def _in_thread(self, write: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, write)

    def _execute(self, entries: list[_Entry]) -> bool:
        """Run every work, each in a savepoint of its own; True if rows were written."""
        before = self._db.total_changes
        self._db.execute("BEGIN IMMEDIATE")
        for entry in entries:
            self._db.execute("SAVEPOINT work")
            try:
                entry.result = entry.work(self._db)
            except Exception as error:
                if not self._db.in_transaction or _trouble(error) is not None:
                    raise _as_sqlite(error) from error  # the disk's trouble is everybody's
                self._db.execute("ROLLBACK TO work")
                entry.error = error
            self._db.execute("RELEASE work")
        return self._db.total_changes != before

    def _undo(self, entries: list[_Entry], error: sqlite3.Error) -> None:
        with suppress(sqlite3.Error):  # the failed statement may have rolled back already
            self._db.rollback()
        self._note(reason_of(error))
        for entry in entries:
            entry.error = StoreError(reason_of(error), f"{self._path.name}: {error}")

    def _note(self, problem: Reason | None) -> None:
        """Remember how the last write went, and log it where that is news."""
        if problem is self.problem:
            return
        self.problem = problem
        if problem is None:
            log.info(
                "the disk takes writes again",
                extra={"event": "store.recovered", "store": self._path.name},
            )
        else:
            log.error(
                "the disk does not take it; nothing new is stored until it does",
                extra={
                    "event": "store.refused",
                    "store": self._path.name,
                    "reason": problem.value,
                },
            )


def reason_of(error: sqlite3.Error) -> Reason:
    """The reason behind SQLite's result code."""
    return _trouble(error) or Reason.STORE_IO


def _trouble(error: Exception) -> Reason | None:
    """What is wrong with the file or its disk, if that is what the error tells of."""
    name = getattr(error, "sqlite_errorname", "")
    return TROUBLE.get("_".join(name.split("_")[:2]))


def _as_sqlite(error: Exception) -> sqlite3.Error:
    if isinstance(error, sqlite3.Error):
        return error
    return sqlite3.ProgrammingError(f"a work ended the shared transaction: {error}")


def _connect(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    with ExitStack() as opened:
        try:
            # Used by the loop and by the commit thread, never by both at once.
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
            opened.enter_context(closing(db))
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "mmap_size=0",
                "cache_size=-512",  # kB: what is in use are the newest rows
            ):
                db.execute(f"PRAGMA {pragma}")
            migrate(db, migrations)
        except sqlite3.Error as error:
            raise StoreUnusable(reason_of(error), _advice(path, error)) from error
        except NewerStore as error:
            raise StoreUnusable(error.reason, f"{path}: {error.detail}") from error
        opened.pop_all()
        return db


def _rewrite_version(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA user_version={version_of(db)}")  # the same value, and yet a page written


def _lock(path: Path) -> int:
    """One writer per file, also across processes: SQLite's own locks are taken too late."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)  # it holds guests' addresses; its -wal file gets the same mode
        handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(
            Reason.STORE_IO,
            f"cannot create {path}: {error.strerror}: {error.filename}. Is the folder writable?",
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
