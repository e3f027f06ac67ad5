"""Points in time in the spellings that Wix was seen to use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Seconds reach this only in the year 5138, milliseconds passed it in 1973.
_FIRST_MS: Final = 100_000_000_000


def read_moment(value: Any) -> datetime | None:
    """ISO 8601, `{seconds, nanos}` or a number since 1970, as UTC; None if it is none of these."""
    try:
        if isinstance(value, str):
            return _from_text(value)
        if isinstance(value, dict):
            seconds, nanos = float(value["seconds"]), float(value.get("nanos") or 0)
            return _EPOCH + timedelta(seconds=seconds, microseconds=nanos / 1000)
        if isinstance(value, int | float) and not isinstance(value, bool):
            scale = 1 if abs(value) < _FIRST_MS else 1000
            return _EPOCH + timedelta(seconds=value / scale)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return None


def _from_text(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
