"""Whatever order the events of one order come in, and however often: one release at most."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bonfire.messages import PrintJob, TicketOrder
from bonfire.order import Order, OrderStatus
from bonfire.store.migrations import migrate, read_migrations
from order_ingest.ledger import Arrival, Result
from order_ingest.ledger.sqlite import MIGRATIONS
from order_ingest.ledger.sqlite.orders import accept

NOW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
MIGRATED = read_migrations(MIGRATIONS)
CREATED, UPDATED, APPROVED, CANCELLED = 1, 2, 3, 4
STATUS = {
    CREATED: OrderStatus.WAITING,
    UPDATED: OrderStatus.WAITING,
    APPROVED: OrderStatus.APPROVED,
    CANCELLED: OrderStatus.CANCELLED,
}


def arrival(sequence: int) -> Arrival:
    """The event of this sequence; its content names it."""
    order = Order(id="o-1", number="1", note=f"as of {sequence}", status=STATUS[sequence])
    return Arrival(
        source="wix",
        event_id=f"e-{sequence}",
        fingerprint=b"",
        order=order,
        digest=f"d-{sequence}",
        location="altstadt",
        sequence=sequence,
        approved=sequence == APPROVED,
        at=NOW,
        raw=b"",
    )


def plan(order: Order, digest: str) -> tuple[PrintJob, ...]:
    """One job per revision, showing the content that it was made from."""
    return (
        PrintJob(
            job_id=digest.encode().hex().ljust(32, "0"),
            organisation="bosco",
            location="altstadt",
            agent="pi-1",
            station="kitchen",
            printer="kitchen-1",
            accepted_at=NOW,
            due_at=NOW,
            order=TicketOrder(id=order.id, number=order.number, note=order.note),
        ),
    )


def deliver(sequences: Sequence[int]) -> tuple[list[Result], list[tuple[Any, ...]], str, str]:
    """The results, the messages, and the order's status and content in the end."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, MIGRATED)
        results = [accept(db, arrival(sequence), plan).result for sequence in sequences]
        messages = db.execute("SELECT body FROM outbox").fetchall()
        ((status, content),) = db.execute("SELECT status, content FROM orders").fetchall()
        return results, messages, status, Order.model_validate_json(content).note


def deliveries(*sequences: int) -> st.SearchStrategy[list[int]]:
    """All of these in any order, some of them several times."""
    repeated = st.lists(st.sampled_from(sequences), max_size=6)
    return repeated.flatmap(lambda more: st.permutations([*sequences, *more]))


@given(deliveries(CREATED, UPDATED, APPROVED))
def test_an_approved_order_is_released_once_in_any_order_of_its_events(sequences):
    results, messages, status, content = deliver(sequences)

    assert results.count(Result.ACCEPTED) == len(messages) == 1
    assert (status, content) == ("approved", "as of 3")


@given(deliveries(CREATED, UPDATED, APPROVED))
def test_a_release_shows_the_newest_content_that_had_come_by_then(sequences):
    _, ((body,),), _, _ = deliver(sequences)

    until_release = sequences[: sequences.index(APPROVED) + 1]
    assert f"as of {max(until_release)}".encode() in body


@given(deliveries(CREATED, UPDATED, APPROVED, CANCELLED))
def test_a_cancelled_order_ends_cancelled_and_prints_only_if_it_was_approved_before(sequences):
    results, messages, status, content = deliver(sequences)

    in_time = sequences.index(APPROVED) < sequences.index(CANCELLED)
    assert results.count(Result.ACCEPTED) == len(messages) == int(in_time)
    assert (status, content) == ("cancelled", "as of 4")


@given(deliveries(CREATED, UPDATED))
def test_an_order_that_is_never_approved_is_never_released(sequences):
    results, messages, status, content = deliver(sequences)

    assert (messages, status, content) == ([], "waiting", "as of 2")
    assert set(results) <= {Result.STORED, Result.DUPLICATE, Result.STALE}
