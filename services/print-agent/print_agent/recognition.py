"""Which printer answers at an address, and how it confirms: asked once, then remembered.

A printer that takes over an address is welcome (a spare on a Saturday evening), unless it is
another printer of this house: then two cables or two leases were swapped, and the bar's tickets
would come out in the kitchen.
"""

from __future__ import annotations

import logging

from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.journal import Journal, KnownPrinter
from print_agent.printers import Fingerprint, PrinterTrouble, Session

log = logging.getLogger(__name__)


class Recognition:
    """Shared by the spoolers of an agent, so that one can tell another's printer."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, KnownPrinter] = {}

    async def load(self) -> None:
        self._known = await self._journal.known_printers()

    def confirmation_of(self, printer: str) -> Confirmation:
        """Only after `recognise`."""
        return self._known[printer].confirmation

    async def recognise(self, printer: str, session: Session) -> None:
        """Ask a ready printer who it is. Raises `PrinterTrouble` with WRONG_PRINTER."""
        who = await session.identify() or Fingerprint()
        other = self._owner_of(who)
        if other not in (None, printer):
            raise PrinterTrouble(
                Reason.WRONG_PRINTER, f"the printer {other} answers at the address of {printer}"
            )
        known = self._known.get(printer)
        if known is not None and known.fingerprint == who:
            return
        known = KnownPrinter(who, await session.probe())
        await self._journal.remember_printer(printer, known)
        self._known[printer] = known
        log.info(
            "met a printer",
            extra={
                "event": "printer.met",
                "printer": printer,
                "model": who.model,
                "serial": who.serial,
                "confirmation": known.confirmation.value,
            },
        )

    def _owner_of(self, who: Fingerprint) -> str | None:
        """Without a serial number two printers of one model look alike, so nothing is said."""
        if not who.serial:
            return None
        return next((name for name, known in self._known.items() if known.fingerprint == who), None)
