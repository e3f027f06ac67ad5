"""Messages that are committed with the change they tell of, and published until confirmed.

Each lane is published first in, first out, the next message only after the confirm of the one
before (P7); lanes run side by side. A publish without an answer may have been stored, so it is
repeated before anything later of its lane: whoever consumes must know a message again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from bonfire.broker import Broker, BrokerUnavailable, Outgoing
from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Reason, Retryable
from bonfire.store import Store, StoreError
from bonfire.tasks import TaskFunction

log = logging.getLogger(__name__)

SCHEMA: Final = """
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    lane        TEXT NOT NULL,
    exchange    TEXT NOT NULL,
    routing_key TEXT NOT NULL,
    headers     TEXT NOT NULL,
    body        BLOB NOT NULL,
    created_at  REAL NOT NULL
);
CREATE INDEX outbox_lane ON outbox (lane, id);
"""

READ_TOGETHER: Final = 64
# Confirmed rows are deleted together a moment later: after a crash the message is published
# once more, which costs a consumer one look at its journal; a commit each would cost a disk write.
DELETE_AFTER_S: Final = 0.05
FIRST_DELAY_S: Final = 0.2
MOST_DELAY_S: Final = 5.0


class OutboxMetrics(Protocol):
    """What an outbox tells of itself."""

    def published(self, lane: str, seconds: float) -> None: ...
    def failed(self, lane: str, reason: Reason) -> None: ...
    def waiting(self, lane: str, messages: int) -> None: ...


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    message: Outgoing


class _Lane:
    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.published = asyncio.Event()
        self.published.set()
        self.waiting = 0
        self.last_id = 0  # the newest that the broker has confirmed

    def set_waiting(self, messages: int) -> None:
        self.waiting = max(0, messages)
        if self.waiting:
            self.published.clear()
        else:
            self.published.set()


def put(db: sqlite3.Connection, lane: str, message: Outgoing, created_at: float) -> None:
    """Add a message in the caller's transaction; call `Outbox.wake` once that is committed."""
    db.execute(
        "INSERT INTO outbox (lane, exchange, routing_key, headers, body, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            lane,
            message.exchange,
            message.routing_key,
            json.dumps(dict(message.headers)),
            message.body,
            created_at,
        ),
    )


