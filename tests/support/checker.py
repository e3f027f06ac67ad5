"""The judge of paper: what was to be printed against what came out, as a queue is judged.

Every ticket ends with a line like `#0417  job 3f9a12bc` (`#0417/2` when it is printed once more,
`#A0417` in a journal's later series) and says POSSIBLE DUPLICATE near that line when it may be on
paper twice. A slip may hold several tickets: where a cut was lost, two hang together, and what a
power cut left unfinished hangs above the ticket that came next.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FOOTER: Final = re.compile(
    r"^\s*#(?P<series>[A-Z]?)(?P<number>\d{4,})(?:/(?P<copy>\d+))?\s+job (?P<job>[0-9a-f]{8})\s*$"
)
_MARK: Final = re.compile(
    "POSSIBLE DUPLICATE|MÖGLICHES DUPLIKAT|DOUBLON POSSIBLE|POSSIBILE DOPPIONE"
)
_MARK_WITHIN_LINES: Final = 4
_EXEMPT_FROM_ORDER: Final = re.compile(
    r"^\s*(?:FROM|VON) \S|(?:LATE|RETARD|RITARDO) \d+ MIN|\d+ MIN VERSPÄTET", re.MULTILINE
)
_MOVED: Final = re.compile(r"^\s*(?:FROM|VON) (?P<printer>\S+)", re.MULTILINE)
_EXPLAINED: Final = re.compile(
    r"N[or°]?\.?\s*(?P<series>[A-Z]?)(?P<number>\d{4,})\s+"
    "(?:not used|hier nicht|non utilisé|non usato)"
)

JOB_PREFIX: Final = 8


@dataclass(frozen=True)
class ExpectedTicket:
    """A ticket that must come out. `release` orders the tickets of one printer."""

    job: str
    """The job id, whole or its first eight hex digits."""
    printer: str
    release: int
    kind: str = "NEW"

    @property
    def prefix(self) -> str:
        return self.job[:JOB_PREFIX]

    def __str__(self) -> str:
        return f"{self.kind} {self.prefix} for {self.printer}"


@dataclass(frozen=True)
class PaperSlip:
    """One cut-off piece of paper. Slips of one printer are given in the order they came out."""

    printer: str
    text: str


@dataclass(frozen=True)
class PrintedTicket:
    """A ticket found on a slip."""

    printer: str
    job: str
    series: str
    number: int
    copy: int
    text: str

    @property
    def is_marked(self) -> bool:
        """Only near the footer: above a ticket there may hang a piece of another one."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        return any(_MARK.search(line) for line in lines[-_MARK_WITHIN_LINES:])

    @property
    def keeps_order(self) -> bool:
        """Tickets that were diverted or came late say so, and stand outside the order."""
        return not self.is_marked and not _EXEMPT_FROM_ORDER.search(self.text)

    @property
    def moved_from(self) -> str | None:
        moved = _MOVED.search(self.text)
        return moved["printer"].lower() if moved else None

    def __str__(self) -> str:
        copy = f"/{self.copy}" if self.copy > 1 else ""
        mark = " (marked)" if self.is_marked else ""
        return f"#{self.series}{self.number:04d}{copy} job {self.job} at {self.printer}{mark}"


@dataclass
class Verdict:
    """What is wrong with the paper, and what is only worth knowing."""

    expected: int = 0
    printed: int = 0
    lost: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    unmarked_doubles: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    shared_numbers: list[str] = field(default_factory=list)
    marked_doubles: list[str] = field(default_factory=list)
    """Honest: the same job again, and it says so. No violation."""
    marks: int = 0
    """Tickets that carry the mark, whether or not there is another one."""

    @property
    def violations(self) -> dict[str, list[str]]:
        """By name; empty lists are left out."""
        found = {
            "lost": self.lost,
            "invented": self.invented,
            "printed twice without a mark": self.unmarked_doubles,
            "out of order": self.out_of_order,
            "at the wrong printer": self.misplaced,
            "unexplained gap": self.gaps,
            "number used twice": self.shared_numbers,
        }
        return {name: cases for name, cases in found.items() if cases}

    @property
    def ok(self) -> bool:
        return not self.violations

    def summary(self) -> str:
        """For people, and as the message of a failing assertion."""
        head = (
            f"{self.expected} expected, {self.printed} on paper, "
            f"{self.marks} marked, {len(self.marked_doubles)} marked doubles"
        )
        lines = [f"{'OK' if self.ok else 'VIOLATED'}: {head}"]
        for name, cases in self.violations.items():
            lines.append(f"  {name}: {len(cases)}")
            lines += [f"    {case}" for case in cases[:10]]
            if len(cases) > 10:
                lines.append(f"    … and {len(cases) - 10} more")
        return "\n".join(lines)


def _no_slip(text: str) -> bool:
    return False


