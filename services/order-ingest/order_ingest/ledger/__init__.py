"""The ledger: every order, its jobs, and what must still reach an agent.

This is the port. `sqlite.SqliteLedger` implements it on one file; PostgreSQL fits the same shape,
since nothing here knows a connection or a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bonfire.messages import JobEvent, PrintJob
from bonfire.order import Order, OrderStatus


class Result(StrEnum):
    """What became of an arrival; the answer to the sender and a metric label."""

    ACCEPTED = "accepted"  # its tickets are on their way
    STORED = "stored"  # kept, and nothing to print (yet)
    DUPLICATE = "duplicate"  # this very event had come before
    STALE = "stale"  # older than what is known of this order
    CONFLICT = "conflict"  # the same idempotency key with another content


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as it came in at a door."""

    source: str  # the shop: "wix" or "api:<name of the token>"
    event_id: str  # unique per event; the idempotency key at the API
    fingerprint: bytes  # of the content, where one event id may come with several contents
    order: Order
    digest: str  # of what the kitchen cares about
    location: str
    sequence: int | None  # the shop's own counter per order, where it has one
    approved: bool  # the event itself says that the order is to be cooked
    at: datetime
    raw: bytes  # the body as it came


Plan = Callable[[Order, str], Sequence[PrintJob]]
"""Makes the jobs of an order and its digest; called inside the transaction, so pure and quick."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    result: Result
    order_key: str  # 32 hex digits, ours
    jobs: tuple[PrintJob, ...] = ()  # the new ones
    changed_after_release: bool = False  # just now; the kitchen has an older revision on paper


@dataclass(frozen=True, slots=True)
class JobRecord:
    job_id: str
    station: str
    printer: str
    state: str
    ticket_number: str
    reason: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OrderRecord:
    order_key: str
    source: str
    shop_id: str
    number: str
    location: str
    status: OrderStatus
    accepted_at: datetime
    jobs: tuple[JobRecord, ...]


@dataclass(frozen=True, slots=True)
class ClosedJob:
    """A job whose state an event has just changed for the last time."""

    location: str
    state: str
    accepted_at: datetime


class Ledger(Protocol):
    async def accept(self, arrival: Arrival, plan: Plan) -> Acceptance:
        """Store the order, its jobs and their messages in one transaction.

        Returns once that is on disk. Raises `bonfire.store.StoreError` if it is not.
        """
        ...

    async def order(self, source: str, shop_id: str) -> OrderRecord | None: ...

    async def apply(self, event: JobEvent) -> ClosedJob | None:
        """Write what an agent tells of a job. PRINTED absorbs every other state (P9)."""
        ...

    async def forget(self, before: datetime) -> int:
        """Delete event ids older than this; returns how many."""
        ...
