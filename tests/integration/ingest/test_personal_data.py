"""Strings that stand for a guest's name, phone, address and words go through every path, and must
come out in no log line, no metric and no answer."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from bonfire import logs
from bonfire.messages import JobEvent, JobEventType
from fake_wix import Event, sign
from tests.support.webhooks import Ingest, printed
from tests.support.wix import foreign_key, raw_line, raw_order, wix_key

CANARY = "KANARIENVOGEL"


def guest_order(**fields: Any) -> dict[str, Any]:
    """A Wix order that holds the canary wherever a person's data may stand."""
    contact = {"firstName": CANARY, "lastName": CANARY, "phone": CANARY, "company": CANARY}
    address = {"addressLine": CANARY, "city": CANARY, "postalCode": CANARY}
    line = raw_line(
        CANARY,
        descriptionLines=[{"name": {"original": CANARY}, "plainText": {"original": CANARY}}],
        **{CANARY: CANARY},
    )
    order = raw_order(
        line,
        recipientInfo={"contactDetails": contact, "address": address},
        billingInfo={"contactDetails": contact, "address": address},
        buyerInfo={"email": f"{CANARY}@example.org"},
        buyerNote=CANARY,
        customFields=[{"title": CANARY, "value": CANARY}, CANARY],
        shippingInfo={"title": CANARY, "logistics": {"instructions": CANARY}},
        status=CANARY,
        currency=CANARY,
        number=CANARY,
    )
    return order | {CANARY: CANARY} | fields


def own_order(**fields: Any) -> dict[str, Any]:
    return {
        "id": "a-1",
        "number": "1",
        "customer": {"name": CANARY, "phone": CANARY},
        "note": CANARY,
        "items": [{"name": CANARY, "special_request": CANARY}],
        "fulfilment": {"address": {"lines": [CANARY]}},
    } | fields


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service would write to its standard error, at the most talkative level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.start_logging("order-ingest", "DEBUG", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


async def wix_paths(ingest: Ingest) -> list[str]:
    bodies = [
        ingest.webhook(guest_order(), Event.CREATED),
        ingest.webhook(guest_order()),
        ingest.webhook(guest_order(buyerNote=CANARY + "!"), Event.UPDATED),
        ingest.webhook(guest_order(), Event.CANCELED),
        ingest.webhook(guest_order(id="b"), instance_id="0bad"),
        ingest.webhook(guest_order(id="c"), anonymized=True),
        ingest.webhook(guest_order(id=CANARY * 100)),
        ingest.webhook(guest_order(id="d", lineItems=CANARY)),
        sign({"data": CANARY, "iat": ingest.clock.now().timestamp(), "exp": 9e9}, wix_key()),
        sign({"data": CANARY}, wix_key()),
        sign({CANARY: CANARY}, foreign_key()),
        sign(f"[{CANARY}".encode(), wix_key()),
        CANARY.encode(),
        f"{CANARY}.{CANARY}.{CANARY}".encode(),
        CANARY.encode() * 30_000,
    ]
    bodies.append(bodies[1])
    return [(await ingest.post(body)).text for body in bodies]


async def api_paths(ingest: Ingest) -> list[str]:
    answers = [
        await ingest.api(own_order()),
        await ingest.api(own_order()),
        await ingest.api(own_order(note="x")),
        await ingest.api(own_order(placed_at=CANARY, items=CANARY, status=CANARY), key="k-2"),
        await ingest.api(own_order(payment={"total": {"amount": CANARY}}), key="k-3"),
        await ingest.api(None, raw=f'{{"note": "{CANARY}'.encode(), key="k-4"),
        await ingest.api(None, raw=f'{{"note": "{CANARY}\xff"}}'.encode("latin-1"), key="k-5"),
        await ingest.api(own_order(), token=CANARY * 3),
        await ingest.look_up("a-1"),
        await ingest.look_up("a-2"),
    ]
    return [answer.text for answer in answers]


async def troubled_paths(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with closing(sqlite3.connect(ingest.settings.chassis.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = [await ingest.wix(guest_order(id="e")), await ingest.api(own_order(id="e"))]
        other.execute("ROLLBACK")

    async def broken(arrival: Any, _plan: Any) -> None:
        raise ValueError(f"cannot store {arrival.order}")

    monkeypatch.setattr(ingest.app._ledger, "accept", broken)
    answers.append(await ingest.wix(guest_order(id="f")))
    answers.append(await ingest.api(own_order(id="f"), key="k-6"))
    return [answer.text for answer in answers]


async def test_no_path_lets_a_guests_data_into_a_log_a_metric_or_an_answer(
    ingest: Ingest, monkeypatch, log
):
    answers = await wix_paths(ingest) + await api_paths(ingest)
    job = ingest.planned()[0]
    await ingest.tell(job.job_id, JobEventType.WAITING, detail=CANARY, order_id=CANARY)
    await ingest.tell(job.job_id, JobEventType.PRINTED, **printed())
    unreadable = {"schema": JobEvent.SCHEMA, "type": CANARY, "detail": CANARY, "job_id": CANARY}
    await ingest.deliver(json.dumps(unreadable).encode())
    await ingest.deliver(f'{{"detail": "{CANARY}'.encode())
    answers += await troubled_paths(ingest, monkeypatch)
    scrape = await ingest.request("GET", f"http://127.0.0.1:{ingest.app.ops_port}/metrics")
    answers += [scrape.text, (await ingest.ready()).text]

    assert CANARY.encode() in ingest.planned()[0].encode()  # it did reach the kitchen
    assert log.getvalue().count("\n") > 30
    assert CANARY not in log.getvalue()
    assert not [answer for answer in answers if CANARY in answer]


async def test_no_log_line_holds_a_token(ingest: Ingest, log):
    body = ingest.webhook(guest_order())
    await ingest.post(body)
    await ingest.post(body[:-8] + b"AAAAAAAA")
    await ingest.api(own_order(), token="secret-token-0123456789abcdef")

    assert body.split(b".")[1].decode()[:60] not in log.getvalue()
    assert "secret-token" not in log.getvalue()
