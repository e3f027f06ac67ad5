"""`/v1/orders`: our own door, for any shop or till that can send JSON."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from http import HTTPStatus
from typing import Any, Final

import pydantic
from aiohttp import web

from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Permanent, Reason
from bonfire.messages import problems
from bonfire.order import KNOWN_WORDS_ONLY, Order, OrderStatus
from bonfire.tokens import Tokens
from bonfire.web.problem import problem_response
from bonfire.web.server import read_body
from order_ingest.api.reception import Reception
from order_ingest.desk import Desk
from order_ingest.domain.revision import kitchen_digest
from order_ingest.ledger import Arrival, Ledger, OrderRecord, Result
from order_ingest.metrics import Door, IngestMetrics

MOST_BYTES: Final = 256 * 1024
KEY_HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
LONGEST_DETAIL: Final = 4_000  # characters; it names the sender's own fields


class OrderRefused(Permanent):
    """The order or its request is not as the schema says; the message names every mistake."""


class OrdersDoor:
    """Needs a bearer token; each token is a shop of its own, with its own order ids."""

    def __init__(
        self,
        tokens: Tokens,
        config: Config,
        desk: Desk,
        ledger: Ledger,
        clock: Clock,
        metrics: IngestMetrics,
    ) -> None:
        self._tokens = tokens
        self._config = config
        self._desk = desk
        self._ledger = ledger
        self._clock = clock
        self._reception = Reception(Door.API, clock, metrics)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/v1/orders", self.post)
        app.router.add_get("/v1/orders/{id}", self.get)

    async def post(self, request: web.Request) -> web.Response:
        return await self._reception.answer(self._post(request))

    async def get(self, request: web.Request) -> web.Response:
        return await self._reception.answer(self._get(request))

    def _source(self, request: web.Request) -> str:
        owner = self._tokens.owner_of(request.headers.get("Authorization"))
        if owner is None:
            raise OrderRefused(
                Reason.UNAUTHORIZED, "send `Authorization: Bearer <token>` with a token we know"
            )
        return f"api:{owner}"

    async def _post(self, request: web.Request) -> web.Response:
        source = self._source(request)
        key = _idempotency_key(request)
        body = await read_body(request, MOST_BYTES)
        order = read_order(body)
        location = self._config.location(order.location)
        arrival = Arrival(
            source=source,
            event_id=key,
            fingerprint=hashlib.sha256(body).digest()[:16],
            order=order,
            digest=kitchen_digest(order),
            location=location.id,
            sequence=None,
            approved=order.status is OrderStatus.APPROVED,
            at=self._clock.now(),
            raw=body,
        )
        acceptance = await self._desk.accept(Door.API, arrival)
        if acceptance.result is Result.CONFLICT:
            raise OrderRefused(
                Reason.IDEMPOTENCY_CONFLICT,
                f"this {KEY_HEADER} came before with another body; use a new key",
            )
        record = await self._ledger.order(source, order.id)
        new = acceptance.result in (Result.ACCEPTED, Result.STORED)
        status = HTTPStatus.CREATED if new else HTTPStatus.OK
        return web.json_response(_shown(record, acceptance.result), status=status)

    async def _get(self, request: web.Request) -> web.Response:
        source = self._source(request)
        record = await self._ledger.order(source, request.match_info["id"])
        if record is None:
            detail = "no order of this id came in with this token"
            return problem_response(HTTPStatus.NOT_FOUND, "unknown_order", detail)
        return web.json_response(_shown(record))


def read_order(body: bytes) -> Order:
    """Raises `OrderRefused` naming every mistake.

    Strict, as the schema says it: a field that we do not know could be a note that gets lost, and
    so could the first of two fields of one name.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        detail = f"the body is not UTF-8: byte {error.start} is wrong"
        raise OrderRefused(Reason.NOT_UTF8, detail) from error
    try:
        order = Order.model_validate_json(
            text, strict=True, extra="forbid", context=KNOWN_WORDS_ONLY
        )
    except pydantic.ValidationError as error:
        raise OrderRefused(_why(error), problems(error)[:LONGEST_DETAIL]) from error
    # pydantic has read the text already; this only looks for names that it read over.
    json.loads(text, object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str)
    return order


def _refuse_repeated(pairs: list[tuple[str, object]]) -> None:
    counts = Counter(name for name, _ in pairs)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        detail = f"twice in one object: {', '.join(repeated)}; which of them holds?"
        raise OrderRefused(Reason.NOT_JSON, detail)


def _why(error: pydantic.ValidationError) -> Reason:
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] != "json_invalid":
        return Reason.INVALID_FIELDS
    return Reason.TOO_DEEP if "recursion" in first["msg"] else Reason.NOT_JSON


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get(KEY_HEADER, "")
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
        raise OrderRefused(
            Reason.INVALID_FIELDS,
            f"the header {KEY_HEADER} must hold 1 to {LONGEST_KEY} ASCII characters:"
            " the same for every try of one request, a new one for a new request",
        )
    return key


def _shown(record: OrderRecord | None, result: Result | None = None) -> dict[str, Any]:
    assert record is not None  # noqa: S101 -- it was accepted just now
    shown: dict[str, Any] = {
        "id": record.shop_id,
        "number": record.number,
        "location": record.location,
        "status": record.status.value,
        "accepted_at": record.accepted_at.isoformat(),
        "jobs": [
            {
                "job_id": job.job_id,
                "station": job.station,
                "printer": job.printer,
                "state": job.state,
                "ticket_number": job.ticket_number,
                "reason": job.reason,
                "updated_at": job.updated_at.isoformat(),
            }
            for job in record.jobs
        ],
    }
    return shown if result is None else {"result": result.value, **shown}
