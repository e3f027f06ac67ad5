"""Strings that stand for a guest's name, phone, address and words go through every path, and must
come out in no log line, no metric and no answer."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bonfire import logs
from bonfire.broker import topology
from bonfire.messages import Document, JobEvent, JobEventType, PrintJob
from fake_wix import Event, sign
from tests.support.letters import agents, copy_of
from tests.support.rabbit import soon
from tests.support.webhooks import Ingest, printed, running
from tests.support.wix import foreign_key, raw_line, raw_order, wix_key

CANARY = "KANARIENVOGEL"
HANDING_OVER = {Document.PASS, Document.COURIER}
AMOUNT = "7391856.42"  # it is in the jobs of a pass and a courier, and nowhere else either
# So is this: it stands wherever an address or a telephone may, in fields that we do not know.
DOOR = "TUERCODE4711B"


def guest_order(**fields: Any) -> dict[str, Any]:
    """A Wix order that holds the canary wherever a person's data may stand."""
    contact = {"firstName": CANARY, "lastName": CANARY, "phone": CANARY, "company": CANARY}
    contact["whatsapp"] = DOOR
    address = {"addressLine": CANARY, "city": CANARY, "postalCode": CANARY, "addressLine3": DOOR}
    destination = {"contactDetails": contact, "address": address, "buzzerCode": DOOR}
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
        customFields=[
            {"title": CANARY, "value": CANARY},
            CANARY,
            {"title": "Klingel", "value": DOOR},
        ],
        shippingInfo={
            "title": CANARY,
            "logistics": {"instructions": CANARY + DOOR, "shippingDestination": destination},
        },
        priceSummary={"total": {"amount": AMOUNT}},
        balanceSummary={"balance": {"amount": AMOUNT}},
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
        "fulfilment": {"kind": "delivery", "address": {"lines": [CANARY]}},
        "payment": {"total": {"amount": AMOUNT, "currency": CANARY[:12]}},
    } | fields


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    async with running(tmp_path, documents=True) as ingest:
        yield ingest


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


async def letter_paths(ingest: Ingest, jobs: Sequence[PrintJob]) -> list[str]:
    """Dead letters of tickets in every document: from a print host, from the broker, broken."""
    for job in jobs:
        await ingest.letter(agents(job).encode())
        half = job.encode()[: len(job.encode()) // 2]
        await ingest.letter(half, copy_of(job, topology.jobs_queue("altstadt"), "delivery_limit"))
        wrong = job.encode().replace(b'"parts":', b'"parts":"' + CANARY.encode() + b'", "x":')
        await ingest.letter(wrong, copy_of(job, topology.jobs_queue("altstadt")))
    listed = await ingest.ops("GET", "/retry/dead-letter?limit=200")
    letters = [letter["id"] for letter in listed.body["dead_letters"]]
    assert len(letters) >= len(jobs)
    answers = [listed]
    for letter, path in zip(letters, cycle(("/retry/requeue", "/retry/discard")), strict=False):
        answers.append(await ingest.ops("POST", path, json={"id": letter}))
    # By its number a person finds the order again.
    return [answer.text.replace(f'"order_number": "{CANARY}"', "") for answer in answers]


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
    jobs = ingest.planned()
    for job in jobs:
        await ingest.tell(job.job_id, JobEventType.WAITING, detail=CANARY, order_id=CANARY)
    await ingest.tell(jobs[0].job_id, JobEventType.PRINTED, **printed())
    answers += await letter_paths(ingest, jobs)
    unreadable = {"schema": JobEvent.SCHEMA, "type": CANARY, "detail": CANARY, "job_id": CANARY}
    await ingest.deliver(json.dumps(unreadable).encode())
    await ingest.deliver(f'{{"detail": "{CANARY}'.encode())
    answers += await troubled_paths(ingest, monkeypatch)
    scrape = await ingest.request("GET", f"http://127.0.0.1:{ingest.app.ops_port}/metrics")
    answers += [scrape.text, (await ingest.ready()).text]

    for secret, documents in (
        (CANARY, set(Document)),
        (AMOUNT, HANDING_OVER),
        (DOOR, HANDING_OVER),
    ):
        assert {job.document for job in jobs if secret.encode() in job.encode()} == documents
        assert secret not in log.getvalue()
        assert not [answer for answer in answers if secret in answer]
    assert log.getvalue().count("\n") > 30
    assert {job.document for job in jobs if job.order.phone} == HANDING_OVER


async def test_what_people_are_told_holds_no_word_of_a_guest(ingest: Ingest):
    """The events that the notifier writes its mails from, of tickets in every document."""
    await ingest.wix(guest_order(number="10033"))
    jobs = ingest.planned()
    for job in jobs:
        await ingest.letter(b"", copy_of(job, topology.jobs_queue("altstadt")))
        await ingest.letter(agents(job, generation=2).encode())
    await soon(lambda: len(told(ingest)) >= len(jobs))

    assert {job.document for job in jobs} == set(Document)
    assert ingest.count("dead_letters") == 2 * len(jobs)
    secrets = [each.encode() for each in (CANARY, AMOUNT, DOOR)]
    assert not [body for body in told(ingest) if any(secret in body for secret in secrets)]


def told(ingest: Ingest) -> list[bytes]:
    return [each.body for each in ingest.server.waiting(topology.NOTIFIER_EVENTS)]


async def test_no_log_line_holds_a_token(ingest: Ingest, log):
    body = ingest.webhook(guest_order())
    await ingest.post(body)
    await ingest.post(body[:-8] + b"AAAAAAAA")
    await ingest.api(own_order(), token="secret-token-0123456789abcdef")

    assert body.split(b".")[1].decode()[:60] not in log.getvalue()
    assert "secret-token" not in log.getvalue()