def judge(
    expected: Iterable[ExpectedTicket],
    paper: Iterable[PaperSlip],
    *,
    is_notice: Callable[[str], bool] = _no_slip,
) -> Verdict:
    """Compare. `is_notice` recognises slips that belong to no job, like a summary."""
    wanted = {ticket.prefix: ticket for ticket in expected}
    slips = list(paper)
    printed = [ticket for slip in slips for ticket in tickets_on(slip)]
    verdict = Verdict(expected=len(wanted), printed=len(printed))
    verdict.marks = sum(ticket.is_marked for ticket in printed)
    _find_lost(wanted, printed, verdict)
    _find_invented(wanted, printed, slips, is_notice, verdict)
    _find_doubles(printed, verdict)
    _find_disorder(wanted, printed, verdict)
    _find_misplaced(wanted, printed, verdict)
    _find_gaps(printed, slips, verdict)
    return verdict


def tickets_on(slip: PaperSlip) -> Iterator[PrintedTicket]:
    """Each footer ends a ticket; it goes back to the footer before."""
    lines: list[str] = []
    for line in slip.text.splitlines():
        lines.append(line)
        footer = _FOOTER.match(line)
        if footer:
            yield PrintedTicket(
                printer=slip.printer,
                job=footer["job"],
                series=footer["series"],
                number=int(footer["number"]),
                copy=int(footer["copy"] or 1),
                text="\n".join(lines),
            )
            lines = []


def _find_lost(
    wanted: dict[str, ExpectedTicket], printed: Sequence[PrintedTicket], verdict: Verdict
) -> None:
    found = {ticket.job for ticket in printed}
    verdict.lost = [str(ticket) for prefix, ticket in wanted.items() if prefix not in found]


def _find_invented(
    wanted: dict[str, ExpectedTicket],
    printed: Sequence[PrintedTicket],
    slips: Sequence[PaperSlip],
    is_notice: Callable[[str], bool],
    verdict: Verdict,
) -> None:
    verdict.invented = [str(ticket) for ticket in printed if ticket.job not in wanted]
    verdict.invented += [
        f"a slip of no job at {slip.printer}: {slip.text.strip()[:60]!r}"
        for slip in slips
        if not any(tickets_on(slip)) and not is_notice(slip.text)
    ]


def _find_doubles(printed: Sequence[PrintedTicket], verdict: Verdict) -> None:
    copies: dict[str, list[PrintedTicket]] = defaultdict(list)
    for ticket in printed:
        copies[ticket.job].append(ticket)
    for job, tickets in copies.items():
        unmarked = [ticket for ticket in tickets if not ticket.is_marked]
        if len(unmarked) > 1:
            where = ", ".join(str(ticket) for ticket in unmarked)
            verdict.unmarked_doubles.append(f"{job}: {where}")
        elif len(tickets) > 1:
            verdict.marked_doubles.append(f"{job}: {', '.join(map(str, tickets))}")


def _find_disorder(
    wanted: dict[str, ExpectedTicket], printed: Sequence[PrintedTicket], verdict: Verdict
) -> None:
    latest: dict[str, ExpectedTicket] = {}
    for ticket in printed:
        this = wanted.get(ticket.job)
        if this is None or not ticket.keeps_order or this.printer != ticket.printer:
            continue
        before = latest.get(ticket.printer)
        if before and this.release < before.release:
            verdict.out_of_order.append(f"{ticket} came after {before}")
        else:
            latest[ticket.printer] = this


def _find_misplaced(
    wanted: dict[str, ExpectedTicket], printed: Sequence[PrintedTicket], verdict: Verdict
) -> None:
    for ticket in printed:
        this = wanted.get(ticket.job)
        if this and this.printer not in (ticket.printer, ticket.moved_from):
            verdict.misplaced.append(f"{ticket} belongs to {this.printer}")


def _find_gaps(
    printed: Sequence[PrintedTicket], slips: Sequence[PaperSlip], verdict: Verdict
) -> None:
    jobs: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for ticket in printed:
        jobs[ticket.printer, ticket.series][ticket.number].add(ticket.job)
    explained = Counter(
        (slip.printer, found["series"], int(found["number"]))
        for slip in slips
        for found in _EXPLAINED.finditer(slip.text)
    )
    for (printer, series), numbers in sorted(jobs.items()):
        for number in range(1, max(numbers) + 1):
            name = f"#{series}{number:04d} at {printer}"
            if number not in numbers and not explained[printer, series, number]:
                verdict.gaps.append(name)
            if len(numbers.get(number, ())) > 1:
                verdict.shared_numbers.append(f"{name}: {', '.join(sorted(numbers[number]))}")


def read_paper(folder: Path) -> list[PaperSlip]:
    """The slips in a virtual printer's `--paper` folder, from each printer's `log.jsonl`."""
    slips = []
    for log in sorted(folder.glob("*/log.jsonl")):
        for line in log.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["event"] == "ticket_printed":
                slips.append(PaperSlip(log.parent.name, entry["text"]))
    return slips
