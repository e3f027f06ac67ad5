from __future__ import annotations

import asyncio
from datetime import datetime
from typing import cast

from bonfire.errors import Reason
from bonfire.store import StoreError
from bonfire.testing import START, FakeClock
from notifier.forgetting import FORGET_EVERY_S, KEEP, Forgetting
from notifier.history import History


class Pile:
    """A history that has so many steps of forgetting in it."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.asked: list[datetime] = []
        self.refusals: list[Exception] = []

    async def forget(self, before: datetime) -> bool:
        self.asked.append(before)
        if self.refusals:
            raise self.refusals.pop()
        self.steps -= 1
        return self.steps >= 0


async def test_it_forgets_step_by_step_every_hour_and_outlives_a_full_disk():
    pile, clock = Pile(3), FakeClock()
    pile.refusals.append(StoreError(Reason.STORE_FULL, "no room"))
    running = asyncio.create_task(Forgetting(cast(History, pile), clock).run())
    await clock.advance(10)
    assert len(pile.asked) == 5
    assert pile.asked[0] == START - KEEP
    pile.steps = 1
    await clock.advance(FORGET_EVERY_S)
    assert len(pile.asked) == 7
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
