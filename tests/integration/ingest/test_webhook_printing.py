from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from bonfire.broker import Outgoing
from bonfire.messages import PrintJob, decode
from bonfire.order import AlertCode
from fake_wix import Event, sign
from tests.support.webhooks import ALTSTADT, HAFEN, Ingest
from tests.support.wix import RESTAURANTS, STORES, raw_line, raw_order, sample_order, wix_key

AT_ALTSTADT = {"businessLocation": {"id": ALTSTADT, "name": "Altstadt"}}


def order(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return raw_order(*lines, **(AT_ALTSTADT | fields))


def job_of(message: Outgoing) -> PrintJob:
    job = decode(message.body)
    assert isinstance(job, PrintJob)
    return job


async def test_an_approved_order_reaches_the_queue_of_its_print_host(ingest: Ingest):
    answer = await ingest.wix(order(raw_line("Spätzle"), raw_line("Cola 0,5 l")))

    assert (answer.status, answer.body) == (200, {"result": "accepted"})
    messages = await ingest.published(2)
    assert [job_of(message).station for message in messages] == ["kitchen", "bar"]
    assert ingest.server.waiting("jobs.hafen") == ()


async def test_a_job_message_carries_its_id_generation_location_and_trace(ingest: Ingest):
    await ingest.wix(order())

    (message,) = await ingest.published(1)
    job = job_of(message)
    assert dict(message.headers) == {
        "x-job-id": job.job_id,
        "x-generation": 1,
        "x-location": "altstadt",
        "x-trace-id": job.job_id,
    }
    assert (message.exchange, message.routing_key) == ("bonfire.jobs", "altstadt")
    assert (job.accepted_at, job.due_at) == (ingest.clock.now(), ingest.clock.now())


async def test_an_accepted_order_is_counted_with_its_jobs_and_its_moment(ingest: Ingest):
    await ingest.wix(order(raw_line(), raw_line("Cola")))

    received = {"door": "wix", "result": "accepted"}
    assert await ingest.metric("bonfire_orders_received_total", **received) == 1
    assert await ingest.metric("bonfire_orders_placed_total", location="altstadt") == 1
    assert await ingest.metric("bonfire_jobs_created_total", location="altstadt") == 2
    moment = await ingest.metric("bonfire_last_order_timestamp_seconds", location="altstadt")
    assert moment == ingest.clock.now().timestamp()
    assert await ingest.metric("bonfire_request_seconds_count", door="wix") == 1


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (Event.CREATED, "INITIALIZED"),
        (Event.CREATED, "PENDING"),
        (Event.UPDATED, "PENDING"),
        (Event.PAYMENT_STATUS, "PENDING"),
    ],
)
async def test_an_order_that_waits_is_stored_and_not_printed(ingest: Ingest, event, status):
    answer = await ingest.wix(order(), event, status=status)

    assert (answer.status, answer.body) == (200, {"result": "stored"})
    assert (ingest.count("orders"), ingest.count("jobs"), ingest.in_outbox()) == (1, 0, 0)


@pytest.mark.parametrize("event", [Event.CREATED, Event.UPDATED, Event.PAYMENT_STATUS])
async def test_the_status_approved_prints_in_whichever_event_it_is_found(ingest: Ingest, event):
    answer = await ingest.wix(order(), event, status="APPROVED")

    assert answer.body == {"result": "accepted"}
    await ingest.published(1)


async def test_the_event_approved_prints_whatever_status_its_snapshot_shows(ingest: Ingest):
    assert (await ingest.wix(order(), status="PENDING")).body == {"result": "accepted"}
    assert ingest.query("SELECT status FROM orders") == [("approved",)]


async def test_an_approval_prints_the_newest_content(ingest: Ingest):
    await ingest.wix(order(raw_line("Suppe")), Event.CREATED)
    await ingest.wix(order(raw_line("Salat")), Event.UPDATED, status="PENDING")

    await ingest.wix(order(raw_line("Braten")))

    (message,) = await ingest.published(1)
    assert [item.name for item in job_of(message).order.items] == ["Braten"]


async def test_a_cancelled_or_rejected_order_is_stored_and_not_printed(ingest: Ingest):
    await ingest.wix(order(id="a"), Event.CANCELED)
    await ingest.wix(order(id="b"), Event.UPDATED, status="REJECTED")

    assert ingest.query("SELECT status FROM orders") == [("cancelled",), ("cancelled",)]
    assert ingest.count("jobs") == 0


async def test_a_cash_order_prints_although_it_is_not_paid(ingest: Ingest):
    cash = sample_order("pickup-asap-cash.json")
    assert cash["paymentStatus"] == "NOT_PAID"

    await ingest.wix(cash)

    assert {job.station for job in ingest.planned()} == {"kitchen", "bar"}


async def test_goods_of_the_shop_in_a_mixed_cart_reach_no_station(ingest: Ingest):
    await ingest.wix(sample_order("mixed-cart.json"))

    names = {item.name for job in ingest.planned() for item in job.order.items}
    assert names
    assert not any("schürze" in name.casefold() for name in names)


async def test_an_order_of_shop_goods_alone_is_stored_and_not_printed(ingest: Ingest):
    apron = raw_line("Schürze", catalogReference={"appId": STORES})

    answer = await ingest.wix(order(apron))

    assert (answer.body, ingest.count("jobs")) == ({"result": "stored"}, 0)


