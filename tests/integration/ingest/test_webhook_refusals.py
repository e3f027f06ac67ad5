from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from fake_wix import generate_key, public_pem, sign
from fake_wix.token import encode_segment
from tests.support.webhooks import Answer, Ingest, running
from tests.support.wix import foreign_key, raw_order, wix_key

LIMIT = 256 * 1024


def claims(ingest: Ingest, **changes: Any) -> dict[str, Any]:
    now = int(ingest.clock.now().timestamp())
    event: dict[str, Any] = {
        "id": "e-1",
        "entityFqdn": "wix.ecom.v1.order",
        "slug": "approved",
        "entityId": "0bde0001",
        "actionEvent": {"body": {"order": raw_order()}},
    }
    envelope: dict[str, Any] = {"eventType": "wix.ecom.v1.order_approved", "data": event}
    envelope["instanceId"] = "1a57a9ce-0000-4000-8000-000000000001"
    return {"data": envelope, "iat": now, "exp": now + 60} | changes


async def refusal(ingest: Ingest, body: bytes) -> tuple[int, str]:
    """Status and reason of the answer; also that nothing is stored and that it is counted."""
    answer = await ingest.post(body)
    assert (ingest.count("orders"), ingest.count("arrivals")) == (0, 0)
    assert await ingest.refused("wix", answer.reason) == 1
    return answer.status, answer.reason


async def test_the_claims_of_these_tests_are_accepted_as_they_are(ingest: Ingest):
    assert (await ingest.post(sign(claims(ingest), wix_key()))).body == {"result": "accepted"}


async def test_a_token_by_another_key_is_refused(ingest: Ingest):
    assert await refusal(ingest, sign(claims(ingest), foreign_key())) == (401, "bad_signature")


async def test_a_token_with_changed_content_is_refused(ingest: Ingest):
    header, _, signature = sign(claims(ingest), wix_key()).split(b".")
    forged = encode_segment(json.dumps(claims(ingest, note="mine")).encode())

    assert await refusal(ingest, b".".join((header, forged, signature))) == (401, "bad_signature")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "rs256", None])
async def test_a_token_by_another_algorithm_is_refused(ingest: Ingest, algorithm):
    body = sign(claims(ingest), wix_key(), {"alg": algorithm, "typ": "JWT"})

    assert await refusal(ingest, body) == (401, "bad_algorithm")


async def test_a_token_that_nobody_signed_is_refused(ingest: Ingest):
    header, payload, _ = sign(claims(ingest), wix_key(), {"alg": "none"}).split(b".")

    assert await refusal(ingest, b".".join((header, payload, b""))) == (401, "bad_algorithm")


async def test_who_forges_learns_nothing_from_the_answer(ingest: Ingest):
    answers: list[Answer] = []
    for note in ("one", "two " * 500):
        answers.append(await ingest.post(sign(claims(ingest, note=note), foreign_key())))

    assert answers[0].text == answers[1].text
    assert answers[0].body["detail"] == "The token's signature is not by any of our keys."
    assert answers[0].headers["WWW-Authenticate"]


async def test_a_token_older_than_72_hours_is_refused(ingest: Ingest):
    body = ingest.webhook(raw_order())
    ingest.clock.jump(timedelta(hours=72, seconds=1).total_seconds())

    assert await refusal(ingest, body) == (401, "token_expired")


async def test_a_token_of_a_late_retry_is_accepted_and_counted(ingest: Ingest):
    body = ingest.webhook(raw_order())
    ingest.clock.jump(timedelta(hours=71, minutes=59).total_seconds())

    assert (await ingest.post(body)).body == {"result": "accepted"}
    assert await ingest.metric("bonfire_wix_stale_tokens_total") == 1


async def test_a_fresh_token_is_not_counted_as_stale(ingest: Ingest):
    await ingest.wix(raw_order())

    assert await ingest.metric("bonfire_wix_stale_tokens_total") == 0


@pytest.mark.parametrize("name", ["iat", "exp"])
async def test_a_token_without_its_times_is_refused(ingest: Ingest, name):
    timeless = {key: value for key, value in claims(ingest).items() if key != name}

    assert await refusal(ingest, sign(timeless, wix_key())) == (400, "not_a_token")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7])
async def test_a_truncated_token_is_refused(ingest: Ingest, share):
    body = sign(claims(ingest), wix_key())

    assert await refusal(ingest, body[: int(len(body) * share)]) == (400, "not_a_token")


