from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.support.webhooks import TILL, Answer, Ingest

SOUP = {"name": "Suppe"}


def order(**fields: Any) -> dict[str, Any]:
    return {"id": "a-1", "number": "A1", "items": [SOUP]} | fields


async def refusal(ingest: Ingest, answer: Answer) -> tuple[int, str]:
    """Status and reason; also that it is counted and nothing is stored."""
    assert await ingest.refused("api", answer.reason) == 1
    assert ingest.count("orders") == 0
    return answer.status, answer.reason


async def test_a_location_that_does_not_exist_is_refused_by_its_name(ingest: Ingest):
    answer = await ingest.api(order(location="atlantis"))

    assert await refusal(ingest, answer) == (422, "unknown_location")
    assert "'atlantis'" in answer.body["detail"]


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong-token-0123456789abcdef01", f"Basic {TILL}", TILL],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_whoever_has_no_token_learns_nothing(ingest: Ingest, header, method):
    headers = {"Idempotency-Key": "k-1"} | ({} if header is None else {"Authorization": header})
    path = "/v1/orders" if method == "POST" else "/v1/orders/a-1"

    answer = await ingest.request(method, path, headers=headers, data=b"{}")

    assert await refusal(ingest, answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.body["detail"] == "send `Authorization: Bearer <token>` with a token we know"


@pytest.mark.parametrize("key", [None, "", "k" * 256, "schlüssel", "\udcff"])
async def test_a_request_without_a_usable_idempotency_key_is_refused(ingest: Ingest, key):
    text = json.dumps(order())
    head = f"POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TILL}\r\n"
    head += "" if key is None else f"Idempotency-Key: {key}\r\n"
    head += f"Connection: close\r\nContent-Length: {len(text)}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", ingest.app.port)
    writer.write((head + text).encode(errors="surrogateescape"))

    answer = (await reader.read()).decode()

    writer.close()
    assert answer.startswith("HTTP/1.1 422 ")
    assert "Idempotency-Key" in answer
    assert await ingest.refused("api", "invalid_fields") == 1
    assert ingest.count("orders") == 0


async def test_every_mistake_in_an_order_is_named_at_once(ingest: Ingest):
    wrong = {
        "number": 7,
        "items": [{"quantity": 0}, {"name": "Suppe", "quantity": "2"}],
        "placed_at": "2026-05-12T18:00:00",
        "fulfilment": {"kind": "teleport", "promise": {"asap": "yes"}},
        "payment": {"total": {"amount": "much"}},
        "nonsense": 1,
    }

    answer = await ingest.api(wrong)

    assert await refusal(ingest, answer) == (422, "invalid_fields")
    for path in (
        "id",
        "number",
        "items.0.name",
        "items.0.quantity",
        "items.1.quantity",
        "placed_at",
        "fulfilment.kind",
        "fulfilment.promise.asap",
        "payment.total.amount",
        "nonsense",
    ):
        assert f"{path}: " in answer.body["detail"]


@pytest.mark.parametrize(
    "where",
    [
        {"nota": "ohne Nüsse"},
        {"items": [SOUP | {"remark": "ohne Nüsse"}]},
        {"fulfilment": {"tabel": "4"}},
        {"customer": {"fon": "030"}},
    ],
)
async def test_a_field_that_nobody_knows_is_refused_for_it_could_be_a_note(ingest: Ingest, where):
    answer = await ingest.api(order(**where))

    assert await refusal(ingest, answer) == (422, "invalid_fields")
    assert "Extra inputs are not permitted" in answer.body["detail"]


@pytest.mark.parametrize(
    ("where", "path", "words"),
    [
        ({"fulfilment": {"kind": "pikup"}}, "fulfilment.kind", "'pickup', 'delivery'"),
        ({"payment": {"status": "payed"}}, "payment.status", "'paid', 'not_paid'"),
        (
            {"custom_fields": [{"label": "Klingel", "topic": "contakt"}]},
            "custom_fields.0.topic",
            "'order', 'handover', 'contact' or 'price'",
        ),
    ],
)
async def test_a_misspelt_word_is_refused_with_those_that_there_are(
    ingest: Ingest, where, path, words
):
    """A print host reads it as a newer hub's; whoever sends it here can mend it."""
    answer = await ingest.api(order(**where))

    assert await refusal(ingest, answer) == (422, "invalid_fields")
    assert f"{path}: Input should be {words}" in answer.body["detail"]
    assert ingest.count("orders") == 0


async def test_an_answer_is_not_as_long_as_the_senders_mistake(ingest: Ingest):
    answer = await ingest.api(order(**{f"{number}" * 10_000: 1 for number in range(9)}))

    assert answer.status == 422
    assert len(answer.text) < 5_000


@pytest.mark.parametrize(
    "body",
    [
        '{"id": "1", "number": "1", "note": "no nuts", "items": [{"name": "A"}], "note": ""}',
        '{"id": "1", "number": "1", "items": [{"name": "A", "notes": [], "note\\u0073": []}]}',
    ],
)
async def test_a_field_that_stands_twice_in_one_object_is_refused_by_its_name(ingest: Ingest, body):
    answer = await ingest.api(None, raw=body.encode())

    assert await refusal(ingest, answer) == (400, "not_json")
    assert "twice in one object: note" in answer.body["detail"]


async def test_one_name_in_two_objects_is_no_repetition(ingest: Ingest):
    body = '{"id": "1", "number": "1", "items": [{"name": "A"}, {"name": "A", "quantity": 2}]}'
    assert (await ingest.api(None, raw=body.encode())).status == 201


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "not_json"),
        (b'{"id": "1"', 400, "not_json"),
        (b"[" * 10_000, 400, "too_deep"),
        ('{"id": "Käse"}'.encode("latin-1"), 400, "not_utf8"),
        (b'{"id": "\\ud83c", "number": "1"}', 400, "not_json"),
        (b"[]", 422, "invalid_fields"),
        (b"x" * (256 * 1024 + 1), 413, "too_large"),
    ],
)
async def test_what_cannot_be_read_is_refused(ingest: Ingest, body, status, reason):
    assert await refusal(ingest, await ingest.api(None, raw=body)) == (status, reason)
