"""`print-agent doctor`: what is wrong with each printer, and a report to attach."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.clock import SystemClock
from bonfire.errors import Permanent, Reason
from bonfire.settings import Environment
from print_agent import print_hosts
from print_agent.doctor.consultation import Case, Memories, consult
from print_agent.doctor.neighbour import WARNING, agent_runs
from print_agent.doctor.report import report
from print_agent.doctor.report_file import ReportFile
from print_agent.doctor.software import software
from print_agent.memory import remembered
from print_agent.settings import OPS_PORT, journal_in

DESCRIPTION: Final = (
    "Asks each printer how it is, who it is and what it can do, and says it in words. Nothing is "
    "printed. Beside a running agent: a printer that serves one connection at a time is held "
    "meanwhile, for an instant, or for about a second if it answers little. A ticket that comes in "
    "that moment waits, or is tried again after 5 s. What the agent remembers of a printer that "
    "may answer little is not asked again."
)
_NAMED_BY_DATE: Final = ""
_STANDARD_OUTPUT: Final = "-"


def add_arguments(parser: argparse.ArgumentParser, data: Path | None) -> None:
    """`data` is the agent's own folder, as far as the environment tells."""
    parser.add_argument(
        "--data",
        type=Path,
        default=data,
        help="the agent's folder, to find printers that were exchanged (default: BONFIRE_DATA)",
    )
    parser.add_argument(
        "--anew",
        action="store_true",
        help="ask each printer everything, also what the agent remembers; best while it is stopped",
    )
    parser.add_argument(
        "--report",
        nargs="?",
        const=_NAMED_BY_DATE,
        metavar="FILE",
        help="write all of it and every byte that was said into a file to attach to a bug report; "
        "without FILE it is named by the date, - is the standard output",
    )
    parser.add_argument("--force", action="store_true", help="replace a report that is there")


def run(given: argparse.Namespace) -> int:
    """`given` has a `config` too, the file's path, and a print host as `agent`, or "" for all."""
    loaded = config.load(given.config)
    clock = SystemClock()
    agents = print_hosts.chosen(loaded, given.agent)
    file = _file(given)
    memories = _memories(given.data, loaded, agents)
    if _agent_runs(memories):
        print(f"print-agent: {WARNING}", file=sys.stderr, flush=True)
    cases = [
        case
        for agent in agents
        for case in asyncio.run(
            consult(loaded.printers_of(agent), memories, clock, anew=given.anew)
        )
    ]
    if given.report is None or file is not None:
        print(_told(cases, memories))
    if given.report is not None:
        _hand_over(report(cases, software(), clock.now()), file)
    if memories.unread:
        print(
            f"print-agent: {memories.unread}; exchanged printers were not looked for",
            file=sys.stderr,
        )
    return 0 if all(case.finding.fine for case in cases) and not memories.unread else 1


def _file(given: argparse.Namespace) -> ReportFile | None:
    """Refused before any printer is asked, if it cannot be."""
    if given.report is None or given.report == _STANDARD_OUTPUT:
        return None
    if given.report == _NAMED_BY_DATE:
        path = Path(f"print-agent-doctor-{SystemClock().now():%Y%m%d-%H%M%S}.md")
    else:
        path = Path(given.report)
    file = ReportFile(path, replace=given.force)
    file.check()
    return file


def _hand_over(text: str, file: ReportFile | None) -> None:
    if file is None:
        print(text, end="")
        return
    file.write(text)
    print(f"Written: {file.path.resolve()}. Please read it before you pass it on.")


def _told(cases: Sequence[Case], memories: Memories) -> str:
    lines = [case.text() for case in cases] or ["No printer is configured for this agent."]
    if memories.journal is None:
        lines.append("With --data, the agent's folder, it also finds printers that were exchanged.")
    return "\n".join(lines)


def _agent_runs(memories: Memories) -> bool:
    environment = Environment()  # a port that is none is the agent's own trouble, and told by it
    host = environment.text("OPS_HOST", "127.0.0.1")
    port = environment.integer("OPS_PORT", OPS_PORT, 0, 65_535)
    return agent_runs(memories.journal, host, port)


def _memories(data: Path | None, loaded: config.Config, agents: Sequence[str]) -> Memories:
    """What the agent knows of its printers, or why that could not be read."""
    if data is None:
        return Memories()
    if len(agents) > 1:
        detail = "--data is the folder of one agent: say which print host with --agent"
        raise Permanent(Reason.CONFIG_INVALID, detail)
    journal = journal_in(data, Environment())
    try:
        printers = [printer.id for agent in agents for printer in loaded.printers_of(agent)]
        return Memories(journal, remembered(journal, printers))
    except Permanent as error:
        return Memories(journal, unread=error.detail)
