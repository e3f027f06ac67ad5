"""The history: what happened, what people were told of it, and when each process was last heard.

This is the port; `sqlite.SqliteHistory` implements it on one file. Every method returns once its
change is on disk, and raises `StoreError` when the disk does not take it; then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bonfire.messages import Event, Heartbeat
from notifier.domain.incidents import Incident, IncidentType, Sign, Verdict
from notifier.domain.notices import Notice

Row = Mapping[str, object]
"""One row of a page, ready for JSON."""

Addressed = Callable[[Verdict], Iterable[Notice]]
"""Who is told of a verdict; called inside the transaction, so pure and quick."""


class Result(StrEnum):
    """How a notification ended; the metric label."""

    ACCEPTED = "accepted"  # a mail server has taken it
    REFUSED = "refused"  # the mail server would not take it, however often it was asked
    GIVEN_UP = "given_up"  # it has become too old


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as it is kept."""

    event: Event
    schema: str
    body: str


@dataclass(frozen=True, slots=True)
class Queued:
    """A notification that nobody has taken yet."""

    id: int
    notice: Notice
    queued_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be sent now, oldest first, and when the next one is due if that is known."""

    notifications: Sequence[Queued]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a commit has changed."""

    verdicts: tuple[Verdict, ...] = ()
    queued: tuple[Notice, ...] = ()
    known: bool = False  # this very event had come before, and changed nothing


class History(Protocol):
    async def record(self, arrival: Arrival, signs: Iterable[Sign], at: datetime) -> Recorded:
        """Keep an event, judge its signs and queue what is to be told: all of it, or nothing."""
        ...

    async def hear(self, heartbeat: Heartbeat, signs: Iterable[Sign], at: datetime) -> Recorded:
        """Remember a process's last sign of life, and judge what it says."""
        ...

    async def judge(self, signs: Iterable[Sign], at: datetime) -> Recorded:
        """Judge what no message says."""
        ...

    async def settle(self, at: datetime) -> Recorded:
        """End every incident that has been over for long enough."""
        ...

    async def retire(self, is_retired: Callable[[Incident], bool], at: datetime) -> Recorded:
        """End what concerns nothing that we know any more, untold."""
        ...

    async def open_incidents(self) -> Mapping[IncidentType, int]: ...

    async def fleet(self) -> Sequence[tuple[Heartbeat, datetime]]:
        """The last heartbeat of every process, and when it came."""
        ...

    async def due(self, at: datetime, most: int) -> Due:
        """A notification waits for the one that told the same person of the same incident."""
        ...

    async def waiting(self) -> int:
        """How many notifications nobody has taken yet."""
        ...

    async def postpone(
        self, notification: Queued, next_at: datetime, reason: str, answer: str
    ) -> None:
        """It was tried once more and is to be tried again."""
        ...

    async def close(
        self, notification: Queued, result: Result, at: datetime, reason: str, answer: str
    ) -> bool:
        """It will not be tried again; False if that was known already."""
        ...

    async def hasten(self, reasons: Iterable[str], at: datetime) -> None:
        """What was postponed for one of these reasons is due now."""
        ...

    async def forget(self, before: datetime) -> bool:
        """Delete some of what is older, or too much; True while there may be more of it."""
        ...
