"""The ledger: every order, its jobs, what must still reach an agent, and what never printed.

This is the port. `sqlite.SqliteLedger` implements it on one file; PostgreSQL fits the same shape,
since nothing here knows a connection or a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bonfire.messages import AttemptRecord, Document, JobEvent, OnPaper, PrintJob
from bonfire.order import Order, OrderStatus
from order_ingest.domain.dead_letter import Letter, Origin
from order_ingest.domain.states import JobState, LetterState


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
    state: JobState
    document: Document
    accepted_at: datetime
    events: int = 0  # of ours, committed with it: they wait in the outbox


@dataclass(frozen=True, slots=True)
class Misattributed:
    """An event that changes nothing, since its job is somebody else's: theirs."""

    location: str
    agent: str


@dataclass(frozen=True, slots=True)
class DeadLetterRecord:
    id: int
    origin: Origin
    state: LetterState
    reason: str
    detail: str
    on_paper: OnPaper
    attempts: tuple[AttemptRecord, ...]
    count: int
    first_seen_at: datetime
    last_seen_at: datetime
    job_id: str  # empty: it speaks of no job
    generation: int
    order_number: str
    location: str
    agent: str
    station: str
    printer: str
    queue: str
    kind: str
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True, slots=True)
class LetterQuery:
    """Which dead letters to list, the newest first; None means all."""

    location: str | None = None
    state: LetterState | None = None
    before: int | None = None  # an id
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Buried:
    """A dead letter that was taken in."""

    letter: DeadLetterRecord
    repeated: bool  # its row was there before
    gave_up: bool  # its job is dead by this
    events: int  # of ours, committed with it: they wait in the outbox


class Decision(StrEnum):
    """What became of a person's request about a dead letter."""

    DONE = "done"
    UNKNOWN = "unknown"  # there is no letter of this id
    SETTLED = "settled"  # it was settled before
    NO_JOB = "no_job"  # it speaks of no job of this ledger
    NOT_DEAD = "not_dead"  # its job is on its way
    NO_HOST = "no_host"  # the print host of its job is gone


@dataclass(frozen=True, slots=True)
class Settlement:
    decision: Decision
    letter: DeadLetterRecord | None = None  # as it is now
    job: PrintJob | None = None  # the one that was sent again
    job_state: JobState | None = None
    events: int = 0  # of ours, committed with it: they wait in the outbox


@dataclass(frozen=True, slots=True)
class Figures:
    """How one location stands; `location` is empty for what belongs to none."""

    location: str
    open_jobs: int = 0  # neither printed nor given up
    oldest_due_at: datetime | None = None  # of those
    unanswered_jobs: int = 0  # no agent has said a word about them
    oldest_unanswered_due_at: datetime | None = None
    dead_letters: int = 0  # unsettled

    def plus(self, other: Figures) -> Figures:
        """Both together, at the location of this one."""
        return Figures(
            self.location,
            self.open_jobs + other.open_jobs,
            _earlier(self.oldest_due_at, other.oldest_due_at),
            self.unanswered_jobs + other.unanswered_jobs,
            _earlier(self.oldest_unanswered_due_at, other.oldest_unanswered_due_at),
            self.dead_letters + other.dead_letters,
        )


class Ledger(Protocol):
    async def accept(self, arrival: Arrival, plan: Plan) -> Acceptance:
        """Store the order, its jobs and their messages in one transaction.

        Returns once that is on disk. Raises `bonfire.store.StoreError` if it is not.
        """
        ...

    async def order(self, source: str, shop_id: str) -> OrderRecord | None: ...

    async def apply(self, event: JobEvent) -> ClosedJob | Misattributed | None:
        """Write what an agent tells of a job of its own. PRINTED absorbs every other state (P9)."""
        ...

    async def forget(self, before: datetime) -> int:
        """Delete event ids older than this; returns how many."""
        ...

    async def bury(self, letter: Letter, at: datetime) -> Buried:
        """Keep a dead letter, and give up its job where that is what it says (P9).

        An agent's letter about a job of somebody else speaks of no job.
        """
        ...

    async def dead_letters(self, query: LetterQuery) -> Sequence[DeadLetterRecord]: ...

    async def requeue(
        self, letter_id: int, by: str, at: datetime, hosts: Collection[str]
    ) -> Settlement:
        """Send the job once more, as a new generation that is due now (P4).

        Also of a letter that was discarded. `hosts` are the print hosts that there are.
        """
        ...

    async def discard(self, letter_id: int, by: str, at: datetime) -> Settlement:
        """Settle a letter: nobody needs it. Its job stays dead.

        A letter of no job that comes again waits for a person again, one about a job only if it
        says something new.
        """
        ...

    async def figures(self) -> Sequence[Figures]:
        """Of every location that has anything open or unsettled."""
        ...


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
