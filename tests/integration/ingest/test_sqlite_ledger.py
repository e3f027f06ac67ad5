from __future__ import annotations

import asyncio
import inspect
import sqlite3
from datetime import timedelta
from typing import get_type_hints

import pytest

from bonfire.messages import PrintJob
from bonfire.order import Order, OrderStatus
from order_ingest import ledger as port
from order_ingest.ledger import Ledger, Result
from tests.support.ledgers import NOW, OpenLedger, arrival, job


def test_the_port_knows_no_database():
    for name, method in inspect.getmembers(Ledger, inspect.isfunction):
        if not name.startswith("_"):
            hints = get_type_hints(method)
            assert not [hint for hint in hints.values() if "sqlite3" in repr(hint)]
    assert "sqlite3" not in vars(port)
    assert "Store" not in vars(port)


async def test_order_arrival_jobs_and_messages_appear_together(opened: OpenLedger):
    acceptance = await opened.accept(arrival(), job(1), job(2))

    assert acceptance.result is Result.ACCEPTED
    assert [each.job_id for each in acceptance.jobs] == [job(1).job_id, job(2).job_id]
    assert opened.counts() == (1, 1, 2, 2)


async def test_nothing_of_an_order_is_seen_while_its_transaction_is_open(opened: OpenLedger):
    seen = []

    def planned(order: Order, digest: str) -> tuple[PrintJob, ...]:
        seen.append(opened.counts())  # the order's row is written already
        return (job(),)

    await opened.ledger.accept(arrival(), planned)

    assert seen == [(0, 0, 0, 0)]
    assert opened.counts() == (1, 1, 1, 1)


async def test_a_plan_that_fails_leaves_nothing_of_the_order(opened: OpenLedger):
    def broken(order: Order, digest: str) -> tuple[PrintJob, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await opened.ledger.accept(arrival(), broken)

    assert opened.counts() == (0, 0, 0, 0)
    assert (await opened.accept(arrival())).result is Result.ACCEPTED  # its event id is free


@pytest.mark.parametrize("table", ["arrivals", "jobs", "outbox"])
async def test_a_failure_at_any_row_leaves_nothing_of_the_order(opened: OpenLedger, table):
    await opened.store.transact(
        lambda db: db.execute(
            f"CREATE TRIGGER broken BEFORE INSERT ON {table}"
            " BEGIN SELECT raise(ABORT, 'broken'); END"
        )
    )

    with pytest.raises(sqlite3.Error):
        await opened.accept(arrival())

    assert opened.counts() == (0, 0, 0, 0)


async def test_a_failed_order_takes_no_neighbour_along(opened: OpenLedger):
    def broken(order: Order, digest: str) -> tuple[PrintJob, ...]:
        raise ZeroDivisionError

    other = arrival("e-2", order=Order(id="o-2", number="2"))

    results = await asyncio.gather(
        opened.ledger.accept(arrival(), broken), opened.accept(other), return_exceptions=True
    )

    assert isinstance(results[0], ZeroDivisionError)
    assert opened.counts() == (1, 1, 1, 1)


async def test_a_job_that_is_known_is_neither_stored_nor_published_again(opened: OpenLedger):
    await opened.accept(arrival("e-1"), job(1))
    other = arrival("e-2", order=Order(id="o-2", number="2"))

    acceptance = await opened.accept(other, job(1), job(2))

    assert [each.job_id for each in acceptance.jobs] == [job(2).job_id]
    assert opened.counts() == (2, 2, 2, 2)


async def test_the_message_of_a_job_is_the_job(opened: OpenLedger):
    await opened.accept(arrival())

    assert opened.see("SELECT lane, exchange, routing_key, body FROM outbox") == [
        ("pi-1", "bonfire.jobs", "pi-1", job().encode())
    ]
    assert opened.see("SELECT body FROM jobs") == [(job().encode(),)]


async def test_one_event_id_of_two_shops_is_two_events(opened: OpenLedger):
    await opened.accept(arrival(source="api:till"), job(1))

    assert (await opened.accept(arrival(source="api:kiosk"), job(2))).result is Result.ACCEPTED
    assert opened.counts() == (2, 2, 2, 2)


async def test_one_event_id_with_other_content_is_a_conflict_and_changes_nothing(
    opened: OpenLedger,
):
    await opened.accept(arrival(fingerprint=b"a"))

    changed = arrival(fingerprint=b"b", order=Order(id="o-1", number="2"))

    assert (await opened.accept(changed)).result is Result.CONFLICT
    assert opened.see("SELECT number FROM orders") == [("1",)]


async def test_an_order_is_known_again_after_the_file_was_closed(opened: OpenLedger):
    await opened.accept(arrival())
    await opened.store.close()
    later = OpenLedger(opened.file)
    later.store.open()

    assert (await later.accept(arrival())).result is Result.DUPLICATE
    record = await later.ledger.order("wix", "o-1")

    await later.store.close()
    assert record is not None
    assert (record.shop_id, record.number, record.status) == ("o-1", "1", OrderStatus.APPROVED)
    assert record.accepted_at == NOW
    (shown,) = record.jobs
    assert (shown.job_id, shown.state, shown.station) == (job().job_id, "open", "station-1")


async def test_an_order_that_nobody_sent_is_none(opened: OpenLedger):
    assert await opened.ledger.order("wix", "o-1") is None


async def test_forgetting_takes_the_old_event_ids_and_leaves_orders_and_jobs(opened: OpenLedger):
    await opened.accept(arrival("old", at=NOW - timedelta(days=9)))
    await opened.accept(arrival("new", at=NOW, approved=False))

    assert await opened.ledger.forget(NOW - timedelta(days=8)) == 1

    assert opened.counts() == (1, 1, 1, 1)
    assert (await opened.accept(arrival("new"))).result is Result.DUPLICATE


async def test_an_order_keeps_its_rank_where_an_arrival_has_none(opened: OpenLedger):
    await opened.accept(arrival("e-1", sequence=5, approved=False))
    await opened.accept(arrival("e-2", sequence=None, approved=False))

    assert (await opened.accept(arrival("e-3", sequence=4, approved=False))).result is Result.STALE
