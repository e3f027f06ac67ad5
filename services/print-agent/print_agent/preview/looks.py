"""How the tickets of a preview look: as bonfire.toml says, or as the command line says."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pydantic

from bonfire import config
from bonfire.config import Config, Technology, TextSize
from bonfire.config.fields import Columns
from bonfire.config.printer import IMPACT_COLUMNS
from bonfire.errors import Permanent, Reason
from bonfire.messages import PrintJob
from print_agent.profiles import Profiles
from print_agent.ticket import Profile

_COLUMNS: Final = pydantic.TypeAdapter[int](Columns)


class UnknownPrinter(Permanent):
    """The configuration does not have the printer of this job."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a bonfire.toml, by which print jobs look"
    )
    looks = parser.add_argument_group("how it looks, instead of the defaults or of --config")
    looks.add_argument("--columns", type=_columns, help="characters across the paper")
    looks.add_argument("--technology", type=Technology, choices=list(Technology))
    looks.add_argument("--text-size", type=TextSize, choices=list(TextSize))
    looks.add_argument("--red", action=argparse.BooleanOptionalAction, help="a ribbon with red")
    looks.add_argument(
        "--raster", action=argparse.BooleanOptionalAction, help="pictures of letters it lacks"
    )
    looks.add_argument("--merge-identical", action=argparse.BooleanOptionalAction)


def _columns(text: str) -> int:
    try:
        return _COLUMNS.validate_python(int(text))
    except pydantic.ValidationError as error:
        (mistake,) = error.errors()
        raise argparse.ArgumentTypeError(mistake["msg"]) from error


class Looks:
    """`args` as `add_arguments` makes them; raises `BonfireError` for a file with mistakes."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._config = config.load(args.config) if args.config else None
        self._given: dict[str, Any] = {
            name: value
            for name in ("columns", "technology", "text_size", "red", "raster", "merge_identical")
            if (value := getattr(args, name)) is not None
        }
        if self._given.get("technology") is Technology.IMPACT:
            self._given["raster"] = False

    def of(self, job: PrintJob) -> Profile:
        """Raises `UnknownPrinter`."""
        profile = _configured(self._config, job) if self._config else Profile()
        return replace(_with(self._given.get("technology"), profile), **self._given)


def _with(technology: Technology | None, profile: Profile) -> Profile:
    """Paper of the other technology has another width, as in bonfire.toml."""
    if technology in (None, profile.technology):
        return profile
    columns = IMPACT_COLUMNS if technology is Technology.IMPACT else Profile().columns
    return replace(profile, columns=columns, red=False)


def _configured(loaded: Config, job: PrintJob) -> Profile:
    try:
        printer = loaded.location(job.location).printer(job.printer)
    except KeyError as error:
        detail = f"location {job.location!r} has no printer {job.printer!r}"
        raise UnknownPrinter(Reason.UNKNOWN_PRINTER, detail) from error
    return Profiles(loaded, job.agent).of(job, printer)
