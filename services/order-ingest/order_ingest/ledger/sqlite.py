"""The ledger on SQLite: plain statements over `bonfire.store`, which shares the commits."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from bonfire import outbox
from bonfire.broker import Outgoing, topology
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    TRACE_ID,
    JobEvent,
    JobEventType,
    PrintJob,
)
from bonfire.order import Order, OrderStatus
from bonfire.store import Store
from order_ingest.ledger import (
    Acceptance,
    Arrival,
    ClosedJob,
    JobRecord,
    OrderRecord,
    Plan,
    Result,
)

MIGRATIONS: Final = "order_ingest.ledger.migrations"
OPEN: Final = "open"
STATE_OF: Final = {
    JobEventType.RECEIVED: "received",
    JobEventType.WAITING: "waiting",
    JobEventType.PRINTED: "printed",
    JobEventType.DEAD: "dead",
}
FINAL: Final = ("printed", "dead")


class SqliteLedger:
    """`Ledger` on one file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def accept(self, arrival: Arrival, plan: Plan) -> Acceptance:
        return await self._store.transact(partial(_accept, arrival=arrival, plan=plan))

    async def order(self, source: str, shop_id: str) -> OrderRecord | None:
        return await self._store.transact(partial(_order, key=order_key(source, shop_id)))

    async def apply(self, event: JobEvent) -> ClosedJob | None:
        return await self._store.transact(partial(_apply, event=event))

    async def forget(self, before: datetime) -> int:
        return await self._store.transact(partial(_forget, before=before.timestamp()))


def order_key(source: str, shop_id: str) -> bytes:
    return _digest("order", source, shop_id)


def _digest(*parts: str) -> bytes:
    # A shop's event id may be any text, halves of surrogate pairs included.
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()[:16]


def _accept(db: sqlite3.Connection, arrival: Arrival, plan: Plan) -> Acceptance:
    key = order_key(arrival.source, arrival.order.id)
    event_key = _digest("event", arrival.source, arrival.event_id)
    seen = db.execute("SELECT fingerprint FROM arrivals WHERE key = ?", (event_key,)).fetchone()
    if seen is not None:
        same = seen[0] == arrival.fingerprint
        return Acceptance(Result.DUPLICATE if same else Result.CONFLICT, key.hex())
    known = db.execute(
        "SELECT id, status, sequence, updated_at, released_digest, digest, content"
        " FROM orders WHERE key = ?",
        (key,),
    ).fetchone()
    acceptance = (
        _first(db, key, arrival, plan) if known is None else _again(db, key, arrival, plan, known)
    )
    db.execute(
        "INSERT INTO arrivals (key, fingerprint, order_id, at)"
        " SELECT ?, ?, id, ? FROM orders WHERE key = ?",
        (event_key, arrival.fingerprint, arrival.at.timestamp(), key),
    )
    return acceptance


def _first(db: sqlite3.Connection, key: bytes, arrival: Arrival, plan: Plan) -> Acceptance:
    order = arrival.order
    released = arrival.digest if arrival.approved else None
    cursor = db.execute(
        "INSERT INTO orders (key, source, shop_id, number, location, status, sequence, updated_at,"
        " digest, released_digest, accepted_at, content, raw)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            arrival.source,
            order.id,
            order.number,
            arrival.location,
            order.status.value,
            arrival.sequence,
            _stamp(order.updated_at),
            arrival.digest,
            released,
            arrival.at.timestamp(),
            order.model_dump_json(exclude_defaults=True).encode(),
            arrival.raw,
        ),
    )
    if not arrival.approved:
        return Acceptance(Result.STORED, key.hex())
    assert cursor.lastrowid is not None  # noqa: S101 -- a row was inserted
    jobs = _release(db, cursor.lastrowid, arrival, plan(order, arrival.digest))
    return Acceptance(Result.ACCEPTED, key.hex(), jobs)


def _again(
    db: sqlite3.Connection, key: bytes, arrival: Arrival, plan: Plan, known: tuple[Any, ...]
) -> Acceptance:
    """An order that we have met. What is older never overwrites what is newer (P5)."""
    number, old_status, sequence, updated_at, released, old_digest, content = known
    newer = _is_newer(arrival, sequence, updated_at)
    if newer is False:
        order, digest, status = Order.model_validate_json(content), old_digest, old_status
    else:
        order, digest = arrival.order, arrival.digest
        status = _keep_cancelled(old_status, order.status, newer)
        _overwrite(db, number, arrival, status)
    cancelled = status == OrderStatus.CANCELLED
    if arrival.approved and released is None and not cancelled:
        # Also an approval that comes late: with the newest content known.
        db.execute(
            "UPDATE orders SET released_digest = ?, status = ? WHERE id = ?",
            (digest, OrderStatus.APPROVED.value, number),
        )
        jobs = _release(db, number, arrival, plan(order, digest))
        return Acceptance(Result.ACCEPTED, key.hex(), jobs)
    if newer is False:
        return Acceptance(Result.STALE, key.hex())
    news = digest not in (released, old_digest) or (cancelled and status != old_status)
    return Acceptance(Result.STORED, key.hex(), changed_after_release=released is not None and news)


