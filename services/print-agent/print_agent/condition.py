"""What is known of one printer's condition, and how often it is asked again."""

from __future__ import annotations

import logging
from typing import Final

from bonfire.errors import Reason
from print_agent.metrics import AgentMetrics

log = logging.getLogger(__name__)

FIRST_PROBE_S: Final = 5.0
MOST_PROBE_S: Final = 30.0
PROBE_FACTOR: Final = 1.5


class Condition:
    """Logs when the printer is lost, once for each new trouble while it is, and when it is back."""

    def __init__(self, printer: str, metrics: AgentMetrics) -> None:
        self.trouble: Reason | None = None
        self.told: set[Reason] = set()
        """Troubles since it was lost of which the outside has been told; for the owner's use."""
        self._printer = printer
        self._metrics = metrics
        self._seen: set[Reason] = set()
        self._doubted = False
        self._pause_s = FIRST_PROBE_S

    def next_pause_s(self) -> float:
        """How long to wait before it is asked again: longer each time, until it is back."""
        pause_s = self._pause_s
        self._pause_s = min(pause_s * PROBE_FACTOR, MOST_PROBE_S)
        return pause_s

    def lost(self, reason: Reason, waiting: int) -> None:
        first = self.trouble is None
        self.trouble = reason
        if reason in self._seen:
            return
        self._seen.add(reason)
        self._metrics.trouble(self._printer, reason)
        log.warning(
            "the printer is lost; its tickets wait" if first else "the printer has another trouble",
            extra={
                "event": "printer.lost" if first else "printer.still_lost",
                "printer": self._printer,
                "reason": reason.value,
                "waiting": waiting,
            },
        )

    def doubt(self) -> None:
        """It says that it is ready, and took not a byte: now only a ticket shows that it is."""
        self._doubted = True

    def ready(self, waiting: int, *, near_end: bool) -> None:
        """It says that it is ready."""
        self._metrics.near_end(self._printer, near_end=near_end)
        if not self._doubted:
            self.back(waiting)

    def back(self, waiting: int) -> None:
        """It works."""
        self._metrics.ready(self._printer)
        self._doubted = False
        self._pause_s = FIRST_PROBE_S
        if self.trouble is None:
            return
        self.trouble = None
        self.told.clear()
        self._seen.clear()
        log.info(
            "the printer is back",
            extra={"event": "printer.back", "printer": self._printer, "waiting": waiting},
        )
