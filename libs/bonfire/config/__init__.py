"""The configuration: `load` reads `bonfire.toml` and answers with a complete, checked `Config`."""

from __future__ import annotations

from pathlib import Path

import pydantic

from bonfire.config import checks, wording
from bonfire.config.address import (
    Address,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    UsbDeviceAddress,
)
from bonfire.config.document import Values, read
from bonfire.config.inheritance import inherit
from bonfire.config.location import Location, MenuSection, Route, Station
from bonfire.config.model import (
    Config,
    Defaults,
    LocationMatch,
    Organisation,
    UnknownLocation,
    Wix,
)
from bonfire.config.people import Mail, MailLanguage, Monitoring, Person, Role, Tls
from bonfire.config.printer import (
    EPSON_NUMBERS,
    Buzzer,
    CodePage,
    Printer,
    PrinterSettings,
    Technology,
)
from bonfire.config.problem import ConfigError
from bonfire.config.ticket import Grouping, OptionalBlock, TextSize, TicketSettings

__all__ = [
    "EPSON_NUMBERS",
    "Address",
    "Buzzer",
    "CodePage",
    "Config",
    "ConfigError",
    "Defaults",
    "Grouping",
    "Location",
    "LocationMatch",
    "Mail",
    "MailLanguage",
    "MenuSection",
    "Monitoring",
    "OptionalBlock",
    "Organisation",
    "Person",
    "Printer",
    "PrinterSettings",
    "Role",
    "Route",
    "SerialAddress",
    "Station",
    "TcpAddress",
    "Technology",
    "TextSize",
    "TicketSettings",
    "Tls",
    "UnknownLocation",
    "UsbAddress",
    "UsbDeviceAddress",
    "Wix",
    "load",
    "parse",
]


def load(path: Path) -> Config:
    """Read and check the whole file; raises `ConfigError` naming every mistake in it at once."""
    return parse(read(path), path)


def parse(document: Values, path: Path = Path("bonfire.toml")) -> Config:
    """The same for a document that was read already; `path` is only for the message."""
    broken = list(checks.problems(document))
    try:
        config = Config.model_validate(inherit(document))
    except pydantic.ValidationError as error:
        raise ConfigError(path, [*wording.problems(document, error), *broken]) from error
    if broken:
        raise ConfigError(path, broken)
    return config