def _is_newer(arrival: Arrival, sequence: int | None, updated_at: float | None) -> bool | None:
    """None where the shop gives nothing to compare by."""
    if arrival.sequence is not None and sequence is not None:
        return arrival.sequence > sequence
    arrived = _stamp(arrival.order.updated_at)
    if arrived is not None and updated_at is not None and arrived != updated_at:
        return arrived > updated_at
    return None


def _keep_cancelled(old: str, new: OrderStatus, newer: bool | None) -> str:
    """A cancellation that overtook its order stands, unless what comes is known to be newer."""
    if old == OrderStatus.CANCELLED and not newer:
        return old
    return new.value


def _overwrite(db: sqlite3.Connection, number: int, arrival: Arrival, status: str) -> None:
    order = arrival.order
    db.execute(
        "UPDATE orders SET status = ?, number = ?, location = ?, digest = ?, content = ?, raw = ?,"
        " sequence = coalesce(?, sequence), updated_at = coalesce(?, updated_at) WHERE id = ?",
        (
            status,
            order.number,
            arrival.location,
            arrival.digest,
            order.model_dump_json(exclude_defaults=True).encode(),
            arrival.raw,
            arrival.sequence,
            _stamp(order.updated_at),
            number,
        ),
    )


def _release(
    db: sqlite3.Connection, order_id: int, arrival: Arrival, jobs: Sequence[PrintJob]
) -> tuple[PrintJob, ...]:
    """Store the jobs and their messages; a job that is known already is left alone."""
    at = arrival.at.timestamp()
    new = []
    for job in jobs:
        body = job.encode()
        cursor = db.execute(
            "INSERT INTO jobs (key, order_id, generation, agent, station, printer, state,"
            " accepted_at, due_at, updated_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (
                bytes.fromhex(job.job_id),
                order_id,
                job.generation,
                job.agent,
                job.station,
                job.printer,
                OPEN,
                job.accepted_at.timestamp(),
                job.due_at.timestamp(),
                at,
                body,
            ),
        )
        if cursor.rowcount:
            outbox.put(db, job.agent, _message(job, body), at)
            new.append(job)
    return tuple(new)


def _message(job: PrintJob, body: bytes) -> Outgoing:
    headers: dict[str, str | int] = {
        JOB_ID: job.job_id,
        GENERATION: job.generation,
        LOCATION: job.location,
        TRACE_ID: job.job_id,
    }
    return Outgoing(topology.JOBS, job.agent, body, headers)


def _order(db: sqlite3.Connection, key: bytes) -> OrderRecord | None:
    row = db.execute(
        "SELECT id, source, shop_id, number, location, status, accepted_at"
        " FROM orders WHERE key = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    number, source, shop_id, shown, location, status, accepted_at = row
    jobs = db.execute(
        "SELECT key, station, printer, state, ticket_number, reason, updated_at"
        " FROM jobs WHERE order_id = ? ORDER BY id",
        (number,),
    )
    return OrderRecord(
        key.hex(),
        source,
        shop_id,
        shown,
        location,
        OrderStatus(status),
        _time(accepted_at),
        tuple(_job_record(*job) for job in jobs),
    )


def _job_record(
    key: bytes, station: str, printer: str, state: str, ticket: str, reason: str, updated_at: float
) -> JobRecord:
    return JobRecord(key.hex(), station, printer, state, ticket, reason, _time(updated_at))


def _apply(db: sqlite3.Connection, event: JobEvent) -> ClosedJob | None:
    """The agent's word; an event of an older generation, or after PRINTED, changes nothing."""
    state = STATE_OF[event.type]
    row = db.execute(
        "UPDATE jobs SET state = ?, ticket_number = ?, reason = ?, on_paper = ?, updated_at = ?"
        " WHERE key = ? AND generation <= ? AND state != 'printed'"
        " AND (state != 'dead' OR ? = 'printed')"
        " RETURNING order_id, accepted_at",
        (
            state,
            event.ticket_number,
            event.reason,
            event.on_paper.value,
            event.at.timestamp(),
            bytes.fromhex(event.job_id),
            event.generation,
            state,
        ),
    ).fetchone()
    if row is None or state not in FINAL:
        return None
    location = db.execute("SELECT location FROM orders WHERE id = ?", (row[0],)).fetchone()[0]
    return ClosedJob(location, state, _time(row[1]))


def _forget(db: sqlite3.Connection, before: float) -> int:
    return db.execute("DELETE FROM arrivals WHERE at < ?", (before,)).rowcount


def _stamp(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _time(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
