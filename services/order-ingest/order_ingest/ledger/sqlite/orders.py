"""Orders and their arrivals: the newest content of each, and what is released of it."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from bonfire.order import Order, OrderStatus
from order_ingest.ledger import Acceptance, Arrival, JobRecord, OrderRecord, Plan, Result
from order_ingest.ledger.sqlite.jobs import release
from order_ingest.ledger.sqlite.moments import stamp, time


def order_key(source: str, shop_id: str) -> bytes:
    return _digest("order", source, shop_id)


def _digest(*parts: str) -> bytes:
    # A shop's event id may be any text, halves of surrogate pairs included.
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()[:16]


def accept(db: sqlite3.Connection, arrival: Arrival, plan: Plan) -> Acceptance:
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
            stamp(order.updated_at),
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
    jobs = release(db, cursor.lastrowid, arrival, plan(order, arrival.digest))
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
        jobs = release(db, number, arrival, plan(order, digest))
        return Acceptance(Result.ACCEPTED, key.hex(), jobs)
    if newer is False:
        return Acceptance(Result.STALE, key.hex())
    news = digest not in (released, old_digest) or (cancelled and status != old_status)
    return Acceptance(Result.STORED, key.hex(), changed_after_release=released is not None and news)


def _is_newer(arrival: Arrival, sequence: int | None, updated_at: float | None) -> bool | None:
    """None where the shop gives nothing to compare by."""
    if arrival.sequence is not None and sequence is not None:
        return arrival.sequence > sequence
    arrived = stamp(arrival.order.updated_at)
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
            stamp(order.updated_at),
            number,
        ),
    )


def find(db: sqlite3.Connection, key: bytes) -> OrderRecord | None:
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
        time(accepted_at),
        tuple(_job_record(*job) for job in jobs),
    )


def _job_record(
    key: bytes, station: str, printer: str, state: str, ticket: str, reason: str, updated_at: float
) -> JobRecord:
    return JobRecord(key.hex(), station, printer, state, ticket, reason, time(updated_at))


def forget(db: sqlite3.Connection, before: float) -> int:
    return db.execute("DELETE FROM arrivals WHERE at < ?", (before,)).rowcount
