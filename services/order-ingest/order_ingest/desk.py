"""Where the doors meet: an order, wherever it came in, gets its tickets planned and is stored."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from typing import Final

from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Reason
from bonfire.order import Order
from bonfire.outbox import Outbox
from bonfire.store import StoreError
from order_ingest.domain.jobs import plan
from order_ingest.ledger import Acceptance, Arrival, Ledger, Result
from order_ingest.metrics import Door, IngestMetrics

log = logging.getLogger(__name__)

# Accepting outruns publishing while the broker is away; past this the sender is asked to wait.
MOST_UNPUBLISHED: Final = 50_000


class Desk:
    """`accept` answers once the order is on disk; publishing goes on by itself."""

    def __init__(
        self, config: Config, ledger: Ledger, outbox: Outbox, clock: Clock, metrics: IngestMetrics
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock
        self._metrics = metrics

    async def accept(self, door: Door, arrival: Arrival) -> Acceptance:
        """Raises `StoreError` if it is not on disk, and `UnknownLocation`."""
        if self._outbox.waiting > MOST_UNPUBLISHED:
            raise StoreError(Reason.STORE_BUSY, "too many orders wait for the broker")
        location = self._config.location(arrival.location)
        planned = partial(
            plan,
            location=location,
            organisation=self._config.organisation,
            accepted_at=arrival.at,
            due_at=arrival.at,
            source=arrival.source,
        )
        acceptance = await self._ledger.accept(
            arrival, lambda order, digest: planned(order, digest=digest)
        )
        self._publish(acceptance)
        self._tell(door, arrival, acceptance, location.id)
        return acceptance

    def _publish(self, acceptance: Acceptance) -> None:
        for agent, jobs in Counter(job.agent for job in acceptance.jobs).items():
            self._outbox.wake(agent, jobs)

    def _tell(self, door: Door, arrival: Arrival, acceptance: Acceptance, location: str) -> None:
        self._metrics.received(door, acceptance.result.value)
        if acceptance.result is Result.ACCEPTED:
            self._metrics.accepted(location, len(acceptance.jobs), arrival.at.timestamp())
            self._tell_alerts(arrival.order, acceptance)
        if acceptance.changed_after_release:
            self._metrics.changed_after_release(location)
            log.warning(
                "an order was changed or cancelled after its tickets had gone out",
                extra={
                    "event": "order.changed_after_release",
                    "order": acceptance.order_key,
                    "location": location,
                },
            )
        log.info(
            "order taken in",
            extra={
                "event": f"order.{acceptance.result.value}",
                "order": acceptance.order_key,
                "door": door.value,
                "location": location,
                "jobs": len(acceptance.jobs),
            },
        )

    def _tell_alerts(self, order: Order, acceptance: Acceptance) -> None:
        if not order.alerts:
            return
        codes = [alert.code for alert in order.alerts]
        self._metrics.alerts(codes)
        log.warning(
            "parts of an order could not be read; its tickets say so",
            extra={
                "event": "order.alerts",
                "order": acceptance.order_key,
                "codes": sorted({code.value for code in codes}),
            },
        )
