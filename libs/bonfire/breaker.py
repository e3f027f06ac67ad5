"""Leaves a peer alone that failed several times in a row, and tries it again by one careful call.

pybreaker holds the states and counts; the gate around it is ours, since pybreaker's own has no
asyncio and measures by the wall clock. A call that was cancelled says nothing about the peer.
Neither does one that ends after the breaker changed: it asked an earlier state of the world.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

import pybreaker
from prometheus_client import CollectorRegistry, Counter, Gauge

from bonfire.clock import Clock
from bonfire.errors import Reason, Retryable
from bonfire.messages import BreakerState

T = TypeVar("T")

PROBE_TAKES_S: Final = 1.0
"""How long to wait for another caller's probe before asking again."""

_NUMBER: Final = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}


class BreakerOpen(Retryable):
    """The peer failed just now and was not asked; `retry_after_s` says when it may be."""

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(Reason.BREAKER_OPEN, f"{name} is left alone for {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    failures: int  # in a row, to open
    open_s: float
    successes: int  # of single probes in a row, to close


@dataclass(frozen=True, slots=True)
class BreakerChange:
    breaker: str
    before: BreakerState
    state: BreakerState
    reason: str  # what the call said that brought it about; empty for a success


class _Failed(Exception):
    """Tells pybreaker of a failure."""


def _every_error(_error: Exception) -> bool:
    return True


class Breaker:
    """`call` runs a function while the peer may be asked, and judges it by the outcome."""

    def __init__(
        self,
        name: str,
        policy: BreakerPolicy,
        clock: Clock,
        on_change: Callable[[BreakerChange], None],
        is_failure: Callable[[Exception], bool] = _every_error,
    ) -> None:
        """`is_failure` tells a failing peer from one that is well and refuses this one call."""
        self.name = name
        self._policy = policy
        self._clock = clock
        self._on_change = on_change
        self._is_failure = is_failure
        self._machine = pybreaker.CircuitBreaker(
            fail_max=policy.failures,
            success_threshold=policy.successes,
            throw_new_error_on_trip=False,
        )
        self._opened_at = 0.0
        self._probing = False
        self._generation = 0

    @property
    def state(self) -> BreakerState:
        return BreakerState(self._machine.current_state)

    @property
    def retry_after_s(self) -> float:
        """How long until a call is let through; 0 if one is now."""
        if self.state is BreakerState.CLOSED:
            return 0.0
        if self._probing:
            return PROBE_TAKES_S
        if self.state is BreakerState.HALF_OPEN:
            return 0.0
        passed = self._clock.monotonic() - self._opened_at
        return max(0.0, self._policy.open_s - passed)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        """Raises `BreakerOpen` without calling, or whatever `function` raises."""
        wait_s = self.retry_after_s
        if wait_s > 0:
            raise BreakerOpen(self.name, wait_s)
        if self.state is BreakerState.OPEN:
            self._change(self._machine.half_open, "")
        if self.state is BreakerState.CLOSED:
            return await self._judged(function)
        self._probing = True
        try:
            return await self._judged(function)
        finally:
            self._probing = False

    def reset(self) -> None:
        """A person knows that the peer is back."""
        if self.state is not BreakerState.CLOSED:
            self._change(self._machine.close, "")

    async def _judged(self, function: Callable[[], Awaitable[T]]) -> T:
        generation = self._generation
        try:
            result = await function()
        except Exception as error:  # a cancellation is none of these, and says nothing
            if generation == self._generation:
                self._record(error if self._is_failure(error) else None)
            raise
        if generation == self._generation:
            self._record(None)
        return result

    def _record(self, error: Exception | None) -> None:
        def outcome() -> None:
            if error is not None:
                raise _Failed

        def count() -> None:
            with suppress(_Failed):
                self._machine.call(outcome)

        self._change(count, _reason(error))

    def _change(self, action: Callable[[], object], reason: str) -> None:
        before = self.state
        action()
        if self.state is before:
            return
        self._generation += 1
        if self.state is BreakerState.OPEN:
            self._opened_at = self._clock.monotonic()
        self._on_change(BreakerChange(self.name, before, self.state, reason))


class BreakerSeries:
    """The breakers of a service as metrics."""

    def __init__(self, registry: CollectorRegistry, names: Iterable[str]) -> None:
        self._state = Gauge(
            "bonfire_breaker_state",
            "0 closed, 1 half-open, 2 open.",
            ("breaker",),
            registry=registry,
        )
        self._changes = Counter(
            "bonfire_breaker_changes_total",
            "Changes of a breaker, by the state that it took.",
            ("breaker", "state"),
            registry=registry,
        )
        for name in names:
            self._state.labels(name)
            for state in BreakerState:
                self._changes.labels(name, state.value)

    def changed(self, change: BreakerChange) -> None:
        self._state.labels(change.breaker).set(_NUMBER[change.state])
        self._changes.labels(change.breaker, change.state.value).inc()


def _reason(error: Exception | None) -> str:
    reason = getattr(error, "reason", None)
    if isinstance(reason, Reason):
        return reason.value
    return "" if error is None else type(error).__name__
