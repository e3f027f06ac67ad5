"""Names what the broker lacks. Until it is declared, messages land where nobody prints them."""

from __future__ import annotations

import logging
from typing import Final

from bonfire.broker import Broker, BrokerUnavailable
from bonfire.broker.topology import Topology
from bonfire.clock import Clock
from bonfire.metrics import BrokerSeries

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 30.0


class TopologyWatch:
    """Looks at the start and ever again; tells once what is missing, and once that all is there."""

    def __init__(
        self, broker: Broker, needed: Topology, clock: Clock, series: BrokerSeries
    ) -> None:
        self._broker = broker
        self._needed = needed
        self._clock = clock
        self._series = series
        self._lacking: tuple[str, ...] = ()

    async def run(self) -> None:
        while True:
            await self._broker.wait_connected()
            await self._look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        try:
            lacking = await self._broker.missing(self._needed)
        except BrokerUnavailable:  # lost just now; the next look tells
            return
        self._series.missing.set(len(lacking))
        if lacking and lacking != self._lacking:
            log.error(
                "the broker lacks something: run `order-ingest declare`",
                extra={"event": "topology.missing", "objects": lacking},
            )
        elif self._lacking and not lacking:
            log.info("the broker has everything", extra={"event": "topology.complete"})
        self._lacking = lacking
