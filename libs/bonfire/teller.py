"""Tells events to whoever listens on `bonfire.events`: on disk first, published by the outbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Final

from bonfire import outbox
from bonfire.broker import HeaderValue, Outgoing, topology
from bonfire.messages import GENERATION, JOB_ID, LOCATION, TRACE_ID, Event, JobEvent
from bonfire.outbox import Outbox
from bonfire.store import Store

LANE: Final = "@events"
"""Of the outbox. A print host may be called "events", and has a lane of its own name."""


def put(db: sqlite3.Connection, event: Event) -> None:
    """Add an event in the caller's transaction; call `Teller.woke` once that is committed."""
    message = Outgoing(topology.EVENTS, event.routing_key, event.encode(), _headers(event))
    outbox.put(db, LANE, message, event.at.timestamp())


class Teller:
    """Events of one process, published in the order in which they were told."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    async def tell(self, event: Event) -> None:
        """Returns once it is on disk. Raises `StoreError` if the disk does not take it."""
        await self._store.transact(partial(put, event=event))
        self.woke(1)

    def put(self, db: sqlite3.Connection, event: Event) -> None:
        """Add it in the caller's transaction; call `woke` once that is committed."""
        put(db, event)

    def woke(self, events: int) -> None:
        """So many were committed by `put`."""
        self._outbox.wake(LANE, events)


def _headers(event: Event) -> Mapping[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {LOCATION: event.location} if event.location else {}
    if isinstance(event, JobEvent):
        headers |= {JOB_ID: event.job_id, GENERATION: event.generation, TRACE_ID: event.job_id}
    return headers
