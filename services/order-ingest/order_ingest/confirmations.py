"""Takes what the agents tell of their jobs into the ledger."""

from __future__ import annotations

from typing import Final

from bonfire.broker import Broker, topology
from bonfire.clock import Clock
from bonfire.inbox import Inbox
from bonfire.messages import JobEvent
from bonfire.teller import Teller
from order_ingest.ledger import Ledger
from order_ingest.metrics import IngestMetrics

PREFETCH: Final = 64


class Confirmations:
    """What happens to each event of the queue `events.ledger`."""

    def __init__(
        self,
        broker: Broker,
        ledger: Ledger,
        teller: Teller,
        clock: Clock,
        metrics: IngestMetrics,
    ) -> None:
        self._ledger = ledger
        self._teller = teller
        self._metrics = metrics
        self.inbox = Inbox(
            broker,
            topology.LEDGER_EVENTS,
            PREFETCH,
            JobEvent,
            self.take,
            clock,
            metrics.unreadable_event,
        )

    async def take(self, event: JobEvent) -> None:
        closed = await self._ledger.apply(event)
        if closed is not None:
            self._teller.woke(closed.events)
            # Two machines' clocks: where they disagree, a counter must still not fall.
            seconds = max(0.0, (event.at - closed.accepted_at).total_seconds())
            self._metrics.closed(closed.location, closed.state, seconds)
