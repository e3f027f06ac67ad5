"""The long-running simulator: place an order here and its webhooks go out.

POST /orders       {"order": {…}, "events": ["created", "approved"], "duplicates": 0,
                    "disorder": false, "delay_s": 0, "new_id": false, "now": false}
                   or a bare order; only the order is needed
GET  /deliveries   every delivery with its attempts, oldest first
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from fake_wix.delivery import Delivery, deliver
from fake_wix.events import INSTANCE_ID, Event, Spelling, webhook_body
from fake_wix.orders import placed_at, unwrap, with_new_id

MAX_WAITING: Final = 10_000
MAX_REMEMBERED: Final = 10_000
MAX_DUPLICATES: Final = 100
DEFAULT_EVENTS: Final = (Event.CREATED, Event.APPROVED)


@dataclass(frozen=True, slots=True)
class Placement:
    """What the caller of POST /orders wants to happen."""

    order: dict[str, Any]
    events: tuple[Event, ...] = DEFAULT_EVENTS
    duplicates: int = 0
    disorder: bool = False
    delay_s: float = 0.0
    spelling: Spelling = Spelling.STRINGS

    @classmethod
    def of(cls, content: dict[str, Any]) -> Placement:
        """Raises ValueError or TypeError, with a sentence, for what makes no sense."""
        order = unwrap(content)
        options = content if "order" in content else {}
        if options.get("new_id"):
            order = with_new_id(order, options.get("number"))
        if options.get("now"):
            order = placed_at(order, datetime.now(UTC))
        duplicates = int(options.get("duplicates", 0))
        if not 0 <= duplicates <= MAX_DUPLICATES:
            raise ValueError(f"duplicates must be between 0 and {MAX_DUPLICATES}.")
        return cls(
            order=order,
            events=tuple(Event(each) for each in options.get("events", DEFAULT_EVENTS)),
            duplicates=duplicates,
            disorder=bool(options.get("disorder")),
            delay_s=float(options.get("delay_s", 0)),
            spelling=Spelling(options.get("spelling", Spelling.STRINGS)),
        )


@dataclass(slots=True)
class Simulator:
    """Signs events, delivers them side by side and remembers what happened."""

    key: RSAPrivateKey
    url: str
    instance_id: str = INSTANCE_ID
    time_scale: float = 1.0
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=MAX_REMEMBERED))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _sequences: dict[str, int] = field(default_factory=dict)

    def place(self, placement: Placement, session: aiohttp.ClientSession) -> list[Delivery]:
        """Starts the deliveries of every event; in disorder the last event goes out first."""
        order_id = str(placement.order.get("id") or placement.order.get("_id"))
        bodies = [(event, self._body(placement, event, order_id)) for event in placement.events]
        if placement.disorder:
            bodies.reverse()
        started = [
            Delivery(event, order_id, body, placement.delay_s)
            for event, body in bodies
            for _ in range(placement.duplicates + 1)
        ]
        for delivery in started:
            self.deliveries.append(delivery)
            task = asyncio.create_task(deliver(session, self.url, delivery, self.time_scale))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return started

    def _body(self, placement: Placement, event: Event, order_id: str) -> bytes:
        sequence = self._sequences[order_id] = self._sequences.get(order_id, 0) + 1
        return webhook_body(
            placement.order,
            self.key,
            event,
            instance_id=self.instance_id,
            spelling=placement.spelling,
            sequence=sequence,
        )

    @property
    def waiting(self) -> int:
        return len(self._tasks)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


_SIMULATOR: Final = web.AppKey("simulator", Simulator)
_SESSION: Final = web.AppKey("session", aiohttp.ClientSession)


def control_app(simulator: Simulator) -> web.Application:
    app = web.Application(client_max_size=1024 * 1024)
    app[_SIMULATOR] = simulator
    app.cleanup_ctx.append(_resources)
    app.router.add_post("/orders", _place_order)
    app.router.add_get("/deliveries", _list_deliveries)
    return app


@asynccontextmanager
async def _resources(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        app[_SESSION] = session
        yield
        await app[_SIMULATOR].stop()


async def _place_order(request: web.Request) -> web.Response:
    simulator = request.app[_SIMULATOR]
    if simulator.waiting >= MAX_WAITING:
        return web.json_response({"error": "Too many deliveries are waiting."}, status=429)
    try:
        placement = Placement.of(json.loads(await request.read()))
    except (ValueError, TypeError, AttributeError) as failure:
        return web.json_response({"error": str(failure)}, status=400)
    started = simulator.place(placement, request.app[_SESSION])
    answer = {"order_id": started[0].order_id if started else None, "deliveries": len(started)}
    return web.json_response(answer, status=202)


async def _list_deliveries(request: web.Request) -> web.Response:
    deliveries = [delivery.as_json() for delivery in request.app[_SIMULATOR].deliveries]
    return web.json_response({"deliveries": deliveries})
