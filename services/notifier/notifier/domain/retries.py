"""When a mail that was not taken is tried again, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FIRST_S: Final = 30.0
FACTOR: Final = 2.0
JITTER: Final = 0.25
MOST_S: Final = 1_800.0
GIVE_UP_AFTER: Final = timedelta(hours=24)
REFUSED_PAUSES: Final = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""A server that refuses for good says so each time, and minds being asked often."""


def next_try(attempts: int, queued_at: datetime, now: datetime, jitter: float) -> datetime | None:
    """After `attempts` failed ones; `jitter` is from -1 to 1. None: it has become too old."""
    delay_s = FIRST_S * FACTOR ** min(attempts - 1, 16)
    jittered_s = min(delay_s, MOST_S) * (1 + JITTER * jitter)
    at = now + timedelta(seconds=min(jittered_s, MOST_S))
    return at if at < queued_at + GIVE_UP_AFTER else None


def next_try_of_refused(queued_at: datetime, now: datetime) -> datetime | None:
    """The pause is the first one that is longer than the mail is old. None: it stays refused."""
    pause = next((pause for pause in REFUSED_PAUSES if pause > now - queued_at), None)
    return None if pause is None else now + pause
