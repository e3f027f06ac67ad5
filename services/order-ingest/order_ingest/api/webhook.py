"""`POST /webhooks/wix`: verify, read, store, answer. Wix waits 1 250 ms and repeats for two days.

Refused is only what cannot be Wix's or cannot be read at all. An event of another site is answered
with 200 and dropped, so that the answer tells a stranger nothing.
"""

from __future__ import annotations

import logging
from typing import Final

from aiohttp import web

from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Reason, Retryable
from bonfire.order import OrderStatus
from bonfire.web.server import read_body
from order_ingest.api.reception import Reception
from order_ingest.desk import Desk
from order_ingest.domain.revision import kitchen_digest
from order_ingest.ledger import Arrival
from order_ingest.metrics import IGNORED, Door, IngestMetrics
from order_ingest.wix.decision import Action, decide
from order_ingest.wix.envelope import WixEvent, read_event
from order_ingest.wix.location import located
from order_ingest.wix.mapping import map_order
from order_ingest.wix.token import TokenVerifier

log = logging.getLogger(__name__)

MOST_BYTES: Final = 256 * 1024
SOURCE: Final = "wix"
SAME_CONTENT: Final = b""  # of an event id; only the signature and its times may differ
# The event is newer than the snapshot that it carries.
STATUS_AFTER: Final = {
    Action.PRINT: OrderStatus.APPROVED,
    Action.CANCEL: OrderStatus.CANCELLED,
}


class WixDoor:
    """`verifier` is None while no public key is configured: then Wix is asked to come again."""

    def __init__(
        self,
        verifier: TokenVerifier | None,
        config: Config,
        desk: Desk,
        clock: Clock,
        metrics: IngestMetrics,
    ) -> None:
        self._verifier = verifier
        self._instances = frozenset(config.wix.instances)
        self._config = config
        self._desk = desk
        self._clock = clock
        self._metrics = metrics
        self._reception = Reception(Door.WIX, clock, metrics)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/webhooks/wix", self.post)

    async def post(self, request: web.Request) -> web.Response:
        return await self._reception.answer(self._answer(request))

    async def _answer(self, request: web.Request) -> web.Response:
        result = await self._take(await read_body(request, MOST_BYTES))
        return web.json_response({"result": result})

    async def _take(self, body: bytes) -> str:
        if self._verifier is None:
            raise Retryable(Reason.CONFIG_INVALID, "no public key of Wix is configured here")
        token = self._verifier.verify(body, self._clock.now())
        if token.stale:
            self._metrics.stale_token()
        event = read_event(token.claims)
        if event.instance_id not in self._instances:
            self._drop(event)
            return IGNORED
        return await self._accept(event, body)

    def _drop(self, event: WixEvent) -> None:
        self._reception.refuse(Reason.UNKNOWN_INSTANCE)
        log.warning(
            "an event of a site that [wix] instances does not list was dropped",
            extra={"event": "webhook.unknown_instance", "instance": event.instance_id[:80]},
        )

    async def _accept(self, event: WixEvent, body: bytes) -> str:
        order = map_order(event.order) if event.order is not None else None
        action = decide(event, order)
        if event.order is None or order is None or action is Action.IGNORE:
            self._metrics.received(Door.WIX, IGNORED)
            return IGNORED
        order = located(order, event.order, self._config)
        order = order.model_copy(update={"status": STATUS_AFTER.get(action, order.status)})
        arrival = Arrival(
            source=SOURCE,
            event_id=event.event_id,
            fingerprint=SAME_CONTENT,
            order=order,
            digest=kitchen_digest(order),
            location=order.location,
            sequence=event.sequence,
            approved=action is Action.PRINT,
            at=self._clock.now(),
            raw=body,
        )
        acceptance = await self._desk.accept(Door.WIX, arrival)
        return acceptance.result.value
