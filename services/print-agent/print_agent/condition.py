"""What is known of one printer's condition, and how often it is asked again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import PrinterEventType
from print_agent.metrics import AgentMetrics

log = logging.getLogger(__name__)

FIRST_PROBE_S: Final = 5.0
MOST_PROBE_S: Final = 30.0
PROBE_FACTOR: Final = 1.5

_LOGGED_AS: Final = {
    PrinterEventType.LOST: ("printer.lost", "the printer is lost; its tickets wait"),
    PrinterEventType.CHANGED: ("printer.still_lost", "the printer has another trouble"),
    PrinterEventType.BACK: ("printer.back", "the printer is back"),
}


@dataclass(frozen=True, slots=True)
class PrinterChange:
    """`reason` is the trouble, or the one that is over; `waiting` counts tickets."""

    printer: str
    type: PrinterEventType
    reason: Reason
    lost_at: datetime
    at: datetime
    waiting: int


class Condition:
    """Tells when the printer is lost, once for each new trouble of it, and when it is back."""

    def __init__(
        self,
        printer: str,
        waiting: Callable[[], int],
        clock: Clock,
        metrics: AgentMetrics,
        on_change: Callable[[PrinterChange], None],
    ) -> None:
        """`waiting` counts the printer's tickets."""
        self.trouble: Reason | None = None
        self.lost_at: datetime | None = None
        """Not None exactly while there is a trouble."""
        self.known = False
        """Has it been judged since the start?"""
        self.near_end = False
        self.told: set[Reason] = set()
        """Troubles since it was lost of which the outside has been told; for the owner's use."""
        self._printer = printer
        self._waiting = waiting
        self._clock = clock
        self._metrics = metrics
        self._on_change = on_change
        self._seen: set[Reason] = set()
        self._doubted = False
        self._pause_s = FIRST_PROBE_S

    def resume(self, reason: Reason, lost_at: datetime) -> None:
        """An earlier run told that it is lost, and not that it is back."""
        self.trouble, self.lost_at = reason, lost_at
        self._seen.add(reason)

    def next_pause_s(self) -> float:
        """How long to wait before it is asked again: longer each time, until it is back."""
        pause_s = self._pause_s
        self._pause_s = min(pause_s * PROBE_FACTOR, MOST_PROBE_S)
        return pause_s

    def hurry(self) -> None:
        """A ticket has come for it: ask as often as when the trouble was new."""
        self._pause_s = FIRST_PROBE_S

    def lost(self, reason: Reason) -> None:
        self.known = True
        now = self._clock.now()
        lost_at = self.lost_at or now
        type_ = PrinterEventType.LOST if self.trouble is None else PrinterEventType.CHANGED
        self.trouble, self.lost_at = reason, lost_at
        if reason in self._seen:
            return
        self._seen.add(reason)
        self._metrics.trouble(self._printer, reason)
        self._tell(PrinterChange(self._printer, type_, reason, lost_at, now, self._waiting()))

    def doubt(self) -> None:
        """It says that it is ready, and took not a byte: now only a ticket shows that it is."""
        self._doubted = True

    def believe(self) -> None:
        """It took bytes of a ticket: what it says of itself counts again."""
        self._doubted = False

    def ready(self, *, near_end: bool) -> None:
        """It says that it is ready."""
        self.near_end = near_end
        self._metrics.near_end(self._printer, near_end=near_end)
        if not self._doubted:
            self.back()

    def back(self) -> None:
        """It works."""
        self._metrics.ready(self._printer)
        self.known = True
        self._doubted = False
        self._pause_s = FIRST_PROBE_S
        if self.trouble is None or self.lost_at is None:
            return
        over, lost_at, now = self.trouble, self.lost_at, self._clock.now()
        self.trouble = self.lost_at = None
        self.told.clear()
        self._seen.clear()
        back = PrinterEventType.BACK
        self._tell(PrinterChange(self._printer, back, over, lost_at, now, self._waiting()))

    def _tell(self, change: PrinterChange) -> None:
        event, message = _LOGGED_AS[change.type]
        log.log(
            logging.INFO if change.type is PrinterEventType.BACK else logging.WARNING,
            message,
            extra={
                "event": event,
                "printer": change.printer,
                "reason": change.reason.value,
                "waiting": change.waiting,
            },
        )
        self._on_change(change)
