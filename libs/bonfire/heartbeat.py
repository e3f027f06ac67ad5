"""Tells every few seconds that this process lives and how it stands (docs/adr/0010).

A heartbeat goes straight to the broker and is never stored on the way: one that arrives late would
tell of a time that is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bonfire.broker import Broker, Outgoing, topology
from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Retryable
from bonfire.messages import Heartbeat, PrinterState

EVERY_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a service adds to its heartbeats; the fields are those of `Heartbeat`."""

    journal: str = ""
    printers: tuple[PrinterState, ...] = ()
    backlog: int = 0
    oldest_waiting_at: datetime | None = None


class Heartbeats:
    """`run` is the task: one as soon as the broker is there, also again, then one every 15 s."""

    def __init__(self, broker: Broker, clock: Clock, compose: Callable[[], Heartbeat]) -> None:
        """`compose` is called for each; it must be quick and must not fail."""
        self._broker = broker
        self._clock = clock
        self._compose = compose
        self._connected = asyncio.Event()
        broker.on_connected(self._connected.set)

    async def run(self) -> None:
        while True:
            await self._broker.wait_connected()
            self._connected.clear()
            await self._beat()
            await wait_at_most(self._clock, self._connected, EVERY_S)

    async def _beat(self) -> None:
        beat = self._compose()
        message = Outgoing(topology.EVENTS, beat.routing_key, beat.encode())
        with suppress(Retryable):  # whoever waits for it is to notice; the next one comes soon
            await self._broker.publish(message)
