"""One connection that is made again whenever it is lost.

aio-pika's robust connection tries again at a fixed interval, which brings every print host of a
chain back in the same second, and its channels keep 4 kB for each one that was ever opened. So we
take its plain connection and that connection's own channels, and do the rest here.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from typing import Final, cast

import aiormq
from aio_pika.connection import Connection
from yarl import URL

from bonfire.broker.rabbitmq.trouble import (
    FOR_A_PERSON,
    LOST,
    no_strays,
    unavailable,
    why_not_connected,
)
from bonfire.clock import Clock
from bonfire.errors import Permanent, Reason

log = logging.getLogger(__name__)

# All of them by asyncio.timeout: the library's own timeouts go through asyncio.wait_for, which in
# Python 3.11 can lose a cancellation, and a task that was to end then runs for ever.
CONNECT_TIMEOUT_S: Final = 10.0
RPC_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 3.0
# What held this long was good: its loss starts again at the first delay, and is told anew.
GOOD_AFTER_S: Final = 10.0


class Backoff:
    """Delays that double up to a maximum, each between half and the whole of it."""

    def __init__(self, first_s: float, most_s: float, rng: random.Random) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._rng = rng
        self._next_s = first_s

    def next_s(self) -> float:
        delay_s = self._next_s
        self._next_s = min(delay_s * 2, self._most_s)
        return delay_s * self._rng.uniform(0.5, 1.0)

    def reset(self) -> None:
        self._next_s = self._first_s


class Link:
    """`keep` runs as a task for as long as the link is wanted."""

    def __init__(
        self, url: str, name: str, heartbeat_s: int, clock: Clock, backoff: Backoff
    ) -> None:
        self.name = name
        self._url = _checked(url).update_query(heartbeat=heartbeat_s)
        self._clock = clock
        self._backoff = backoff
        self._wire: aiormq.Connection | None = None
        self._up = asyncio.Event()
        self._told: set[str] = set()
        """What the log says about the present outage; empty while there is none."""

    @property
    def up(self) -> bool:
        return self._up.is_set()

    @property
    def alive(self) -> bool:
        """False a moment before `up` is, when the connection is dying."""
        return self._wire is not None and self._wire.is_opened

    async def wait_up(self) -> None:
        await self._up.wait()

    async def wait_unblocked(self) -> None:
        """Return when the broker takes messages; it blocks publishers while it lacks memory."""
        if self._wire is not None:
            await self._wire.ready()

    async def open_channel(self, *, confirms: bool = False) -> aiormq.Channel:
        """Raises `BrokerUnavailable` if there is no connection.

        With `confirms`, publishes are confirmed and unroutable ones raise.
        """
        if self._wire is None or not self._wire.is_opened:
            raise unavailable("there is no connection to the broker")
        async with asyncio.timeout(RPC_TIMEOUT_S):
            channel = await self._wire.channel(
                publisher_confirms=confirms, on_return_raises=confirms
            )
        return cast(aiormq.Channel, channel)

    async def keep(self) -> None:
        """Connect, wait until the connection is lost, and again, until cancelled."""
        while True:
            try:
                with no_strays():
                    await self._hold()
            except Exception as error:  # noqa: BLE001 -- whatever it was, we connect again
                self._tell_lost(why_not_connected(error))
            await self._clock.sleep(self._backoff.next_s())

    async def _hold(self) -> None:
        connection = Connection(self._url, client_properties={"connection_name": self.name})
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await connection.connect()
            await self._serve(_wire_of(connection))
        finally:
            # Also one that never connected: else the collector closes it, on no loop or a dead one.
            await close_quietly(connection)

    async def _serve(self, wire: aiormq.Connection) -> None:
        since = self._clock.monotonic()
        self._wire = wire
        self._tell_up()
        self._up.set()
        try:
            await wire.closing
        finally:
            self._up.clear()
            self._wire = None
            if self._clock.monotonic() - since >= GOOD_AFTER_S:
                self._backoff.reset()
        raise ConnectionError("the broker closed the connection")

    def _tell_lost(self, why: str) -> None:
        if why in self._told or (self._told and why not in FOR_A_PERSON):
            return
        self._told.add(why)
        log.warning(
            "no connection to the broker",
            extra={"event": "broker.lost", "connection": self.name, "detail": why},
        )

    def _tell_up(self) -> None:
        event = "broker.regained" if self._told else "broker.connected"
        self._told.clear()
        log.info("connected to the broker", extra={"event": event, "connection": self.name})


def _checked(url: str) -> URL:
    parsed = URL(url)
    if parsed.scheme not in ("amqp", "amqps") or not parsed.host:
        raise Permanent(Reason.CONFIG_INVALID, "the broker's URL must be amqp://… or amqps://…")
    return parsed


def _wire_of(connection: Connection) -> aiormq.Connection:
    if connection.transport is None:
        raise ConnectionError("the connection ended at once")
    return cast(aiormq.Connection, connection.transport.connection)


async def close_quietly(peer: Connection | aiormq.Channel) -> None:
    """A peer that no longer answers never confirms a close."""
    with suppress(*LOST), no_strays():
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await peer.close()
