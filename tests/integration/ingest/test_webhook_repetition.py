"""Wix repeats events, and delivers them in any order."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from fake_wix import Event
from tests.support.rabbit import soon
from tests.support.webhooks import ALTSTADT, HAFEN, Ingest, as_after_a_crash
from tests.support.wix import raw_line, raw_order

OLD, NEW = "2026-05-12T17:00:00Z", "2026-05-12T17:30:00Z"


def order(dish: str = "Spätzle", **fields: Any) -> dict[str, Any]:
    return raw_order(raw_line(dish), **({"businessLocation": {"id": ALTSTADT}} | fields))


def dishes(ingest: Ingest) -> list[str]:
    return [item.name for job in ingest.planned() for item in job.order.items]


async def result(ingest: Ingest, *args: Any, **how: Any) -> str:
    answer = await ingest.wix(*args, **how)
    assert answer.status == 200
    return str(answer.body["result"])


async def test_an_event_that_comes_twice_is_answered_alike_and_prints_once(ingest: Ingest):
    body = ingest.webhook(order())

    first, second = await ingest.post(body), await ingest.post(body)

    assert (first.status, first.body) == (200, {"result": "accepted"})
    assert (second.status, second.body) == (200, {"result": "duplicate"})
    await ingest.published(1)
    received = {"door": "wix", "result": "duplicate"}
    assert await ingest.metric("bonfire_orders_received_total", **received) == 1


async def test_an_event_is_the_same_one_under_a_new_signature(ingest: Ingest):
    await ingest.wix(order(), event_id="e-1")
    await ingest.clock.advance(600)

    assert await result(ingest, order(), event_id="e-1") == "duplicate"
    assert ingest.count("jobs") == 1


async def test_hundred_copies_at_once_give_one_set_of_jobs(ingest: Ingest):
    body = ingest.webhook(raw_order(raw_line(), raw_line("Cola")))

    answers = await asyncio.gather(*(ingest.post(body) for _ in range(100)))

    results = sorted(answer.body["result"] for answer in answers)
    assert results == ["accepted", *["duplicate"] * 99]
    assert (ingest.count("orders"), ingest.count("jobs")) == (1, 2)
    await ingest.published(2)


async def test_an_event_that_comes_again_after_a_restart_prints_nothing(ingest: Ingest):
    body = ingest.webhook(order())
    await ingest.post(body)

    await ingest.restart()

    assert (await ingest.post(body)).body == {"result": "duplicate"}
    assert ingest.count("jobs") == 1


async def days_pass(ingest: Ingest, days: int) -> None:
    """And the hourly forgetting runs."""
    ingest.clock.jump(timedelta(days=days).total_seconds())
    await ingest.clock.advance(3_600)


async def test_an_event_is_known_for_a_week_and_forgotten_after_nine_days(ingest: Ingest):
    await ingest.wix(order(), event_id="e-1")

    await days_pass(ingest, 7)
    assert await result(ingest, order(), event_id="e-1") == "duplicate"
    await days_pass(ingest, 2)
    await soon(lambda: ingest.count("arrivals") == 0)  # the disk takes its real time


async def test_an_event_that_was_forgotten_still_prints_nothing_again(ingest: Ingest):
    await ingest.wix(order(), event_id="e-1", sequence=1)
    await days_pass(ingest, 10)

    assert await result(ingest, order(), event_id="e-1", sequence=1) == "stale"
    assert ingest.count("jobs") == 1


async def test_an_order_that_is_approved_by_two_events_prints_once(ingest: Ingest):
    assert await result(ingest, order(), event_id="e-1") == "accepted"
    assert await result(ingest, order(), event_id="e-2") == "stored"
    assert ingest.count("jobs") == 1


async def test_created_and_approved_with_the_same_sequence_print_once(ingest: Ingest):
    created = ingest.webhook(order(), Event.CREATED, status="APPROVED", sequence=1)
    approved = ingest.webhook(order(), Event.APPROVED, sequence=1)

    answers = await asyncio.gather(ingest.post(created), ingest.post(approved))

    assert {answer.status for answer in answers} == {200}
    assert ingest.count("jobs") == 1


async def test_a_cancellation_that_overtakes_its_order_keeps_it_from_printing(ingest: Ingest):
    assert await result(ingest, order(), Event.CANCELED, sequence=3) == "stored"
    assert await result(ingest, order(), Event.CREATED, sequence=1) == "stale"
    assert await result(ingest, order(), Event.APPROVED, sequence=2) == "stale"

    assert ingest.count("jobs") == 0
    assert ingest.query("SELECT status FROM orders") == [("cancelled",)]


async def test_a_cancellation_stands_where_nothing_tells_the_age(ingest: Ingest):
    await ingest.wix(order(), Event.CANCELED, sequence="")
    await ingest.wix(order(), Event.APPROVED, sequence="")

    assert ingest.count("jobs") == 0
    assert ingest.query("SELECT status FROM orders") == [("cancelled",)]


async def test_an_order_that_is_approved_after_its_cancellation_prints(ingest: Ingest):
    await ingest.wix(order(), Event.CANCELED, sequence=1)

    assert await result(ingest, order(), Event.APPROVED, sequence=2) == "accepted"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"sequence": 5}, {"sequence": 4}),
        ({"sequence": 5}, {"sequence": 5}),
        ({"sequence": ""}, {"sequence": ""}),
    ],
    ids=["a lower sequence", "the same sequence", "an older date"],
)
async def test_older_content_never_overwrites_newer(ingest: Ingest, first, second):
    newer, older = order("Braten", updatedDate=NEW), order("Suppe", updatedDate=OLD)
    await ingest.wix(newer, Event.UPDATED, status="PENDING", **first)

    assert await result(ingest, older, Event.UPDATED, status="PENDING", **second) == "stale"

    await ingest.wix(newer, sequence=9)
    assert dishes(ingest) == ["Braten"]


async def test_the_sequence_decides_where_it_and_the_date_disagree(ingest: Ingest):
    await ingest.wix(order("Suppe", updatedDate=NEW), Event.CREATED, sequence=1)
    await ingest.wix(order("Braten", updatedDate=OLD), Event.APPROVED, sequence=2)

    assert dishes(ingest) == ["Braten"]


async def test_an_approval_that_comes_late_releases_the_newest_content(ingest: Ingest):
    await ingest.wix(order("Braten"), Event.UPDATED, sequence=3, status="PENDING")

    assert await result(ingest, order("Suppe"), Event.APPROVED, sequence=2) == "accepted"

    assert dishes(ingest) == ["Braten"]
    assert ingest.query("SELECT status FROM orders") == [("approved",)]
    await ingest.published(1)


async def test_a_late_approval_prints_where_the_newest_content_says(ingest: Ingest):
    moved = order("Braten", businessLocation={"id": HAFEN})
    await ingest.wix(moved, Event.UPDATED, sequence=3, status="PENDING")

    await ingest.wix(order("Suppe"), Event.APPROVED, sequence=2)

    (job,) = ingest.planned()
    assert (job.location, job.agent) == ("hafen", "hafen")
    assert await ingest.metric("bonfire_jobs_created_total", location="hafen") == 1
    assert ingest.query("SELECT location FROM orders") == [("hafen",)]


async def test_a_late_approval_of_an_order_whose_location_is_gone_still_prints(ingest: Ingest):
    moved = order("Braten", businessLocation={"id": HAFEN})
    await ingest.wix(moved, Event.UPDATED, sequence=3, status="PENDING")
    file = ingest.settings.config
    file.write_text(file.read_text().split('[[locations]]\nid = "hafen"')[0])
    await ingest.restart()

    assert await result(ingest, order("Suppe"), Event.APPROVED, sequence=2) == "accepted"

    (job,) = ingest.planned()
    assert (job.location, job.order.items[0].name) == ("altstadt", "Braten")


async def test_an_order_that_moves_before_its_approval_prints_where_it_moved(ingest: Ingest):
    await ingest.wix(order(), Event.CREATED)
    await ingest.wix(order(businessLocation={"id": HAFEN}), Event.APPROVED)

    (job,) = ingest.planned()
    assert job.location == "hafen"
    assert ingest.query("SELECT location FROM orders") == [("hafen",)]


async def changes(ingest: Ingest) -> float:
    return await ingest.metric("bonfire_orders_changed_after_release_total", location="altstadt")


async def test_a_change_after_the_release_is_stored_counted_and_told_but_not_printed(
    ingest: Ingest, caplog
):
    await ingest.wix(order("Suppe"))

    assert await result(ingest, order("Braten"), Event.UPDATED, status="APPROVED") == "stored"

    assert dishes(ingest) == ["Suppe"]
    (content,) = ingest.query("SELECT content FROM orders")
    assert b"Braten" in content[0]
    assert await changes(ingest) == 1
    events = [record.__dict__.get("event") for record in caplog.records]
    assert events.count("order.changed_after_release") == 1


async def test_a_cancellation_after_the_release_is_counted_once(ingest: Ingest):
    await ingest.wix(order())
    for _ in range(2):
        await ingest.wix(order(), Event.CANCELED)

    assert await changes(ingest) == 1
    assert ingest.count("jobs") == 1


async def test_bookkeeping_after_the_release_is_no_change(ingest: Ingest):
    await ingest.wix(order(paymentStatus="NOT_PAID"))
    await ingest.wix(order(paymentStatus="PAID"), Event.PAYMENT_STATUS)
    await ingest.wix(order(updatedDate=NEW), Event.UPDATED)

    assert await changes(ingest) == 0


async def test_a_change_that_is_taken_back_is_no_second_change(ingest: Ingest):
    for dish in ("Suppe", "Braten", "Braten", "Suppe"):
        await ingest.wix(order(dish), Event.UPDATED, status="APPROVED")

    assert await changes(ingest) == 1


async def test_a_crash_after_the_answer_loses_nothing(tmp_path, ingest: Ingest):
    ingest.server.stop()  # the broker is away, so the order is nowhere but on disk
    body = ingest.webhook(order())
    assert (await ingest.post(body)).status == 200

    survivor = as_after_a_crash(ingest, tmp_path / "disk")

    await ingest.stop()
    ingest.settings = survivor
    ingest.server.start()
    await ingest.start()
    (message,) = await ingest.published(1)
    assert message.headers["x-job-id"] == ingest.planned()[0].job_id
    assert (await ingest.post(body)).body == {"result": "duplicate"}
