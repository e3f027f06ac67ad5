from __future__ import annotations

import asyncio
import json
import sqlite3
import zlib
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
from yarl import URL

from bonfire.messages import JobEventType
from tests.support.webhooks import KIOSK, TILL, Ingest, printed, running

SOUP = {"name": "Suppe"}


def order(**fields: Any) -> dict[str, Any]:
    return {"id": "a-1", "number": "A1", "items": [SOUP]} | fields


async def test_an_order_is_taken_in_and_its_tickets_go_out(ingest: Ingest):
    answer = await ingest.api(order(items=[SOUP, {"name": "Cola"}]))

    assert answer.status == 201
    kitchen, bar = answer.body.pop("jobs")
    assert answer.body == {
        "result": "accepted",
        "id": "a-1",
        "number": "A1",
        "location": "altstadt",
        "status": "approved",
        "accepted_at": "2026-05-12T18:00:00+00:00",
    }
    assert (kitchen["station"], kitchen["printer"], kitchen["state"]) == (
        "kitchen",
        "kitchen-1",
        "open",
    )
    assert bar["station"] == "bar"
    messages = await ingest.published(2)
    assert {m.headers["x-job-id"] for m in messages} == {kitchen["job_id"], bar["job_id"]}


async def test_an_order_that_waits_is_stored_and_its_approval_prints_it(ingest: Ingest):
    waiting = await ingest.api(order(status="waiting"), key="k-1")
    assert (waiting.status, waiting.body["result"], waiting.body["jobs"]) == (201, "stored", [])

    approved = await ingest.api(order(status="approved"), key="k-2")

    assert (approved.status, approved.body["result"]) == (201, "accepted")
    await ingest.published(1)


async def test_an_order_may_name_its_location(ingest: Ingest):
    answer = await ingest.api(order(location="hafen"))

    assert answer.body["location"] == "hafen"
    await ingest.published(1, "hafen")


async def test_the_same_key_and_body_give_the_earlier_result(ingest: Ingest):
    first = await ingest.api(order())
    await ingest.clock.advance(60)

    again = await ingest.api(order())

    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body | {"result": "duplicate"}
    assert ingest.count("jobs") == 1


async def test_the_earlier_result_is_given_after_a_restart_too(ingest: Ingest):
    await ingest.api(order())
    await ingest.restart()

    assert (await ingest.api(order())).status == 200
    assert ingest.count("jobs") == 1


async def test_hundred_copies_of_a_request_at_once_give_one_set_of_jobs(ingest: Ingest):
    answers = await asyncio.gather(*(ingest.api(order()) for _ in range(100)))

    assert sorted(answer.status for answer in answers) == [200] * 99 + [201]
    assert ingest.count("jobs") == 1


async def test_the_same_key_with_another_body_is_a_conflict(ingest: Ingest):
    await ingest.api(order())

    answer = await ingest.api(order(number="A2"))

    assert (answer.status, answer.reason) == (409, "idempotency_conflict")
    assert await ingest.refused("api", "idempotency_conflict") == 1
    received = {"door": "api", "result": "conflict"}
    assert await ingest.metric("bonfire_orders_received_total", **received) == 1
    assert (await ingest.look_up("a-1")).body["number"] == "A1"


async def test_the_same_order_under_a_new_key_prints_nothing_again(ingest: Ingest):
    await ingest.api(order(), key="k-1")

    answer = await ingest.api(order(), key="k-2")

    assert (answer.status, answer.body["result"]) == (201, "stored")
    assert len(answer.body["jobs"]) == ingest.count("jobs") == 1


async def test_older_news_of_an_order_are_answered_as_stale(ingest: Ingest):
    await ingest.api(order(updated_at="2026-05-12T18:00:00Z", number="new"), key="k-1")

    answer = await ingest.api(order(updated_at="2026-05-12T17:00:00Z", number="old"), key="k-2")

    assert (answer.status, answer.body["result"], answer.body["number"]) == (200, "stale", "new")


async def test_each_token_is_a_shop_with_keys_and_order_ids_of_its_own(ingest: Ingest):
    till, kiosk = await ingest.api(order()), await ingest.api(order(number="K1"), token=KIOSK)

    assert (till.status, kiosk.status) == (201, 201)
    assert till.body["jobs"][0]["job_id"] != kiosk.body["jobs"][0]["job_id"]
    assert (await ingest.look_up("a-1", TILL)).body["number"] == "A1"
    assert (await ingest.look_up("a-1", KIOSK)).body["number"] == "K1"


async def test_the_order_of_another_shop_is_not_shown(ingest: Ingest):
    await ingest.api(order())

    answer = await ingest.look_up("a-1", KIOSK)

    assert (answer.status, answer.reason) == (404, "unknown_order")


async def test_a_till_may_compress_its_order(ingest: Ingest):
    headers = {
        "Authorization": f"Bearer {TILL}",
        "Idempotency-Key": "k-1",
        "Content-Encoding": "deflate",
    }
    body = zlib.compress(json.dumps(order()).encode())

    answer = await ingest.request("POST", "/v1/orders", data=body, headers=headers)

    assert answer.status == 201


async def test_what_became_of_an_order_is_shown_ticket_by_ticket(ingest: Ingest):
    answer = await ingest.api(order(items=[SOUP, {"name": "Cola"}]))
    kitchen, bar = answer.body["jobs"]
    await ingest.tell(kitchen["job_id"], JobEventType.PRINTED, **printed())
    await ingest.tell(bar["job_id"], JobEventType.DEAD, reason="render_error")

    shown = await ingest.look_up("a-1")

    assert shown.status == 200
    assert "result" not in shown.body
    states = [(job["state"], job["ticket_number"], job["reason"]) for job in shown.body["jobs"]]
    assert states == [("printed", "0417", ""), ("dead", "", "render_error")]


@pytest.mark.parametrize("order_id", ["a/1", "ä b", "50%", "a;b?c#d", "x" * 200])
async def test_an_order_is_found_whatever_its_id_looks_like(ingest: Ingest, order_id):
    await ingest.api(order(id=order_id))
    port = ingest.app.port
    url = URL(f"http://127.0.0.1:{port}/v1/orders/{quote(order_id, safe='')}", encoded=True)
    async with ingest.client.get(url, headers={"Authorization": f"Bearer {TILL}"}) as response:
        assert (await response.json())["id"] == order_id


async def test_an_id_that_is_not_even_text_is_unknown(ingest: Ingest):
    answer = await ingest.look_up("%ff%00")

    assert (answer.status, answer.reason) == (404, "unknown_order")


async def test_while_the_disk_refuses_the_till_is_asked_to_come_again(ingest: Ingest):
    with closing(sqlite3.connect(ingest.settings.chassis.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        posted, looked_up = await ingest.api(order()), await ingest.look_up("a-1")
        other.execute("ROLLBACK")

    assert (posted.status, posted.reason) == (503, "store_locked")
    assert posted.headers["Retry-After"] == "10"
    assert looked_up.status == 503
    assert (await ingest.api(order())).status == 201


async def test_without_tokens_the_door_does_not_exist(tmp_path):
    async with running(tmp_path, api_tokens=None) as ingest:
        assert (await ingest.api(order())).status == 404
