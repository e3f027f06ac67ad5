"""When an incident opens, goes on and ends, and when people are told of it.

One incident per type and target at a time. People are told when it opens and when it has ended;
it has ended after some seconds of health, so that a flapping printer is one incident.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from notifier.domain.circumstances import Circumstances

HEALTH: Final = timedelta(seconds=20)
"""How long the trouble must be over before people are told that it is."""

QUIET: Final = timedelta(hours=1)
"""Something that is over at once is told of the same target once in this time, else counted."""

OLDEST_NEWS: Final = timedelta(days=7)
"""A print host that was cut off longer has a wrong clock, or nobody waits for its news."""


RECOVERY: Final = timedelta(seconds=120)
"""How long after a printer is back nobody is told that its tickets wait."""

OVERTAKEN: Final = timedelta(seconds=60)
"""A heartbeat lives no longer on its way, so an event that overtook it is no older."""


class IncidentType(StrEnum):
    PRINTER_LOST = "printer_lost"
    TICKETS_WAITING = "tickets_waiting"
    DEAD_LETTER = "dead_letter"
    AGENT_SILENT = "agent_silent"
    SERVICE_RESTARTED = "service_restarted"


class Phase(StrEnum):
    START = "start"
    END = "end"


class Meaning(StrEnum):
    """What a sign says about its target."""

    TROUBLE = "trouble"  # it lasts; said again, it is the same trouble
    ANOTHER = "another"  # each one counts, and they last
    OVER = "over"
    PASSED = "passed"  # it was over in the moment it happened


@dataclass(frozen=True, slots=True)
class Sign:
    """What an event, a heartbeat or the passing of time says about one target."""

    type: IncidentType
    target: str
    meaning: Meaning
    circumstances: Circumstances
    at: datetime  # by the clock of whoever says so


@dataclass(frozen=True, slots=True)
class Incident:
    type: IncidentType
    target: str
    circumstances: Circumstances
    opened_at: datetime  # by our clock; since when it is, its circumstances say
    count: int = 1
    healthy_since: datetime | None = None
    ended_at: datetime | None = None
    id: int | None = None  # None until it is stored

    @property
    def open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an incident changes, and of which of its phases people are to be told."""

    before: Incident | None
    after: Incident
    tell: Phase | None = None
    happened_at: datetime | None = None
    """What is told happened then; by our clock, or by another that is not far off."""


def judge(sign: Sign, known: Incident | None, now: datetime) -> Verdict | None:
    """`known` is the newest incident of the sign's type and target; None if nothing changes."""
    if sign.meaning is Meaning.PASSED:
        return _passed(sign, known, now)
    if known is not None and _is_overtaken(sign, known, now):
        return None
    current = known if known is not None and known.open else None
    if sign.meaning is Meaning.OVER:
        return None if current is None else _over(sign, current, now)
    if current is None:
        opened = Incident(sign.type, sign.target, sign.circumstances, now)
        return Verdict(None, opened, Phase.START, _believable(sign.at, now))
    return _goes_on(sign, current)


def is_explained(sign: Sign, lost: Incident | None, now: datetime) -> bool:
    """Do people know already why tickets wait? `lost` is the newest loss of their printer."""
    if sign.type is not IncidentType.TICKETS_WAITING or sign.meaning is not Meaning.TROUBLE:
        return False
    if lost is None or lost.ended_at is None:
        return lost is not None
    return timedelta() <= now - lost.ended_at < RECOVERY


def settle(incident: Incident, now: datetime) -> Verdict | None:
    """End an incident whose trouble has been over for long enough; None if it has not.

    By the wall clock, which outlives a restart; a jump of it tells the end early, never late.
    """
    if incident.healthy_since is None or timedelta() <= now - incident.healthy_since < HEALTH:
        return None
    return Verdict(incident, replace(incident, ended_at=now), Phase.END, now)


def retire(incident: Incident, now: datetime) -> Verdict:
    """End an incident whose target is not ours any more; nobody needs to know."""
    return Verdict(incident, replace(incident, ended_at=now))


def _passed(sign: Sign, known: Incident | None, now: datetime) -> Verdict:
    if known is not None and abs(now - known.opened_at) < QUIET:
        return Verdict(known, replace(known, count=known.count + 1))
    passed = Incident(sign.type, sign.target, sign.circumstances, now, ended_at=now)
    return Verdict(None, passed, Phase.START, _believable(sign.at, now))


def _believable(at: datetime, now: datetime) -> datetime:
    return max(min(at, now), now - OLDEST_NEWS)


def _is_overtaken(sign: Sign, known: Incident, now: datetime) -> bool:
    """Was it said before the printer was back, and heard after? By the clock of its print host."""
    over_at = known.circumstances.until
    if sign.type is not IncidentType.PRINTER_LOST or sign.meaning is not Meaning.TROUBLE:
        return False
    if known.healthy_since is None or over_at is None:
        return False
    return sign.at < over_at and timedelta() <= now - known.healthy_since < OVERTAKEN


def _over(sign: Sign, current: Incident, now: datetime) -> Verdict | None:
    if current.healthy_since is not None:
        return None
    news = {"until": sign.circumstances.until or now, "waiting": sign.circumstances.waiting}
    circumstances = current.circumstances.model_copy(update=news)
    return Verdict(current, replace(current, circumstances=circumstances, healthy_since=now))


def _goes_on(sign: Sign, current: Incident) -> Verdict | None:
    """It began when it began; all else is as it was said last."""
    news = {"since": current.circumstances.since}
    more = sign.meaning is Meaning.ANOTHER or current.healthy_since is not None
    after = replace(
        current,
        circumstances=sign.circumstances.model_copy(update=news),
        count=current.count + more,
        healthy_since=None,
    )
    return None if after == current else Verdict(current, after)
