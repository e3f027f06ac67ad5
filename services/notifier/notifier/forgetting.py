"""Deletes what is older than anybody asks for, a few rows at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bonfire.clock import Clock
from bonfire.inbox import until_on_disk
from notifier.history import History

KEEP: Final = timedelta(days=90)
FORGET_EVERY_S: Final = 3_600.0
BREATH_S: Final = 0.05


class Forgetting:
    """`run` is the task."""

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    async def run(self) -> None:
        while True:
            await until_on_disk(self._forget, self._clock)
            await self._clock.sleep(FORGET_EVERY_S)

    async def _forget(self) -> None:
        while await self._history.forget(self._clock.now() - KEEP):
            await self._clock.sleep(BREATH_S)
