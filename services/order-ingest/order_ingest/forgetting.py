"""Forgets the ids of events that no shop repeats any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bonfire.clock import Clock
from bonfire.inbox import until_on_disk
from order_ingest.ledger import Ledger

# Wix repeats a webhook for two days; its event ids are remembered for a week more than that needs.
REMEMBER_EVENTS: Final = timedelta(days=9)
FORGET_EVERY_S: Final = 3_600.0


class Forgetting:
    """`run` is its task."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def run(self) -> None:
        while True:
            await until_on_disk(self._forget, self._clock)
            await self._clock.sleep(FORGET_EVERY_S)

    async def _forget(self) -> None:
        await self._ledger.forget(self._clock.now() - REMEMBER_EVENTS)