@pytest.mark.parametrize("spelling", ["strings", "objects"])
async def test_both_spellings_of_the_envelope_are_read(ingest: Ingest, spelling):
    assert (await ingest.wix(order(), spelling=spelling)).body == {"result": "accepted"}


async def test_two_hundred_line_items_all_reach_the_ticket(ingest: Ingest):
    dishes = {"appId": RESTAURANTS, "options": {}}
    lines = [raw_line(f"Gericht {i}", id=str(i), catalogReference=dishes) for i in range(200)]

    assert (await ingest.wix(order(*lines))).status == 200

    (job,) = ingest.planned()
    assert len(job.order.items) == 200
    assert job.order.alerts == ()


async def test_a_note_of_ten_thousand_characters_reaches_the_job_whole(ingest: Ingest):
    note = "ä" * 9_999 + "!"

    await ingest.wix(order(buyerNote=note))

    (job,) = ingest.planned()
    assert job.order.note == note


async def test_printer_commands_in_names_reach_the_job_as_the_text_that_they_are(ingest: Ingest):
    evil = "Cola\x1bp\x00\x19\xfa\x1dV\x00\x10\x14\x01"

    await ingest.wix(order(raw_line(evil), buyerNote=evil))

    (message,) = await ingest.published(1)
    assert not any(
        byte < 0x20 for byte in message.body
    )  # JSON escapes them; nothing else ever saw them
    job = job_of(message)
    assert (job.order.items[0].name, job.order.note) == (evil, evil)


async def test_an_unknown_location_goes_to_the_default_one_and_says_so(ingest: Ingest):
    await ingest.wix(raw_order(businessLocation={"id": "10ca0099"}))

    (job,) = ingest.planned()
    assert job.location == "altstadt"
    assert [alert.code for alert in job.order.alerts] == [AlertCode.UNKNOWN_LOCATION]
    assert await ingest.metric("bonfire_order_alerts_total", code="unknown_location") == 1


async def test_a_location_gets_its_own_orders(ingest: Ingest):
    await ingest.wix(raw_order(businessLocation={"id": HAFEN}))

    (message,) = await ingest.published(1, "hafen")
    assert job_of(message).order.alerts == ()
    assert await ingest.metric("bonfire_jobs_created_total", location="hafen") == 1


async def test_values_that_nobody_knows_still_print_and_say_so(ingest: Ingest):
    strange = order(
        raw_line(itemType={"preset": "FROM_THE_FUTURE"}),
        shippingInfo={"code": "DRONE", "logistics": {"pickupDetails": {"pickupMethod": "DRONE"}}},
        paymentStatus="IN_SHELLS",
        status="TELEPORTED",
    )

    await ingest.wix(strange, Event.APPROVED, status="TELEPORTED")

    (job,) = ingest.planned()
    assert AlertCode.UNKNOWN_VALUE in {alert.code for alert in job.order.alerts}


async def test_an_order_without_items_prints_and_says_so(ingest: Ingest):
    await ingest.wix(order() | {"lineItems": []})

    (job,) = ingest.planned()
    assert AlertCode.NO_ITEMS in {alert.code for alert in job.order.alerts}


def escaped(body: bytes) -> bytes:
    """The same token with everything beyond ASCII written as \\u…, as many shops write JSON."""
    payload = body.split(b".")[1]
    claims = base64.urlsafe_b64decode(payload + b"==").decode(errors="surrogatepass")
    return sign(json.dumps(json.loads(claims)).encode(), wix_key())


async def test_a_note_cut_through_an_emoji_still_prints(ingest: Ingest):
    cut = order(buyerNote="gern \ud83c")

    await ingest.post(escaped(ingest.webhook(cut, spelling="objects")))

    (job,) = ingest.planned()
    assert job.order.note.startswith("gern ")


async def test_an_event_id_with_half_an_emoji_is_an_id_like_any_other(ingest: Ingest):
    body = escaped(ingest.webhook(order(), spelling="objects", event_id="e-\ud83c"))

    assert [(await ingest.post(body)).status for _ in range(2)] == [200, 200]

    assert ingest.count("jobs") == 1


async def test_the_erasing_of_a_persons_data_never_prints(ingest: Ingest):
    answer = await ingest.wix(order(), Event.UPDATED, status="APPROVED", anonymized=True)

    assert (answer.status, answer.body) == (200, {"result": "ignored"})
    assert ingest.count("orders") == 0
    received = {"door": "wix", "result": "ignored"}
    assert await ingest.metric("bonfire_orders_received_total", **received) == 1


async def test_an_event_of_another_site_is_answered_dropped_and_counted(ingest: Ingest, caplog):
    caplog.set_level("WARNING")

    answer = await ingest.wix(order(), instance_id="0bad0bad-0000-4000-8000-000000000001")

    assert (answer.status, answer.body) == (200, {"result": "ignored"})
    assert (ingest.count("orders"), ingest.count("arrivals")) == (0, 0)
    assert await ingest.refused("wix", "unknown_instance") == 1
    told = [record for record in caplog.records if "instance" in record.__dict__]
    assert told[0].__dict__["instance"] == "0bad0bad-0000-4000-8000-000000000001"


async def test_hundred_orders_at_once_all_print_in_the_order_of_their_release(ingest: Ingest):
    answers = await asyncio.gather(*(ingest.wix(order(id=f"o-{i}")) for i in range(100)))

    assert {answer.status for answer in answers} == {200}
    messages = await ingest.published(100)
    released = [job.job_id for job in ingest.planned()]
    assert [message.headers["x-job-id"] for message in messages] == released
