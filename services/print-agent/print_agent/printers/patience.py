"""How long a printer may take; pure, over a monotonic time in seconds."""

from __future__ import annotations

from bonfire.errors import Reason
from print_agent.printers import Status, TroubleListener


class Patience:
    """Ends after `timeout_s`, counted anew when a trouble ends, or `hold_s` after the start.

    A printer in trouble holds our bytes and prints them when it is back, so giving up on it would
    only print them twice.
    """

    def __init__(
        self, now: float, timeout_s: float, hold_s: float, on_trouble: TroubleListener
    ) -> None:
        self._timeout_s = timeout_s
        self._ends_at = now + timeout_s
        self._holds_until = now + hold_s
        self._on_trouble = on_trouble
        self._trouble: Reason | None = None

    def saw(self, status: Status, now: float) -> None:
        """Take note of what the printer said last."""
        if status.trouble is self._trouble:
            return
        self._trouble = status.trouble
        self._ends_at = now + self._timeout_s
        self._on_trouble(status.trouble)

    def left(self, now: float) -> float:
        """Seconds until it ends; 0 or less when it has."""
        if self._trouble is not None:
            return self._holds_until - now
        return min(self._ends_at, self._holds_until) - now
