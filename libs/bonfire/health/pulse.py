"""The loop's pulse: a beat that comes late tells how long the loop kept others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 0.25
WINDOW_S: Final = 30.0
# Below this a late beat is no blockage: a loaded machine is late by that much at times.
ROUGH_S: Final = 1.0
# This long without a rough beat, and the loop runs as it should.
SMOOTH_S: Final = 5.0


class Pulse:
    """Beats in the loop; may be read in every thread."""

    def __init__(self, monotonic: Callable[[], float], limp_s: float) -> None:
        """A beat that is `limp_s` late makes the loop limp until it runs smoothly again."""
        self._monotonic = monotonic
        self._limp_s = limp_s
        self._due_s = monotonic() + EVERY_S
        self._window_s = monotonic()
        self._largest = [0.0, 0.0]  # lag in the window before, and in this one
        self._rough_s = float("-inf")  # when a beat was last rough
        self._limps = False
        self._next: asyncio.TimerHandle | None = None
        self.beats = 0

    def start(self) -> None:
        self._due_s = self._monotonic() + EVERY_S
        self._next = asyncio.get_running_loop().call_later(EVERY_S, self._run)

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def beat(self) -> None:
        now_s = self._monotonic()
        lag_s = max(0.0, now_s - self._due_s)
        if now_s - self._window_s >= WINDOW_S:
            self._window_s = now_s
            self._largest = [self._largest[1], 0.0]
        self._largest[1] = max(self._largest[1], lag_s)
        if lag_s >= ROUGH_S:
            self._rough_s = now_s
        if lag_s >= self._limp_s:
            self._limps = True
        elif now_s - self._rough_s >= SMOOTH_S:
            self._limps = False
        self._due_s = now_s + EVERY_S
        self.beats += 1

    @property
    def lag_s(self) -> float:
        """The largest lag of the last 30 to 60 s; nobody's reading resets it."""
        return max(*self._largest, self._overdue_s())

    @property
    def limps(self) -> bool:
        """Was the loop blocked for long, and does not run smoothly yet? Also while it is blocked.

        A loop that gets a turn only ever so often can answer a probe, and yet must not pass it.
        """
        return self._limps or self._overdue_s() >= self._limp_s

    def _overdue_s(self) -> float:
        return self._monotonic() - self._due_s if self._next is not None else 0.0

    def _run(self) -> None:
        self.beat()
        self._next = asyncio.get_running_loop().call_later(EVERY_S, self._run)
