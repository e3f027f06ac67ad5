"""`print-agent test-print PRINTER`: one ticket that says TEST, straight to the printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bonfire.clock import Clock
from bonfire.config import Config, Location, Printer
from bonfire.errors import Permanent, Reason
from bonfire.messages import JobKind, PrintJob, TicketOrder
from print_agent import printers
from print_agent.doctor.paper import paper_in_words
from print_agent.printers import (
    Outcome,
    PrinterTrouble,
    PrintResult,
    TroubleListener,
    advice,
)
from print_agent.printers.configured import configured
from print_agent.printers.process_id import ProcessIds
from print_agent.ticket import Slip, profile_of, render_ticket

_JOB_ID: Final = "7e57" * 8
_SAID: Final = {
    Outcome.CONFIRMED: "printed: the printer says so",
    Outcome.WEAK: "sent: the printer took every byte; it cannot say whether it printed",
    Outcome.FAILED: "not printed",
    Outcome.UNKNOWN: "unknown: look at the paper",
}


async def print_trial(
    config: Config,
    agents: Sequence[str],
    printer_id: str,
    clock: Clock,
    tell: Callable[[str], None],
) -> bool:
    """Whether it is on paper; `tell` gets that in words, and before it what holds it up.

    Raises `Permanent` for a printer that none of these print hosts has, or more than one.
    """
    location, known = _find(config, agents, printer_id)
    job = _test_job(config, location, known, clock)
    slip = Slip("0000", clock.now(), test=True)
    data = render_ticket(job, slip, profile_of(known, known.ticket))
    printer = configured(known, clock)

    def on_trouble(reason: Reason | None) -> None:
        if reason is not None:
            tell(advice.sentence(printer.settings, reason))

    try:
        result = await _print(printer, data, on_trouble)
    except PrinterTrouble as error:
        tell(advice.sentence(printer.settings, error.reason, error.remedy))
        return False
    detail = f" ({result.detail})" if result.detail else ""
    tell(f"{printer_id}: {_SAID[result.outcome]}{detail}")
    for sentence in paper_in_words(known):  # what the paper in the person's hand should show
        tell(f"  {sentence}")
    return result.outcome in (Outcome.CONFIRMED, Outcome.WEAK)


async def _print(
    printer: printers.Printer, data: bytes, on_trouble: TroubleListener
) -> PrintResult:
    session = await printer.connect()
    try:
        status = await session.status()
        if status.trouble is not None:
            raise PrinterTrouble(status.trouble, "the printer says so")
        return await session.print(data, await session.probe(), ProcessIds().take(), on_trouble)
    finally:
        await session.close()


def _find(config: Config, agents: Sequence[str], printer_id: str) -> tuple[Location, Printer]:
    known = [
        (location, printer)
        for agent in agents
        for location in config.locations_of(agent)
        for printer in location.printers
    ]
    found = [pair for pair in known if pair[1].id == printer_id]
    if len(found) == 1:
        return found[0]
    if found:
        hosts = ", ".join(location.agent for location, _ in found)
        detail = f"{printer_id!r} is a printer of {hosts}: say which with --agent"
        raise Permanent(Reason.UNKNOWN_PRINTER, detail)
    names = ", ".join(printer.id for _, printer in known)
    raise Permanent(Reason.UNKNOWN_PRINTER, f"no printer {printer_id!r}; known: {names}")


def _test_job(config: Config, location: Location, printer: Printer, clock: Clock) -> PrintJob:
    now = clock.now()
    return PrintJob(
        job_id=_JOB_ID,
        kind=JobKind.TEST,
        organisation=config.organisation.id,
        location=location.id,
        location_name=location.name,
        language=location.language,
        timezone=str(location.timezone),
        agent=location.agent,
        station=printer.id,
        station_name=printer.id.upper(),
        printer=printer.id,
        accepted_at=now,
        due_at=now,
        order=TicketOrder(id="test", number="TEST", placed_at=now),
    )
