"""Fakes that ship with the library. The broker's is `bonfire.broker.memory`."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)


class FakeClock:
    """Virtual time: sleepers wake in order, and only when a test advances the clock."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._jumped = timedelta()
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed) + self._jumped

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        wakeup = asyncio.get_running_loop().create_future()
        wake_at = self._elapsed + max(0.0, seconds)
        heapq.heappush(self._sleepers, (wake_at, next(self._order), wakeup))
        await wakeup

    def jump(self, seconds: float) -> None:
        """Set the wall clock; monotonic time and the sleepers do not notice."""
        self._jumped += timedelta(seconds=seconds)

    async def advance(self, seconds: float) -> None:
        """Let time pass and wake each sleeper at its moment."""
        deadline = self._elapsed + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= deadline:
            self._elapsed, _, wakeup = heapq.heappop(self._sleepers)
            if not wakeup.done():  # the sleeper may have been cancelled
                wakeup.set_result(None)
            await self.settle()
        self._elapsed = deadline

    async def settle(self) -> None:
        """Let every runnable task run until it blocks again."""
        for _ in range(50):
            await asyncio.sleep(0)  # noqa: TID251 -- yields, does not wait
