"""All that can be learnt of the printers of one print host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bonfire.clock import Clock
from bonfire.config import Printer
from print_agent.doctor.examination import examine
from print_agent.doctor.finding import Finding
from print_agent.doctor.paper import paper_in_words
from print_agent.doctor.trace import Trace, TracingLink
from print_agent.journal import KnownPrinter
from print_agent.memory import Past, Remembered
from print_agent.printers import Fingerprint, Interview
from print_agent.printers.configured import configured


@dataclass(frozen=True, slots=True)
class Memories:
    """What the agent's journal holds, or why it could not be read; empty where nobody named one."""

    journal: Path | None = None
    remembered: Remembered = field(default_factory=Remembered)
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One printer: what it is to be, what it said, and what became of its tickets."""

    printer: Printer
    finding: Finding
    trace: Trace
    past: Past | None  # None where no journal was read

    def text(self) -> str:
        return "\n  ".join([self.finding.text(), *paper_in_words(self.printer)])


async def consult(
    printers: Sequence[Printer], memories: Memories, clock: Clock, *, anew: bool = False
) -> list[Case]:
    """Ask every printer how it is, and write down what is said. Nothing is printed.

    `anew` asks also what the agent remembers of one that takes its time to answer.
    """
    traces = [Trace(clock) for _ in printers]
    asked = [
        configured(printer, clock, through=partial(TracingLink, trace=trace))
        for printer, trace in zip(printers, traces, strict=True)
    ]
    known, pasts = memories.remembered.known, memories.remembered.pasts
    before = {name: printer.fingerprint for name, printer in known.items()}
    interviews = {each.id: _recalled(each, known.get(each.id)) for each in printers}
    recalled = {} if anew else {name: each for name, each in interviews.items() if each}
    found = await examine(asked, before, recalled)
    return [
        Case(printer, _completed(finding, known), trace, pasts.get(printer.id))
        for printer, finding, trace in zip(printers, found, traces, strict=True)
    ]


def _recalled(printer: Printer, known: KnownPrinter | None) -> Interview | None:
    """Of one that cannot show by a serial number that it is another one now. All others have to be
    asked who they are, and answer within milliseconds.
    """
    if known is None or known.capabilities is None or known.fingerprint.serial:
        return None
    confirmation = known.confirmation if printer.confirmation == "auto" else printer.confirmation
    if confirmation is None:
        return None
    who = known.fingerprint if known.fingerprint != Fingerprint() else None
    return Interview(who, confirmation, known.capabilities)


def _completed(finding: Finding, by_id: Mapping[str, KnownPrinter]) -> Finding:
    """With what the agent alone may ask, since it knows when the printer holds no ticket."""
    known, now = by_id.get(finding.settings.id), finding.capabilities
    if known is None or known.capabilities is None or now is None:
        return finding
    if known.fingerprint != finding.fingerprint:
        return finding
    recalled = replace(now, buffer_clear=known.capabilities.buffer_clear)
    return replace(finding, capabilities=recalled)
