"""Where the doors meet: an order, wherever it came in, gets its tickets planned and is stored."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

from bonfire.clock import Clock
from bonfire.config import Config, Location, UnknownLocation
from bonfire.errors import Reason
from bonfire.messages import PrintJob
from bonfire.order import Alert, Order
from bonfire.outbox import Outbox
from bonfire.store import StoreError
from order_ingest.domain.jobs import plan
from order_ingest.ledger import Acceptance, Arrival, Ledger
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

    @property
    def overfull(self) -> bool:
        return self._outbox.waiting > MOST_UNPUBLISHED

    async def accept(self, door: Door, arrival: Arrival) -> Acceptance:
        """Raises `StoreError` if it is not on disk."""
        if self.overfull:
            raise StoreError(Reason.STORE_BUSY, "too many orders wait for the broker")
        acceptance = await self._ledger.accept(arrival, partial(self._plan, arrival))
        self._publish(acceptance)
        self._tell(door, arrival, acceptance)
        return acceptance

    def _plan(self, arrival: Arrival, order: Order, digest: str) -> tuple[PrintJob, ...]:
        """`order` is not the arrival's own one where something newer was known already."""
        return plan(
            order,
            self._location(order, arrival),
            self._config.organisation,
            accepted_at=arrival.at,
            due_at=arrival.at,
            digest=digest,
            source=arrival.source,
        )

    def _location(self, order: Order, arrival: Arrival) -> Location:
        try:
            return self._config.location(order.location)
        except UnknownLocation:  # it was stored before that location left the configuration
            return self._config.location(arrival.location)

    def _publish(self, acceptance: Acceptance) -> None:
        for agent, jobs in Counter(job.agent for job in acceptance.jobs).items():
            self._outbox.wake(agent, jobs)

    def _tell(self, door: Door, arrival: Arrival, acceptance: Acceptance) -> None:
        self._metrics.received(door, acceptance.result.value)
        for location, jobs in Counter(job.location for job in acceptance.jobs).items():
            self._metrics.accepted(location, jobs, arrival.at.timestamp())
        if acceptance.jobs:
            self._tell_alerts(acceptance.jobs[0].order.alerts, acceptance)
        if acceptance.changed_after_release:
            self._metrics.changed_after_release(arrival.location)
            log.warning(
                "an order was changed or cancelled after its tickets had gone out",
                extra={
                    "event": "order.changed_after_release",
                    "order": acceptance.order_key,
                    "location": arrival.location,
                },
            )
        log.info(
            "order taken in",
            extra={
                "event": f"order.{acceptance.result.value}",
                "order": acceptance.order_key,
                "door": door.value,
                "location": arrival.location,
                "jobs": len(acceptance.jobs),
            },
        )

    def _tell_alerts(self, alerts: Sequence[Alert], acceptance: Acceptance) -> None:
        if not alerts:
            return
        codes = [alert.code for alert in alerts]
        self._metrics.alerts(codes)
        log.warning(
            "parts of an order could not be read; its tickets say so",
            extra={
                "event": "order.alerts",
                "order": acceptance.order_key,
                "codes": sorted({code.value for code in codes}),
            },
        )
