"""The hands of a clock that a test moves; may be read in every thread."""

from __future__ import annotations


class Hands:
    def __init__(self) -> None:
        self._now_s = 1_000.0

    def monotonic(self) -> float:
        return self._now_s

    def pass_s(self, seconds: float) -> None:
        self._now_s += seconds
