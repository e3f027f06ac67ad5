"""Moments as the file holds them: seconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