class Outbox:
    """Publishes what `put` stored; `serve` gives one coroutine function per task to run."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        clock: Clock,
        lanes: Iterable[str],
        metrics: OutboxMetrics,
        rng: random.Random,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._metrics = metrics
        self._rng = rng
        self._lanes = {lane: _Lane() for lane in lanes}
        self._confirmed: list[int] = []
        self._deletable = asyncio.Event()
        self._reconnected = asyncio.Event()
        broker.on_connected(self._connected)

    @property
    def waiting(self) -> int:
        """How many committed messages the broker has not confirmed yet."""
        return sum(lane.waiting for lane in self._lanes.values())

    async def load(self) -> None:
        """Find what an earlier run left behind; lanes that no longer exist are published too."""
        for lane, count in await self._store.transact(_count):
            self._lanes.setdefault(lane, _Lane())
            self._add(lane, count)

    def wake(self, lane: str, added: int = 1) -> None:
        """Messages were committed to this lane."""
        self._add(lane, added)

    async def wait_published(self, lane: str, seconds: float) -> bool:
        """Until the broker has everything of this lane, or the seconds are over; has it all?"""
        return await wait_at_most(self._clock, self._lanes[lane].published, seconds)

    def tasks(self) -> dict[str, TaskFunction]:
        """Name and coroutine function of every task that must run, after `load`.

        Each may be started again after it died: it goes on with what it had in hand.
        """
        lanes = {f"outbox {lane}": partial(self._publish_lane, lane) for lane in self._lanes}
        return {**lanes, "outbox deletion": self._delete_confirmed}

    def _connected(self) -> None:
        """Wake every lane that waits; who begins to wait from now on waits for the next time."""
        self._reconnected.set()
        self._reconnected = asyncio.Event()

    def _add(self, lane: str, added: int) -> None:
        self._set(lane, self._lanes[lane].waiting + added)
        if added > 0:
            self._lanes[lane].wake.set()

    def _set(self, lane: str, waiting: int) -> None:
        self._lanes[lane].set_waiting(waiting)
        self._metrics.waiting(lane, self._lanes[lane].waiting)

    async def _publish_lane(self, name: str) -> None:
        lane = self._lanes[name]
        try:
            while True:
                await lane.wake.wait()
                lane.wake.clear()
                await self._publish_waiting(name, lane)
        finally:
            lane.wake.set()  # perhaps we leave something, and whoever comes next has to look

    async def _publish_waiting(self, name: str, lane: _Lane) -> None:
        while rows := await self._read(name, lane.last_id):
            for row in rows:
                await self._publish(name, row.message)
                lane.last_id = row.id
                self._confirmed.append(row.id)
                self._deletable.set()
                self._add(name, -1)
        self._set(name, 0)  # also where a wake counted what was then rolled back

    async def _read(self, lane: str, after: int) -> Sequence[_Row]:
        while True:
            try:
                return await self._store.transact(partial(_next_rows, lane=lane, after=after))
            except StoreError as error:
                self._metrics.failed(lane, error.reason)
                await self._clock.sleep(MOST_DELAY_S)

    async def _publish(self, lane: str, message: Outgoing) -> None:
        """Return once the broker has it, however long that takes."""
        delay = FIRST_DELAY_S
        told: Reason | None = None
        while True:
            started = self._clock.monotonic()
            reconnected = self._reconnected
            try:
                await self._broker.publish(message)
            except Retryable as error:
                self._metrics.failed(lane, error.reason)
                told = _tell(lane, error, told)
                await self._pause(error, delay, reconnected)
                delay = min(delay * 2, MOST_DELAY_S)
            else:
                self._metrics.published(lane, self._clock.monotonic() - started)
                return

    async def _pause(self, error: Retryable, delay: float, reconnected: asyncio.Event) -> None:
        jittered = delay * self._rng.uniform(0.75, 1.25)
        if isinstance(error, BrokerUnavailable):
            await wait_at_most(self._clock, reconnected, jittered)
        else:
            await self._clock.sleep(jittered)

    async def _delete_confirmed(self) -> None:
        try:
            while True:
                await self._deletable.wait()
                await self._clock.sleep(DELETE_AFTER_S)
                self._deletable.clear()
                if not await self._delete():
                    await self._clock.sleep(MOST_DELAY_S)
                    self._deletable.set()
        finally:
            if self._confirmed:  # or the next start would publish them once more
                self._deletable.set()
                await self._delete()

    async def _delete(self) -> bool:
        ids = tuple(self._confirmed)
        try:
            await self._store.transact(partial(_delete, ids=ids))
        except StoreError:  # they stay, and are deleted with the next ones
            return False
        del self._confirmed[: len(ids)]
        return True


def _tell(lane: str, error: Retryable, told: Reason | None) -> Reason:
    """Log why a publish is repeated, once; of a lost connection the broker tells itself."""
    if error.reason is not told and not isinstance(error, BrokerUnavailable):
        log.warning(
            "a publish failed and is repeated until the broker confirms it",
            extra={"event": "outbox.retry", "lane": lane, "reason": error.reason.value},
        )
    return error.reason


def _count(db: sqlite3.Connection) -> list[tuple[str, int]]:
    return db.execute("SELECT lane, count(*) FROM outbox GROUP BY lane").fetchall()


def _next_rows(db: sqlite3.Connection, lane: str, after: int) -> list[_Row]:
    rows = db.execute(
        "SELECT id, exchange, routing_key, body, headers FROM outbox"
        " WHERE lane = ? AND id > ? ORDER BY id LIMIT ?",
        (lane, after, READ_TOGETHER),
    )
    return [
        _Row(number, Outgoing(exchange, key, body, json.loads(headers)))
        for number, exchange, key, body, headers in rows
    ]


def _delete(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    db.executemany("DELETE FROM outbox WHERE id = ?", [(number,) for number in ids])
