"""The OpenAPI description of the public door, made from the models that check the requests."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from aiohttp import web

from bonfire import __version__
from bonfire.order import Order

_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:bonfire:problem:invalid_fields"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
    },
}
_JOB: Final = {
    "type": "object",
    "properties": {
        "job_id": {"type": "string"},
        "station": {"type": "string"},
        "printer": {"type": "string"},
        "state": {"enum": ["open", "received", "waiting", "printed", "dead"]},
        "ticket_number": {"type": "string"},
        "reason": {"type": "string"},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}
_TAKEN: Final = {
    "type": "object",
    "required": ["id", "number", "location", "status", "accepted_at", "jobs"],
    "properties": {
        "result": {
            "enum": ["accepted", "stored", "duplicate", "stale"],
            "description": "`accepted`: its tickets are on their way. `stored`: nothing to print,"
            " or its tickets had gone out before. `duplicate`: this request had come before."
            " `stale`: something newer is known of this order. Not in the answer to a GET.",
        },
        "id": {"type": "string"},
        "number": {"type": "string"},
        "location": {"type": "string"},
        "status": {"enum": ["waiting", "approved", "cancelled"]},
        "accepted_at": {"type": "string", "format": "date-time"},
        "jobs": {"type": "array", "items": _JOB},
    },
}


def describe() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bonfire order-ingest",
            "version": __version__,
            "description": "An order that was answered with 2xx is on disk and will be printed.",
        },
        "paths": {
            "/v1/orders": {"post": _post_order()},
            "/v1/orders/{id}": {"get": _get_order()},
            "/webhooks/wix": {"post": _post_webhook()},
        },
        "components": {
            "schemas": {**_order_schemas(), "TakenOrder": _TAKEN, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


async def serve(_request: web.Request) -> web.Response:
    return web.Response(body=_document(), content_type="application/json")


@cache
def _document() -> bytes:
    return json.dumps(describe()).encode()


def _order_schemas() -> dict[str, Any]:
    """`Order` and its parts, as strict as the door is; who reads a message ignores what is new."""
    order = Order.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**order.pop("$defs"), "Order": order}
    for schema in schemas.values():
        if schema["type"] == "object":
            schema["additionalProperties"] = False
    return schemas


def _post_order() -> dict[str, Any]:
    return {
        "summary": "Hand in an order; its tickets are printed at once if it is approved",
        "security": [{"token": []}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "The same for every try of one request.",
            }
        ],
        "requestBody": {"required": True, "content": _json("Order")},
        "responses": {
            "201": _answer("It is on disk.", "TakenOrder"),
            "200": _answer("It had come before; this is what became of it.", "TakenOrder"),
            **_problems("400", "401", "408", "409", "413", "422", "500", "503"),
        },
    }


def _get_order() -> dict[str, Any]:
    return {
        "summary": "What became of an order, ticket by ticket",
        "security": [{"token": []}],
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {
            "200": _answer("The order.", "TakenOrder"),
            **_problems("401", "404", "500", "503"),
        },
    }


def _post_webhook() -> dict[str, Any]:
    return {
        "summary": "A webhook of Wix: the body is its signed token",
        "requestBody": {
            "required": True,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        "responses": {
            "200": {"description": "It is on disk, or is of no concern to a kitchen."},
            **_problems("400", "401", "408", "413", "422", "500", "503"),
        },
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": _json(schema)}


def _problems(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "Problem details.", "content": content} for status in statuses}
