"""The description of the API against the API itself."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from jsonschema import Draft202012Validator
from multidict import CIMultiDict

from bonfire.order import Order
from fake_wix import sign
from order_ingest.api.openapi import describe
from order_ingest.api.orders import OrderRefused, read_order
from order_ingest.app import App
from tests.support.virtual_time import LoopClock, virtual_time
from tests.support.webhooks import TILL, Answer, Ingest, settings_in
from tests.support.wix import foreign_key, raw_order

SCHEMAS = describe()["components"]["schemas"]


def validator(schema: str) -> Draft202012Validator:
    """Of a component, with the others for it to refer to."""
    root = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": SCHEMAS}}
    return Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {found for each in value for found in references(each)}
    if not isinstance(value, dict):
        return set()
    here = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return here | {found for each in value.values() for found in references(each)}


def documented() -> set[tuple[str, str, str]]:
    """Every method, path and status of the document."""
    return {
        (method.upper(), path, status)
        for path, methods in describe()["paths"].items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }


async def test_the_document_is_served_to_everybody(ingest: Ingest):
    answer = await ingest.request("GET", "/openapi.json")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == describe()
    assert answer.body["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_each_schema_is_a_json_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_reference_leads_somewhere():
    assert references(describe()) <= {f"#/components/schemas/{name}" for name in SCHEMAS}


def test_every_field_of_an_order_is_described():
    assert SCHEMAS["Order"]["properties"].keys() == Order.model_fields.keys()


FULL: dict[str, Any] = {
    "id": "a-1",
    "number": "A1",
    "status": "approved",
    "placed_at": "2026-05-12T18:00:00+02:00",
    "location": "altstadt",
    "fulfilment": {"kind": "pickup", "promise": {"asap": True}, "address": {"lines": ["x"]}},
    "customer": {"name": "Änne"},
    "items": [
        {
            "name": "Suppe",
            "quantity": 2,
            "modifiers": [{"name": "Brot", "price": {"amount": "1.20", "currency": "EUR"}}],
            "notes": [{"label": "l", "text": "t"}],
            "price": {"amount": 4.5},
        }
    ],
    "note": "n",
    "custom_fields": [{"label": "l", "text": "t"}, {"label": "Klingel", "topic": "contact"}],
    "payment": {"status": "paid", "total": None},
    "alerts": [{"code": "unknown_value"}],
}
BAD: list[dict[str, Any]] = [
    {"id": 7},
    {"id": ""},
    {"id": "x" * 201},
    {"number": None},
    {"status": "eaten"},
    {"placed_at": 1_700_000_000},
    {"location": ["altstadt"]},
    {"fulfilment": {"kind": "pikup"}},
    {"custom_fields": [{"topic": "contakt"}]},
    {"fulfilment": {"promise": {"asap": "yes"}}},
    {"fulfilment": {"promise": {"asap": 1}}},
    {"fulfilment": {"address": {"lines": "x"}}},
    {"fulfilment": {"tabel": "4"}},
    {"items": {}},
    {"items": [{"quantity": 1}]},
    {"items": [{"name": "x", "quantity": 0}]},
    {"items": [{"name": "x", "quantity": 1_000_000}]},
    {"items": [{"name": "x", "quantity": "2"}]},
    {"items": [{"name": "x", "quantity": 1.5}]},
    {"items": [{"name": "x", "variants": ["v"] * 101}]},
    {"items": [{"name": "x", "price": {"currency": "EUR"}}]},
    {"items": [{"name": "x", "price": {"amount": True}}]},
    {"note": "x" * 20_001},
    {"payment": None},
    {"unknown": 1},
]


def accepts(order: dict[str, Any]) -> bool:
    try:
        read_order(json.dumps(order).encode())
    except OrderRefused:
        return False
    return True


@pytest.mark.parametrize("change", [{}, {"items": []}, {"payment": {}}, {"placed_at": None}])
def test_what_the_schema_allows_is_accepted(change):
    assert validator("Order").is_valid(FULL | change)
    assert accepts(FULL | change)


@pytest.mark.parametrize("change", BAD, ids=str)
def test_what_the_schema_forbids_is_refused(change):
    assert not validator("Order").is_valid(FULL | change)
    assert not accepts(FULL | change)


@pytest.mark.parametrize("field", ["id", "number"])
def test_the_schema_and_the_door_require_the_same_fields(field):
    lacking = {name: value for name, value in FULL.items() if name != field}

    assert not validator("Order").is_valid(lacking)
    assert not accepts(lacking)


async def test_answers_are_as_described(ingest: Ingest):
    taken = await ingest.api(FULL)
    again = await ingest.api(FULL)
    shown = await ingest.look_up("a-1")
    refused = await ingest.api({})

    for answer in (taken, again, shown):
        validator("TakenOrder").validate(answer.body)
    validator("Problem").validate(refused.body)


class Reached:
    """Which statuses were seen, and that each was the one that was expected."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str, str]] = set()

    def see(self, method: str, path: str, status: int, answer: Answer) -> None:
        assert answer.status == status, answer.text
        if status >= 400:
            validator("Problem").validate(answer.body)
        self.seen.add((method, path, str(status)))


