"""Ticket numbers: 1, 2, 3 per printer and business day, so that a gap on paper means something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

# A bar that closes at two still belongs to the evening before.
DAY_STARTS_AT: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class TicketNumber:
    """`times` counts how often this number went to the printer: 0417, then 0417/2."""

    day: date
    number: int
    times: int = 1

    def __str__(self) -> str:
        again = f"/{self.times}" if self.times > 1 else ""
        return f"{self.number:04d}{again}"

    @property
    def previous(self) -> str:
        """The number before this one, so that whoever lacks that ticket misses it; a day's first
        number has none.
        """
        return f"{self.number - 1:04d}" if self.number > 1 else ""

    def again(self) -> TicketNumber:
        return replace(self, times=self.times + 1)

    def first(self) -> TicketNumber:
        return replace(self, times=1)


def business_day(now: datetime, timezone: str) -> date:
    """The restaurant's day, in its own time zone; in UTC where the machine does not know that."""
    return (now.astimezone(_find_zone(timezone)) - DAY_STARTS_AT).date()


def _find_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name, a folder of the database
        return UTC


def next_number(last: TicketNumber | None, day: date) -> TicketNumber:
    """A day that has begun never ends before its time: a clock that is set back changes nothing."""
    if last is None or day > last.day:
        return TicketNumber(day, 1)
    return TicketNumber(last.day, last.number + 1)
