"""Looks every few seconds how much waits in the ledger, for the metrics and the heartbeats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

from bonfire.clock import Clock
from bonfire.heartbeat import Standing
from bonfire.inbox import until_on_disk
from order_ingest.ledger import Figures, Ledger
from order_ingest.metrics import LedgerSeries

LOOK_EVERY_S: Final = 5.0


class Lookout:
    """`run` is its task; `standing` is what it saw last."""

    def __init__(self, ledger: Ledger, series: LedgerSeries, clock: Clock) -> None:
        self._ledger = ledger
        self._series = series
        self._clock = clock
        self._seen: Sequence[Figures] = ()

    async def run(self) -> None:
        while True:
            await until_on_disk(self.look, self._clock)
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        self._seen = await self._ledger.figures()
        self._series.show(self._seen)

    def standing(self) -> Standing:
        total = reduce(Figures.plus, self._seen, Figures(""))
        return Standing(
            backlog=total.unanswered_jobs, oldest_waiting_at=total.oldest_unanswered_due_at
        )
