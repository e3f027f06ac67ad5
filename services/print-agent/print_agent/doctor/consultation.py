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
from print_agent.memory import Past, past_of
from print_agent.printers.configured import configured


@dataclass(frozen=True, slots=True)
class Memories:
    """The agent's journal, or why it could not be read; empty where nobody named one."""

    journal: Path | None = None
    known: Mapping[str, KnownPrinter] = field(default_factory=dict)
    unread: str = ""

    def past_of(self, printer: str) -> Past | None:
        """None where no journal was read."""
        return past_of(self.journal, printer) if self.journal and not self.unread else None


@dataclass(frozen=True, slots=True)
class Case:
    """One printer: what it is to be, what it said, and what became of its tickets."""

    printer: Printer
    finding: Finding
    trace: Trace
    past: Past | None

    def text(self) -> str:
        return "\n  ".join([self.finding.text(), *paper_in_words(self.printer)])


async def consult(printers: Sequence[Printer], memories: Memories, clock: Clock) -> list[Case]:
    """Ask every printer how it is, and write down what is said. Nothing is printed."""
    traces = [Trace(clock) for _ in printers]
    asked = [
        configured(printer, clock, through=partial(TracingLink, trace=trace))
        for printer, trace in zip(printers, traces, strict=True)
    ]
    before = {name: known.fingerprint for name, known in memories.known.items()}
    found = await examine(asked, before)
    return [
        Case(printer, _recalled(finding, memories), trace, memories.past_of(printer.id))
        for printer, finding, trace in zip(printers, found, traces, strict=True)
    ]


def _recalled(finding: Finding, memories: Memories) -> Finding:
    """With what the agent alone may ask, since it knows when the printer holds no ticket."""
    known, now = memories.known.get(finding.settings.id), finding.capabilities
    if known is None or known.capabilities is None or now is None:
        return finding
    if known.fingerprint != finding.fingerprint:
        return finding
    recalled = replace(now, buffer_clear=known.capabilities.buffer_clear)
    return replace(finding, capabilities=recalled)
