"""What an incident's mail may say. Whoever sent it, everything in here is short and harmless."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime

from bonfire.order import Value
from bonfire.sanitiser import clean_line, shorten

MOST_CHARACTERS: Final = 80
MOST_LOCATIONS: Final = 20
_MOST: Final = 1_000_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def short_line(text: str) -> str:
    """One clean line of at most 80 characters; what is beyond the first 2000 is not looked at."""
    return shorten(clean_line(text[:2_000]), MOST_CHARACTERS, "…")


def _plausible_count(number: int) -> int:
    return min(max(number, 0), _MOST)


def _plausible_seconds(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), float(_MOST))


def _plausible_moment(moment: datetime | None) -> datetime | None:
    """None for what no clock of ours says: the ends of the calendar have no local time."""
    return moment if moment is not None and _EARLIEST <= moment < _LATEST else None


Line = Annotated[str, AfterValidator(short_line)]
Count = Annotated[int, AfterValidator(_plausible_count)]
Seconds = Annotated[float | None, AfterValidator(_plausible_seconds)]
Moment = Annotated[AwareDatetime | None, AfterValidator(_plausible_moment)]
Lines = Annotated[tuple[Line, ...], AfterValidator(lambda lines: lines[:MOST_LOCATIONS])]


class Circumstances(Value):
    """Where, what, how much and since when; never anything of a guest but an order's number."""

    locations: Lines = ()
    agent: Line = ""
    printer: Line = ""
    service: Line = ""
    instance: Line = ""
    reason: Line = ""
    order_number: Line = ""
    before: Line = ""  # how the run before a restart ended
    waiting: Count = 0  # tickets
    unsettled: Count = 0  # dead letters of the location
    since: Moment = None
    until: Moment = None
    away_s: Seconds = None
