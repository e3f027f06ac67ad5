"""The runs of one service in its store: how each ended, so that the next start can tell.

A run without an ending, other than the present one, ended without a word.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypedDict

from bonfire import __version__, teller
from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.identity import Identity
from bonfire.inbox import until_on_disk
from bonfire.messages import Ending, ServiceEvent, ServiceEventType
from bonfire.store import Store, StoreError

log = logging.getLogger(__name__)

SCHEMA: Final = """
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    version    TEXT NOT NULL,
    started_at REAL NOT NULL,
    seen_at    REAL NOT NULL,           -- its last sign of life
    ending     TEXT,                    -- unknown while it runs, and for ever where it crashed
    reason     TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT ''
);
"""

TOUCH_EVERY_S: Final = 15.0
KEEP: Final = 200


class _Before(TypedDict):
    before: Ending
    reason: str
    detail: str
    away_s: float | None


class Runs:
    """The present run: `run` is its task, `stopping` and `ended` are its last words."""

    def __init__(
        self, identity: Identity, store: Store, clock: Clock, woke: Callable[[int], None]
    ) -> None:
        """`woke` is told how many events a commit has put into the outbox."""
        self._identity = identity
        self._store = store
        self._clock = clock
        self._woke = woke
        self._id: int | None = None
        self._begun = False

    async def run(self) -> None:
        """Tell that it started, and how the run before ended; then leave signs of life."""
        if not self._begun:
            await until_on_disk(self._begin, self._clock)
        while True:
            await self._clock.sleep(TOUCH_EVERY_S)
            with suppress(StoreError):  # the store tells people; the next one comes soon
                await self._store.transact(self._touch)

    async def stopping(self, reason: Reason | None = None, detail: str = "") -> None:
        """Tell that it stops. Raises `StoreError`."""
        if not self._begun:  # the disk has not taken its start
            return
        event = ServiceEvent(
            type=ServiceEventType.STOPPING,
            reason=reason.value if reason else "",
            detail=detail,
            **self._identity.sign(self._clock.now()),
        )
        await self._store.transact(partial(teller.put, event=event))
        self._woke(1)

    async def ended(self, ending: Ending, reason: Reason | None = None, detail: str = "") -> None:
        """Write down how it ended, as the last word into the store. Raises `StoreError`."""
        await self._store.transact(
            partial(self._end, ending=ending, reason=reason.value if reason else "", detail=detail)
        )

    async def _begin(self) -> None:
        event = await self._store.transact(self._start)
        self._begun = True
        self._woke(1)
        log.info(
            "a run begins",
            extra={
                "event": "run.began",
                "before": event.before.value,
                "reason": event.reason,
                "away_s": event.away_s,
            },
        )

    def _start(self, db: sqlite3.Connection) -> ServiceEvent:
        now = self._clock.now()
        before = db.execute(
            "SELECT ending, reason, detail, seen_at FROM runs ORDER BY id DESC LIMIT 1"
        ).fetchone()
        stamp = now.timestamp()
        event = ServiceEvent(
            type=ServiceEventType.STARTED,
            **_ended_before(before, stamp),
            **self._identity.sign(now),
        )
        self._id = db.execute(
            "INSERT INTO runs (version, started_at, seen_at) VALUES (?, ?, ?)",
            (__version__, stamp, stamp),
        ).lastrowid
        db.execute("DELETE FROM runs WHERE id <= ?", ((self._id or 0) - KEEP,))
        teller.put(db, event)
        return event

    def _touch(self, db: sqlite3.Connection) -> None:
        stamp = self._clock.now().timestamp()
        db.execute("UPDATE runs SET seen_at = ? WHERE id = ?", (stamp, self._id))

    def _end(self, db: sqlite3.Connection, ending: Ending, reason: str, detail: str) -> None:
        db.execute(
            "UPDATE runs SET seen_at = ?, ending = ?, reason = ?, detail = ? WHERE id = ?",
            (self._clock.now().timestamp(), ending, reason, detail, self._id),
        )


def _ended_before(row: tuple[Any, ...] | None, now: float) -> _Before:
    """What the row of the run before tells; there is none before the first."""
    if row is None:
        return _Before(before=Ending.NONE, reason="", detail="", away_s=None)
    ending, reason, detail, seen_at = row
    return _Before(
        before=Ending(ending) if ending else Ending.CRASHED,
        reason=reason,
        detail=detail,
        away_s=max(0.0, now - seen_at),
    )
