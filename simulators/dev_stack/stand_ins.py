"""The printers of bonfire.example.toml, and the virtual one that stands in for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.config import Config, Printer, TcpAddress, Technology, load
from dev_stack.ports import HOST

AGENT: Final = "altstadt"
_ADDRESS: Final = re.compile(r"""(?m)^(\s*address\s*=\s*)("[^"\n]*"|'[^'\n]*')""")


class NotOnOneMachine(Exception):
    """A configuration that cannot be tried here without touching what it was written for."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A virtual printer with the id, the technology and the columns of a configured one."""

    name: str
    port: int
    columns: int
    model: str | None  # of those that virtual-printer has; None: its own thermal ones

    @property
    def argument(self) -> str:
        """As virtual-printer's command line takes it."""
        model = f",{self.model}" if self.model else ""
        return f"{self.name}={self.port}{model},{self.columns}"

    @property
    def address(self) -> TcpAddress:
        return TcpAddress(HOST, self.port)


def stand_ins(example: Path, first_port: int) -> Sequence[StandIn]:
    """One for each printer, in the file's order. Raises `ConfigError` and `NotOnOneMachine`."""
    config = load(example)
    others = {location.agent for location in config.locations} - {AGENT}
    if others:
        raise NotOnOneMachine(
            f'{example.name} has the print host "{min(others)}", and only "{AGENT}" runs here'
        )
    return [
        StandIn(printer.id, first_port + place, printer.columns, _model(printer))
        for place, printer in enumerate(_printers(config))
    ]


def in_their_place(text: str, printers: Sequence[StandIn]) -> str:
    """The configuration with the address of every stand-in, in the order of the file."""
    addresses = iter(printers)

    def moved(found: re.Match[str]) -> str:
        printer = next(addresses, None)
        return f'{found[1]}"{printer.address}"' if printer else found[0]

    return _ADDRESS.sub(moved, text)


def require_in_their_place(config: Path, printers: Sequence[StandIn]) -> None:
    """Raise `NotOnOneMachine` where a printer of the file is not its stand-in."""
    expected = {printer.name: printer.address for printer in printers}
    for printer in _printers(load(config)):
        if printer.address != expected.get(printer.id):
            raise NotOnOneMachine(
                f'the printer "{printer.id}" would still be at {printer.address}; '
                'give every printer of bonfire.example.toml a line of its own, address = "..."'
            )


def _printers(config: Config) -> Iterator[Printer]:
    for location in config.locations:
        yield from location.printers


def _model(printer: Printer) -> str | None:
    if printer.technology is Technology.THERMAL:
        return None
    return "tm-u220" if printer.red else "tm-u220-black"
