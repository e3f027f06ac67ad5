"""Times and durations as the people of a restaurant say them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bonfire.config import MailLanguage

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


class LocalTime:
    """Times in one zone and language, with the date where the day is not the letter's own."""

    def __init__(self, zone: str, written_at: datetime, language: MailLanguage) -> None:
        self._zone = ZoneInfo(zone)
        self._today = written_at.astimezone(self._zone).date()
        self._language = language

    def say(self, at: datetime | None) -> str:
        """`18:42 Uhr`, `12.05., 18:42 Uhr`, `18:42`, `12 May, 18:42`; nothing for None."""
        if at is None:
            return ""
        local = at.astimezone(self._zone)
        other_day = local.date() != self._today
        if self._language is MailLanguage.GERMAN:
            return f"{local:%d.%m., }" * other_day + f"{local:%H:%M} Uhr"
        return f"{local.day} {_MONTHS[local.month - 1]}, " * other_day + f"{local:%H:%M}"


def say_span(seconds: float | None) -> str:
    """`40 s`, `12 min`, `2 h 05 min`, `3 d 4 h`: the same in every language; nothing for None."""
    if seconds is None:
        return ""
    whole = round(max(0.0, seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min"
    return f"{hours // 24} d {hours % 24} h"
