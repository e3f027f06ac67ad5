"""What the agent reports of its printers: in the order in which it happened, and on disk.

A printer's task hands its report over and goes on: a full disk makes the reports wait, never a
ticket. What a crash takes with it while the disk is full is told at the next start, since the
journal remembers what was told of each printer.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Final

from bonfire.breaker import BreakerChange, BreakerSeries
from bonfire.clock import Clock, wait_at_most
from bonfire.identity import Identity
from bonfire.inbox import until_on_disk
from bonfire.messages import BreakerEvent, BreakerState, Event, PrinterEvent
from print_agent.condition import PrinterChange
from print_agent.journal import Journal

log = logging.getLogger(__name__)

MOST_WAITING: Final = 1_000
LAST_WORDS_S: Final = 1.0


class Reports:
    """Implements the listeners of `Condition` and `Breaker`; `run` is the task that writes."""

    def __init__(
        self,
        identity: Identity,
        locations: Mapping[str, str],
        journal: Journal,
        clock: Clock,
        breakers: BreakerSeries,
    ) -> None:
        """`locations` tells where each printer stands."""
        self._identity = identity
        self._locations = locations
        self._journal = journal
        self._clock = clock
        self._breakers = breakers
        self._waiting: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._all_told = asyncio.Event()

    def printer_changed(self, change: PrinterChange) -> None:
        lost_at = change.lost_at
        # Derived, so that the same fact told twice is recognised as one.
        fact = f"{lost_at.timestamp():.3f}.{change.type.value}.{change.reason.value}"
        self._add(
            PrinterEvent(
                event_id=f"{self._journal.id}.{change.printer}.{fact}",
                type=change.type,
                at=change.at,
                location=self._locations[change.printer],
                agent=self._identity.instance,
                journal=self._journal.id,
                printer=change.printer,
                reason=change.reason.value,
                lost_at=lost_at,
                waiting=change.waiting,
            )
        )

    def breaker_changed(self, printer: str, change: BreakerChange) -> None:
        """Told when it opens and when it closes; each probe in between is only counted."""
        self._breakers.changed(change)
        if BreakerState.CLOSED not in (change.before, change.state):
            return
        signature = self._identity.sign(self._clock.now())
        signature["location"] = self._locations[printer]
        self._add(
            BreakerEvent(
                breaker=change.breaker,
                state=change.state,
                before=change.before,
                reason=change.reason,
                **signature,
            )
        )

    async def run(self) -> None:
        """May be started again: what was not written yet is still there."""
        while True:
            while self._waiting:
                event = self._waiting[0]
                await until_on_disk(partial(self._journal.tell, event), self._clock)
                self._waiting.popleft()
            self._all_told.set()
            self._arrived.clear()
            await self._arrived.wait()

    async def settle(self) -> None:
        """Wait a moment until everything is on disk."""
        await wait_at_most(self._clock, self._all_told, LAST_WORDS_S)

    def _add(self, event: Event) -> None:
        if len(self._waiting) >= MOST_WAITING:
            log.error(
                "a report is dropped, for the disk takes none",
                extra={"event": "report.dropped", "report": event.type},
            )
            return
        self._waiting.append(event)
        self._all_told.clear()
        self._arrived.set()
