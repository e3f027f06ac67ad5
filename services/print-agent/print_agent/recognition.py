"""Which printer answers at an address, how it confirms and what it can do: asked once, then
remembered.

A printer that takes over an address is welcome (a spare on a Saturday evening), unless it is
another printer of this house: then two cables or two leases were swapped, and the bar's tickets
would come out in the kitchen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import asdict, astuple, replace

from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.journal import Journal, KnownPrinter
from print_agent.printers import Fingerprint, PrinterSettings, PrinterTrouble, Session

log = logging.getLogger(__name__)


class Recognition:
    """Shared by the spoolers of an agent, so that one can tell another's printer."""

    def __init__(self, journal: Journal, printers: Collection[str]) -> None:
        """`printers` are the ids that the configuration has now; others are not looked at."""
        self._journal = journal
        self._printers = printers
        self._known: dict[str, KnownPrinter] = {}

    async def load(self) -> None:
        known = await self._journal.known_printers()
        self._known = {printer: known[printer] for printer in self._printers if printer in known}

    def known(self, printer: str) -> KnownPrinter | None:
        return self._known.get(printer)

    def is_examined(self, printer: str) -> bool:
        known = self._known.get(printer)
        return known is not None and known.capabilities is not None

    def examine_anew(self, printer: str) -> None:
        """At the next opportunity, although it was asked before."""
        known = self._known.get(printer)
        if known is not None:
            self._known[printer] = replace(known, capabilities=None)

    async def examine(
        self, settings: PrinterSettings, session: Session, *, clear: bool, go_on: Callable[[], bool]
    ) -> None:
        """Ask a recognised, idle and ready printer what it can do, unless `go_on` stops it.

        `clear` as for `Session.examine`. Raises `PrinterTrouble` and `StoreError`.
        """
        can = await session.examine(clear=clear, go_on=go_on)
        known = self._known.get(settings.id)
        if can is not None and known is not None:
            await self._keep(settings.id, replace(known, capabilities=can))
            log.info(
                "asked a printer what it can do",
                extra={"event": "printer.examined", "printer": settings.id, **asdict(can)},
            )

    async def recognise(self, settings: PrinterSettings, session: Session) -> KnownPrinter:
        """Ask a ready printer who it is and, where that is not configured, how it confirms.

        Raises `PrinterTrouble`, with WRONG_PRINTER if it is another one of ours, and `StoreError`.
        """
        who = await session.identify() or Fingerprint()
        self._refuse_another(settings.id, who)
        before = self._known.get(settings.id)
        if before is not None and _keeps_silent(who, before.fingerprint):
            return await self._not_trusted_less(settings, session, before)
        known = before if before and before.fingerprint == who else KnownPrinter(who, None)
        known = await self._asked(settings, session, known)
        if known != before:
            await self._remember(settings.id, known)
        return known

    async def _asked(
        self, settings: PrinterSettings, session: Session, known: KnownPrinter
    ) -> KnownPrinter:
        if known.confirmation is not None or settings.confirmation != "auto":
            return known
        return replace(known, confirmation=await session.probe())

    async def _not_trusted_less(
        self, settings: PrinterSettings, session: Session, before: KnownPrinter
    ) -> KnownPrinter:
        """For a known printer that does not say who it is: busy, a nameless spare, or broken.

        It may confirm in another way than before, but it has to confirm: one that says nothing
        any more prints nothing either, as far as we know. Nothing of it is remembered.
        """
        now = await self._asked(settings, session, replace(before, confirmation=None))
        return before if now.confirmation is Confirmation.CLOSE and before.confirmation else now

    def _refuse_another(self, printer: str, who: Fingerprint) -> None:
        """Without a serial number two printers of one model look alike, so nothing is said."""
        for other, known in self._known.items():
            if other != printer and who.serial and _is_same(known.fingerprint, who):
                raise PrinterTrouble(
                    Reason.WRONG_PRINTER, f"the printer {other} answers at the address of {printer}"
                )

    async def _keep(self, printer: str, known: KnownPrinter) -> None:
        await self._journal.remember_printer(printer, known)
        self._known[printer] = known

    async def _remember(self, printer: str, known: KnownPrinter) -> None:
        await self._keep(printer, known)
        who, confirms = known.fingerprint, known.confirmation
        log.info(
            "met a printer",
            extra={
                "event": "printer.met",
                "printer": printer,
                "model": who.model,
                "serial": who.serial,
                "confirmation": confirms.value if confirms else "as configured",
            },
        )


def _keeps_silent(who: Fingerprint, before: Fingerprint) -> bool:
    """Does it not tell the serial number that it had, and nothing that speaks for another one?"""
    if who.serial or not before.serial:
        return False
    said = zip(astuple(who), astuple(before), strict=True)
    return all(now in ("", was) for now, was in said)


def _is_same(one: Fingerprint, other: Fingerprint) -> bool:
    """A new firmware makes no other printer."""
    return (one.maker, one.model, one.serial) == (other.maker, other.model, other.serial)
