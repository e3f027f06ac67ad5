"""Times as the people at the location read them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from print_agent.ticket.words import Words


class LocalTime:
    """Times in one zone, with weekday and date where the day is not the day of printing.

    A zone that the machine does not know becomes UTC, and every time says so.
    """

    def __init__(self, zone: str, printed_at: datetime, words: Words) -> None:
        self._zone, self._suffix = _find_zone(zone)
        self._words = words
        self._today = self.local(printed_at).date()

    def say(self, at: datetime) -> str:
        """`20:24`, or `Thu 25 Sep 20:24`."""
        return self._say(self.local(at))

    def say_slot(self, start: datetime, end: datetime) -> str:
        """`20:00-20:30`, without blanks so that no row ends within it; a slot of no length is a
        time.
        """
        first, last = self.local(start), self.local(end)
        if first == last:
            return self._say(first)
        if first.date() == last.date():
            return self._say(first, f"-{last:%H:%M}")
        return f"{self._say(first)} - {self._say(last)}"

    def is_today(self, at: datetime) -> bool:
        return self.local(at).date() == self._today

    def _say(self, local: datetime, until: str = "") -> str:
        return f"{self._day(local)}{local:%H:%M}{until}{self._suffix}"

    def _day(self, local: datetime) -> str:
        if local.date() == self._today:
            return ""
        words = self._words
        weekday, month = words.weekdays[local.weekday()], words.months[local.month - 1]
        year = f" {local.year}" if local.year != self._today.year else ""
        return f"{words.date.format(weekday, local.day, month)}{year} "

    def local(self, at: datetime) -> datetime:
        try:
            return at.astimezone(self._zone)
        except OverflowError:  # the first or last day that Python knows
            return at


def _find_zone(name: str) -> tuple[tzinfo, str]:
    """The zone, and what to write behind a time that is not in the zone asked for."""
    try:
        return ZoneInfo(name), ""
    except (KeyError, ValueError, OSError):  # unknown, not a name, a folder of the database
        return UTC, " UTC"
