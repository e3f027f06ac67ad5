"""What `print-agent` does: the service itself, and what a person needs beside it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bonfire import config, lifecycle
from bonfire.clock import SystemClock
from bonfire.errors import BonfireError
from bonfire.settings import Environment
from print_agent import forgetting, preview, print_hosts, service
from print_agent.discovery import command as discovery
from print_agent.doctor import command as doctor
from print_agent.settings import default_config, default_data, journal_in
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
    examining = commands.add_parser(
        "doctor", help="say what is wrong with each printer", description=doctor.DESCRIPTION
    )
    doctor.add_arguments(examining, default_data(environment))
    examining.set_defaults(run=doctor.run)
    looking = commands.add_parser(
        "discover", help="list the printers that there are", description=discovery.DESCRIPTION
    )
    discovery.add_arguments(looking)
    looking.set_defaults(run=discovery.run)
    for command in (trial, examining, looking):
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
    return service.serve()


def _test_print(given: argparse.Namespace) -> int:
    loaded = config.load(given.config)
    agents = print_hosts.chosen(loaded, given.agent)
    fine = asyncio.run(print_trial(loaded, agents, given.printer, SystemClock(), print))
    return 0 if fine else 1


def _forget_printers(given: argparse.Namespace) -> int:
    print(forgetting.forget_printers(journal_in(given.data, Environment())))
    return 0
