"""What `notifier` does: the service itself, and what a person needs beside it."""

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
from notifier import preview, trial
from notifier.app import NAME, App
from notifier.channels.smtp import SmtpChannel
from notifier.settings import OPS_PORT, default_config, read_settings, read_smtp_password


def main(arguments: list[str] | None = None) -> int:
    given = _parser(Environment()).parse_args(arguments)
    try:
        code: int = given.run(given)
    except BonfireError as error:
        print(f"{NAME}: {error.detail}", file=sys.stderr)
        return lifecycle.UNUSABLE
    return code


def _parser(environment: Environment) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Tells people what needs a hand, once, and when it is over.",
        epilog="Settings come from the environment (BONFIRE_…): see the README",
    )
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="run the service (the default)").set_defaults(run=_serve)
    previewing = commands.add_parser("preview", help="show what a mail looks like")
    preview.add_arguments(previewing)
    previewing.set_defaults(run=_preview)
    testing = commands.add_parser("test", help="send one mail to one person, and say how it went")
    testing.add_argument("person", help="a name or a mail address of the configuration")
    testing.set_defaults(run=_test)
    for command in (previewing, testing):
        command.add_argument(
            "--config",
            type=Path,
            default=default_config(environment),
            help="the configuration (default: BONFIRE_CONFIG, else bonfire.toml)",
        )
    return parser


def _serve(_given: argparse.Namespace) -> int:
    # Before anything can be wrong, as a service tells that in its log.
    logs.start_logging(NAME)
    return lifecycle.run(_app, Unusable.at(Environment(), NAME, OPS_PORT))


def _app() -> App:
    settings = read_settings(Environment())
    logs.start_logging(NAME, settings.log_level)
    return App(settings)


def _preview(given: argparse.Namespace) -> int:
    print(preview.preview(given, SystemClock()))
    return 0


def _test(given: argparse.Namespace) -> int:
    loaded = config.load(given.config)
    person = trial.find_person(loaded, given.person)
    channel = SmtpChannel(trial.mail_settings(loaded), read_smtp_password(Environment()))
    fine = asyncio.run(trial.send_trial(loaded, person, channel, SystemClock(), print))
    return 0 if fine else 1
