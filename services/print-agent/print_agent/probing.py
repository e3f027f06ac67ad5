"""An idle printer is asked now and then how it is, so that people hear of an open lid or of empty
paper before the next order does (docs/adr/0021).

The question is a connection and a status, nothing that a printer could print; one that nobody has
met yet is also asked who it is and what it can do (docs/adr/0025). A ticket that comes while a
question is on its way takes the connection over: to break it off and to connect again would be
slower, and some printers refuse who comes back at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bonfire.clock import Clock, wait_at_most
from bonfire.errors import Reason
from bonfire.store import StoreError
from print_agent.condition import Condition
from print_agent.contact import Contact
from print_agent.printers import PrinterSettings, PrinterTrouble

FIRST_PROBE_S: Final = 1.0
PROBE_EVERY_S: Final = 20.0
# A till prints there, too, and may find the line busy. With the second question and the printer's
# timeouts, a silent one is still told within the promised 60 s.
PROBE_SHARED_EVERY_S: Final = 40.0
ASK_AGAIN_S: Final = 5.0

# What a printer says in its own words is so. Whatever else keeps us from it may pass: a till has
# the line, it is being switched on, somebody feeds paper.
_SURE: Final = frozenset(
    {
        Reason.COVER_OPEN,
        Reason.PAPER_OUT,
        Reason.CUTTER_ERROR,
        Reason.HEAD_HOT,
        Reason.PRINTER_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `probe_every_s` is None for a printer that is not asked while it is idle."""

    idle_close_s: float = 2.0
    first_probe_s: float = FIRST_PROBE_S
    probe_every_s: float | None = None
    ask_again_s: float = ASK_AGAIN_S


def pace_of(printer: PrinterSettings, idle_close_s: float) -> Pace:
    if printer.status == "none":  # it would only say that it takes connections
        return Pace(idle_close_s)
    every_s = PROBE_SHARED_EVERY_S if printer.shared else PROBE_EVERY_S
    return Pace(idle_close_s, probe_every_s=every_s)


class Probing:
    """`rest` is what a printer's task does while it has no ticket."""

    def __init__(
        self,
        contact: Contact,
        condition: Condition,
        arrived: asyncio.Event,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """`arrived` is set as soon as there is something else to do."""
        self._contact = contact
        self._condition = condition
        self._arrived = arrived
        self._clock = clock
        self._pace = pace
        self._suspected = False

    async def rest(self) -> None:
        """Returns once `arrived` is set. Lets go of the printer after a moment."""
        if self._contact.kept and await self._has_arrived_within(self._pace.idle_close_s):
            return
        await self._contact.hang_up()
        if self._pace.probe_every_s is None:
            await self._arrived.wait()
            return
        self._suspected = False
        known = self._condition.known
        pause_s = self._pause_s(self._pace.probe_every_s) if known else self._pace.first_probe_s
        while not await self._has_arrived_within(pause_s):
            await self._ask()
            pause_s = self._pause_s(self._pace.probe_every_s)
        self._condition.hurry()

    async def _ask(self) -> None:
        try:
            await self._contact.attempt(self._contact.ask)
            await self._contact.examine(lambda: not self._arrived.is_set())
        except PrinterTrouble as error:
            self._judge(error.reason)
            return
        except StoreError:
            pass  # what cannot be remembered is asked again, and the printer is ready all the same
        self._suspected = False
        self._condition.ready(near_end=self._contact.near_end)
        if not self._arrived.is_set():
            await self._contact.hang_up()

    def _judge(self, reason: Reason) -> None:
        if self._arrived.is_set():  # the ticket asks for itself, and at once
            return
        if self._condition.trouble is None and reason not in _SURE and not self._suspected:
            self._suspected = True
            return
        self._suspected = False
        self._condition.lost(reason)

    def _pause_s(self, every_s: float) -> float:
        if self._suspected:
            return self._pace.ask_again_s
        return every_s if self._condition.trouble is None else self._condition.next_pause_s()

    async def _has_arrived_within(self, seconds: float) -> bool:
        return await wait_at_most(self._clock, self._arrived, seconds)
