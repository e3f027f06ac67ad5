"""A measured number with its unit and its goal, and how it is written down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` is a comparison for people, such as "<= 10"; no run fails for missing it."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""

    def line(self) -> str:
        goal = f" (goal {self.goal})" if self.goal else ""
        note = f"  # {self.note}" if self.note else ""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name} {significant(self.value)}{unit}{goal}{note}"

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def significant(value: float) -> str:
    """Three digits that mean something, without an exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
