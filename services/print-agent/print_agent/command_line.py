"""What `print-agent` does: the service itself, and what a person needs beside it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bonfire import config, lifecycle, logs
from bonfire.clock import SystemClock
from bonfire.errors import BonfireError, Permanent, Reason
from bonfire.settings import Environment
from bonfire.unusable import Unusable
from print_agent import doctor, forgetting, preview
from print_agent.app import App
from print_agent.memory import known_fingerprints
from print_agent.printers import Fingerprint
from print_agent.printers.configured import configured
from print_agent.settings import OPS_PORT, default_config, default_data, journal_in, read_settings
from print_agent.trial import print_trial


def main(arguments: list[str] | None = None) -> int:
    given = _parser(Environment()).parse_args(arguments)
    try:
        code: int = given.run(given)
    except BonfireError as error:
        print(f"print-agent: {error.detail}", file=sys.stderr)
        return lifecycle.UNUSABLE
    return code


def _parser(environment: Environment) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="print-agent",
        description="Takes print jobs from the broker and gets them onto paper.",
        epilog="Settings come from the environment (BONFIRE_…): see the README",
    )
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="run the service (the default)").set_defaults(run=_serve)
    previewing = commands.add_parser("preview", help="show tickets as pictures and text")
    preview.add_arguments(previewing)
    previewing.set_defaults(run=preview.run)
    trial = commands.add_parser("test-print", help="print one ticket that says TEST")
    trial.add_argument("printer", help="a printer's id in the configuration")
    trial.set_defaults(run=_test_print)
    examining = commands.add_parser("doctor", help="say what is wrong with each printer")
    examining.add_argument(
        "--data",
        type=Path,
        default=default_data(environment),
        help="the agent's folder, to find printers that were exchanged (default: BONFIRE_DATA)",
    )
    examining.set_defaults(run=_doctor)
    for command in (trial, examining):
        command.add_argument(
            "--agent",
            default=environment.text("AGENT", ""),
            help="only the printers of this print host (default: BONFIRE_AGENT, else all)",
        )
        command.add_argument(
            "--config",
            type=Path,
            default=default_config(environment),
            help="the configuration (default: BONFIRE_CONFIG, else bonfire.toml)",
        )
    forgetful = commands.add_parser(
        "forget-printers",
        help="after printers were exchanged on purpose",
        description=forgetting.DESCRIPTION,
    )
    forgetful.add_argument(
        "--data", type=Path, help="the agent's folder with its journal (default: BONFIRE_DATA)"
    )
    forgetful.set_defaults(run=_forget_printers)
    return parser


def _serve(_given: argparse.Namespace) -> int:
    # Before anything can be wrong, as a service tells that in its log.
    logs.start_logging("print-agent")
    return lifecycle.run(_app, Unusable.at(Environment(), "print-agent", OPS_PORT))


def _app() -> App:
    settings = read_settings(Environment())
    logs.start_logging("print-agent", settings.log_level)
    return App(settings)


def _test_print(given: argparse.Namespace) -> int:
    loaded = config.load(given.config)
    agents = _agents(loaded, given.agent)
    fine = asyncio.run(print_trial(loaded, agents, given.printer, SystemClock(), print))
    return 0 if fine else 1


def _doctor(given: argparse.Namespace) -> int:
    loaded = config.load(given.config)
    clock = SystemClock()
    agents = _agents(loaded, given.agent)
    known, unread = _remembered(given.data, agents)
    reports = [
        asyncio.run(
            doctor.examine(
                [configured(printer, clock) for printer in loaded.printers_of(agent)], known
            )
        )
        for agent in agents
    ]
    print("\n".join(report.text() for report in reports))
    if not given.data:
        print("With --data, the agent's folder, it also finds printers that were exchanged.")
    if unread:
        print(f"print-agent: {unread}; exchanged printers were not looked for", file=sys.stderr)
        return 1
    return max(report.exit_code for report in reports)


def _remembered(data: Path | None, agents: Sequence[str]) -> tuple[Mapping[str, Fingerprint], str]:
    """What the agent knows of its printers, and why that could not be read, if it could not."""
    if data is None:
        return {}, ""
    if len(agents) > 1:
        detail = "--data is the folder of one agent: say which print host with --agent"
        raise Permanent(Reason.CONFIG_INVALID, detail)
    try:
        return known_fingerprints(journal_in(data, Environment())), ""
    except Permanent as error:
        return {}, error.detail


def _agents(loaded: config.Config, wanted: str | None) -> Sequence[str]:
    """The print hosts that are meant: the one that was named, else all of the configuration."""
    if not wanted:
        return loaded.agents
    if wanted not in loaded.agents:
        raise Permanent(
            Reason.CONFIG_INVALID,
            f"no print host {wanted!r}; known: {', '.join(loaded.agents)}",
        )
    return [wanted]


def _forget_printers(given: argparse.Namespace) -> int:
    print(forgetting.forget_printers(journal_in(given.data, Environment())))
    return 0
