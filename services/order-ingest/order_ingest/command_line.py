"""What `order-ingest` does: the service itself, and what an operator needs beside it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bonfire import config, lifecycle, logs
from bonfire.clock import SystemClock
from bonfire.errors import BonfireError
from bonfire.settings import Environment
from bonfire.unusable import Unusable
from order_ingest import jobs_command, permissions_command
from order_ingest.app import App
from order_ingest.declaration import declare
from order_ingest.settings import OPS_PORT, read_broker_settings, read_settings


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except BonfireError as error:
        print(f"order-ingest: {error.detail}", file=sys.stderr)
        return lifecycle.UNUSABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="order-ingest",
        description="Takes orders in and sends their tickets to the print hosts.",
        epilog="Settings come from the environment (BONFIRE_…): see the README",
    )
    commands = parser.add_subparsers(dest="command")
    parser.set_defaults(run=_serve)
    commands.add_parser("serve", help="run the service (the default)").set_defaults(run=_serve)
    declaring = commands.add_parser("declare", help="create the broker's exchanges and queues")
    declaring.add_argument("--wait", type=float, default=30.0, metavar="SECONDS")
    declaring.set_defaults(run=_declare)
    checking = commands.add_parser("check", help="check a bonfire.toml and say what is wrong")
    checking.add_argument("file", type=Path)
    checking.set_defaults(run=_check)
    jobs = commands.add_parser("jobs", help="print the print jobs of an order, as JSON lines")
    jobs_command.add_arguments(jobs)
    jobs.set_defaults(run=jobs_command.run)
    permitting = commands.add_parser(
        "permissions", help="print who may do what on the broker, as commands for it"
    )
    permissions_command.add_arguments(permitting)
    permitting.set_defaults(run=permissions_command.run)
    return parser


def _serve(_given: argparse.Namespace) -> int:
    # Before anything can be wrong, as a service tells that in its log.
    logs.start_logging("order-ingest")
    return lifecycle.run(_app, Unusable.at(Environment(), "order-ingest", OPS_PORT))


def _app() -> App:
    settings = read_settings(Environment())
    logs.start_logging("order-ingest", settings.log_level)
    return App(settings)


def _declare(given: argparse.Namespace) -> int:
    file, url = read_broker_settings(Environment())
    logs.start_logging("order-ingest", "WARNING")  # says why the broker does not answer
    print(asyncio.run(declare(file, url, SystemClock(), given.wait)))
    return 0


def _check(given: argparse.Namespace) -> int:
    loaded = config.load(given.file)
    for warning in loaded.warnings:
        print(f"warning: {warning}")
    print(f"{given.file}: fine; print hosts: {', '.join(loaded.agents)}")
    return 0
