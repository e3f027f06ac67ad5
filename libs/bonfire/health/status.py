"""What `GET /health/status` says: how this process fares, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from bonfire import __version__
from bonfire.errors import Reason
from bonfire.health.sampler import Sample
from bonfire.identity import Identity
from bonfire.messages import BreakerState
from bonfire.tasks import TaskState


class Breaker(Protocol):
    """What the page asks of a circuit breaker."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> BreakerState: ...
    @property
    def retry_after_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Status:
    """Everything on the page, before it is JSON."""

    identity: Identity
    started_at: datetime
    uptime_s: float
    unready: Sequence[str]
    unalive: Sequence[str]
    store_problem: Reason | None
    tasks: Iterable[TaskState]
    blockages: int
    sample: Sample
    breakers: Iterable[Breaker]

    def document(self) -> dict[str, Any]:
        return {
            "service": self.identity.service,
            "instance": self.identity.instance,
            "location": self.identity.location,
            "version": __version__,
            "started_at": self.started_at.isoformat(),
            "uptime_s": round(self.uptime_s, 1),
            "alive": not self.unalive,
            "ready": not self.unready,
            "problems": [*self.unalive, *self.unready],
            "store_problem": self.store_problem,
            "tasks": [_task(state) for state in self.tasks],
            "loop": {"lag_s": round(self.sample.loop_lag_s, 3), "blockages": self.blockages},
            "sample": {**_rounded(asdict(self.sample)), "at": self.sample.at.isoformat()},
            "breakers": [_breaker(breaker) for breaker in self.breakers],
        }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def _task(state: TaskState) -> dict[str, Any]:
    return {
        "name": state.name,
        "restartable": state.restartable,
        "restarts": state.restarts,
        "last_died_of": state.seen or None,
    }


def _breaker(breaker: Breaker) -> dict[str, Any]:
    return {
        "name": breaker.name,
        "state": breaker.state,
        "retry_after_s": round(breaker.retry_after_s, 1),
    }