async def reach_webhook(ingest: Ingest, reached: Reached) -> None:
    door = ("POST", "/webhooks/wix")
    reached.see(*door, 200, await ingest.wix(raw_order()))
    reached.see(*door, 400, await ingest.post(b"x"))
    reached.see(*door, 401, await ingest.post(sign({}, foreign_key())))
    reached.see(*door, 413, await ingest.post(b"x" * 300_000))
    reached.see(*door, 422, await ingest.wix(raw_order(id="")))


async def reach_orders(ingest: Ingest, reached: Reached) -> None:
    door = ("POST", "/v1/orders")
    reached.see(*door, 201, await ingest.api(FULL))
    reached.see(*door, 200, await ingest.api(FULL))
    reached.see(*door, 400, await ingest.api(None, raw=b"x"))
    reached.see(*door, 401, await ingest.api(FULL, token="unknown"))
    reached.see(*door, 409, await ingest.api(FULL | {"number": "2"}))
    reached.see(*door, 413, await ingest.api(None, raw=b"x" * 300_000))
    reached.see(*door, 422, await ingest.api({}))
    one = ("GET", "/v1/orders/{id}")
    reached.see(*one, 200, await ingest.look_up("a-1"))
    reached.see(*one, 401, await ingest.look_up("a-1", token="unknown"))
    reached.see(*one, 404, await ingest.look_up("a-2"))


async def reach_refusing_disk(ingest: Ingest, reached: Reached) -> None:
    with closing(sqlite3.connect(ingest.settings.chassis.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reached.see("POST", "/webhooks/wix", 503, await ingest.wix(raw_order()))
        reached.see("POST", "/v1/orders", 503, await ingest.api(FULL, key="k-2"))
        reached.see("GET", "/v1/orders/{id}", 503, await ingest.look_up("a-1"))
        other.execute("ROLLBACK")


async def reach_mistake(ingest: Ingest, reached: Reached, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    for name in ("accept", "order"):
        monkeypatch.setattr(ingest.app._ledger, name, broken)
    reached.see("POST", "/webhooks/wix", 500, await ingest.wix(raw_order()))
    reached.see("POST", "/v1/orders", 500, await ingest.api(FULL, key="k-3"))
    reached.see("GET", "/v1/orders/{id}", 500, await ingest.look_up("a-1"))


async def test_every_documented_status_is_really_given(ingest: Ingest, monkeypatch):
    reached = Reached()
    await reach_webhook(ingest, reached)
    await reach_orders(ingest, reached)
    await reach_refusing_disk(ingest, reached)
    await reach_mistake(ingest, reached, monkeypatch)
    slow = {("POST", path, "408") for path in ("/v1/orders", "/webhooks/wix")}  # below

    assert reached.seen | slow == documented()


def request_without_body(path: str, *, connected: bool = True) -> web.Request:
    """One whose body never comes."""
    loop = asyncio.get_running_loop()
    protocol = BaseProtocol(loop)
    protocol.transport = asyncio.Transport() if connected else None
    body = StreamReader(protocol, limit=65_536, loop=loop)
    headers = CIMultiDict({"Authorization": f"Bearer {TILL}", "Idempotency-Key": "k-1"})
    return make_mocked_request("POST", path, headers, payload=body)


async def answer_of(folder: Path, request: web.Request) -> web.StreamResponse:
    app = App(settings_in(folder), LoopClock())
    handler = (await app._doors().router.resolve(request)).handler
    return await handler(request)


@pytest.mark.parametrize("path", ["/v1/orders", "/webhooks/wix"])
def test_a_body_that_does_not_come_is_given_up_after_five_seconds(tmp_path, path):
    @virtual_time
    async def post() -> None:
        started = asyncio.get_running_loop().time()
        response = await answer_of(tmp_path, request_without_body(path))
        assert response.status == 408
        assert asyncio.get_running_loop().time() - started == pytest.approx(5)

    post()


@pytest.mark.parametrize("path", ["/v1/orders", "/webhooks/wix"])
async def test_a_sender_who_had_gone_before_we_read_is_no_mistake_of_ours(tmp_path, path):
    response = await answer_of(tmp_path, request_without_body(path, connected=False))

    assert response.status == 400
