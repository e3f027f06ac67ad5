"""Our own trouble: Wix is asked to come again, and nothing is half done."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from bonfire.broker import topology
from order_ingest import desk
from tests.support.rabbit import soon
from tests.support.webhooks import Ingest, running
from tests.support.wix import raw_order


async def test_without_a_public_key_wix_is_asked_to_come_again(tmp_path):
    async with running(tmp_path, wix_public_key="") as ingest:
        answer = await ingest.wix(raw_order())

        assert (answer.status, answer.reason) == (503, "config_invalid")
        assert answer.headers["Retry-After"] == "10"
        assert await ingest.refused("wix", "config_invalid") == 1
        assert (await ingest.ready()).body["problems"] == [
            "[wix] is configured, and BONFIRE_WIX_PUBLIC_KEY_FILE is not set"
        ]


async def test_while_the_disk_refuses_wix_is_asked_to_come_again_and_nothing_is_stored(
    ingest: Ingest,
):
    body = ingest.webhook(raw_order())
    with closing(sqlite3.connect(ingest.settings.chassis.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # SQLite then refuses everybody else's writes
        answer = await ingest.post(body)
        assert (answer.status, answer.reason) == (503, "store_locked")
        assert answer.headers["Retry-After"] == "10"
        assert (await ingest.ready()).status == 503
        other.execute("ROLLBACK")

    assert await ingest.refused("wix", "store_locked") == 1
    assert ingest.count("orders") == 0
    assert (await ingest.post(body)).body == {"result": "accepted"}
    assert (await ingest.ready()).status == 200


async def test_while_too_much_waits_for_the_broker_the_sender_is_asked_to_come_again(
    ingest: Ingest, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_UNPUBLISHED", 1)
    await soon(lambda: bool(ingest.server.waiting(topology.NOTIFIER_EVENTS)))  # its start is told
    ingest.server.stop()
    for number in range(2):
        assert (await ingest.wix(raw_order(id=f"o-{number}"))).status == 200

    answer = await ingest.wix(raw_order(id="o-3"))

    assert (answer.status, answer.reason) == (503, "store_busy")
    assert (await ingest.ready()).body["problems"] == ["too many messages wait for the broker"]
    assert ingest.count("orders") == 2

    ingest.server.start()
    await ingest.published(2)
    assert (await ingest.wix(raw_order(id="o-3"))).status == 200


async def test_the_answer_comes_only_after_the_commit(ingest: Ingest, monkeypatch):
    commits = asyncio.Event()
    accept = ingest.app._ledger.accept

    async def held(*arguments):
        acceptance = await accept(*arguments)
        await commits.wait()
        return acceptance

    monkeypatch.setattr(ingest.app._ledger, "accept", held)
    answering = asyncio.create_task(ingest.wix(raw_order()))
    done, _ = await asyncio.wait([answering], timeout=0.1)
    assert not done

    commits.set()
    assert (await answering).status == 200


async def test_a_mistake_of_ours_is_a_500_that_shows_nothing_and_stores_nothing(
    ingest: Ingest, monkeypatch, caplog
):
    def broken(order):
        raise ValueError(f"cannot read {order['buyerNote']}")

    monkeypatch.setattr("order_ingest.api.webhook.map_order", broken)
    answer = await ingest.wix(raw_order(buyerNote="Geheimnis"))

    assert (answer.status, answer.reason) == (500, "internal_error")
    assert await ingest.refused("wix", "internal_error") == 1
    told = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert told[0].__dict__["error"] == "ValueError"
    assert any("order_ingest.api.webhook" in step for step in told[0].__dict__["steps"])
    assert "Geheimnis" not in answer.text + caplog.text