@pytest.mark.parametrize("body", [b"hello", b"\x00" * 64, b"{}", b"a.b.c", "ü.ü.ü".encode()])
async def test_what_is_no_token_is_refused(ingest: Ingest, body):
    assert await refusal(ingest, body) == (400, "not_a_token")


async def test_a_body_that_declares_more_than_256_kb_is_refused(ingest: Ingest):
    assert await refusal(ingest, b"x" * (LIMIT + 1)) == (413, "too_large")


async def test_a_body_of_256_kb_is_read(ingest: Ingest):
    assert await refusal(ingest, b"x" * LIMIT) == (400, "not_a_token")


async def test_a_body_that_grows_beyond_256_kb_is_refused(ingest: Ingest):
    async def grows() -> AsyncIterator[bytes]:
        for _ in range(LIMIT // 1024 + 1):
            yield b"x" * 1024

    answer = await ingest.post(grows())

    assert (answer.status, answer.reason) == (413, "too_large")
    assert await ingest.refused("wix", "too_large") == 1


async def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(ingest: Ingest):
    bomb = gzip.compress(b"x" * 20_000_000)
    assert len(bomb) < LIMIT

    answer = await ingest.request(
        "POST", "/webhooks/wix", data=bomb, headers={"Content-Encoding": "gzip"}
    )

    assert (answer.status, answer.reason) == (413, "too_large")


async def test_a_body_that_cannot_be_unpacked_is_refused(ingest: Ingest):
    answer = await ingest.request(
        "POST", "/webhooks/wix", data=b"not gzip", headers={"Content-Encoding": "gzip"}
    )

    assert (answer.status, answer.reason) == (400, "incomplete")


async def test_a_sender_who_hangs_up_amid_the_body_is_counted_and_no_mistake(ingest: Ingest):
    _, writer = await asyncio.open_connection("127.0.0.1", ingest.app.port)
    writer.write(b"POST /webhooks/wix HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc")
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.close()
    await writer.wait_closed()

    async with asyncio.timeout(2):
        while await ingest.refused("wix", "incomplete") != 1:  # noqa: ASYNC110 -- seen from outside
            await asyncio.sleep(0.01)


async def test_json_nested_ten_thousand_deep_is_refused(ingest: Ingest):
    deep = b"[" * 10_000 + b"]" * 10_000

    assert await refusal(ingest, sign(deep, wix_key())) == (400, "too_deep")


async def test_an_envelope_nested_ten_thousand_deep_is_refused(ingest: Ingest):
    body = sign(claims(ingest, data='{"data":' * 10_000), wix_key())

    assert await refusal(ingest, body) == (400, "too_deep")


async def test_a_payload_that_is_not_utf8_is_refused(ingest: Ingest):
    latin = json.dumps(claims(ingest, note="Käse"), ensure_ascii=False).encode("latin-1")

    assert await refusal(ingest, sign(latin, wix_key())) == (400, "not_utf8")


async def test_a_payload_that_is_not_json_is_refused(ingest: Ingest):
    assert await refusal(ingest, sign(b"no json", wix_key())) == (400, "not_json")


@pytest.mark.parametrize("missing", ["id", "actionEvent"])
async def test_an_event_that_lacks_what_it_must_have_is_refused(ingest: Ingest, missing):
    full = claims(ingest)
    del full["data"]["data"][missing]

    assert await refusal(ingest, sign(full, wix_key())) == (422, "invalid_fields")


async def test_an_event_without_its_site_is_refused(ingest: Ingest):
    full = claims(ingest)
    del full["data"]["instanceId"]

    assert await refusal(ingest, sign(full, wix_key())) == (422, "invalid_fields")


@pytest.mark.parametrize("order_id", [None, "", "x" * 201])
async def test_an_order_without_a_usable_id_is_refused(ingest: Ingest, order_id):
    body = ingest.webhook(raw_order() | {"id": order_id})

    assert await refusal(ingest, body) == (422, "invalid_fields")


async def test_while_keys_are_changed_both_are_valid(tmp_path):
    old, new = generate_key(), wix_key()
    both = (public_pem(old) + public_pem(new)).decode()
    async with running(tmp_path, wix_public_key=both) as ingest:
        for key, event_id in ((old, "e-1"), (new, "e-2")):
            full = claims(ingest)
            full["data"]["data"]["id"] = event_id
            assert (await ingest.post(sign(full, key))).status == 200

        await ingest.restart(wix_public_key=public_pem(new).decode())
        assert (await ingest.post(sign(claims(ingest), old))).status == 401


async def test_the_door_takes_nothing_but_a_post(ingest: Ingest):
    answer = await ingest.request("GET", "/webhooks/wix")

    assert (answer.status, answer.reason) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
