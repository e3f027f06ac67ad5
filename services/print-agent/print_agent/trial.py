"""`print-agent test-print PRINTER`: one ticket that says TEST, straight to the printer."""

from __future__ import annotations

from bonfire.clock import Clock
from bonfire.config import Config, Location, Printer
from bonfire.errors import Permanent, Reason
from bonfire.messages import Confirmation, JobKind, PrintJob, TicketOrder
from print_agent.printers import Outcome, PrinterTrouble, PrintResult
from print_agent.printers.advice import ADVICE
from print_agent.printers.configured import configured
from print_agent.printers.process_id import ProcessIds
from print_agent.ticket import Slip, render_ticket

_JOB_ID = "7e57" * 8
_SAID = {
    Outcome.CONFIRMED: "printed: the printer says so",
    Outcome.WEAK: "sent: the printer took every byte; it cannot say whether it printed",
    Outcome.FAILED: "not printed",
    Outcome.UNKNOWN: "unknown: look at the paper",
}


async def print_trial(config: Config, printer_id: str, clock: Clock) -> tuple[bool, str]:
    """Whether it is on paper, and what to tell. Raises `Permanent` for an unknown printer."""
    location, printer = _find(config, printer_id)
    job = _test_job(config, location, printer, clock)
    data = render_ticket(job, Slip("0000", clock.now(), test=True), printer.columns)
    try:
        result = await _print(printer, data, clock)
    except PrinterTrouble as error:
        advice = ADVICE[error.reason]
        return False, f"{printer_id}: {advice.problem}. {advice.remedy}"
    fine = result.outcome in (Outcome.CONFIRMED, Outcome.WEAK)
    detail = "" if fine else f" ({result.reason})"
    return fine, f"{printer_id}: {_SAID[result.outcome]}{detail}"


async def _print(printer: Printer, data: bytes, clock: Clock) -> PrintResult:
    session = await configured(printer, clock).connect()
    try:
        status = await session.status()
        if status.trouble is not None:
            raise PrinterTrouble(status.trouble, "the printer says so")
        confirmation: Confirmation = await session.probe()
        return await session.print(data, confirmation, ProcessIds().take())
    finally:
        await session.close()


def _find(config: Config, printer_id: str) -> tuple[Location, Printer]:
    known = [(location, each) for location in config.locations for each in location.printers]
    for location, printer in known:
        if printer.id == printer_id:
            return location, printer
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
