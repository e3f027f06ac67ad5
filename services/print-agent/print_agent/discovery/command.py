"""`print-agent discover`: which printers there are, and how bonfire.toml would call them."""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.clock import Clock, SystemClock
from bonfire.config.address import DEFAULT_PORT, TcpAddress
from bonfire.errors import Permanent
from print_agent.discovery import Search, network, serial_ports, usb
from print_agent.discovery.listing import Listing
from print_agent.discovery.machine import Machine
from print_agent.discovery.networks import own_subnets, read_range
from print_agent.printers.resolver import Resolver

DESCRIPTION: Final = (
    "Lists the printers at the USB and serial ports of this machine. In the network it looks only "
    "when asked. Nothing is printed. Printers of the configuration are not asked anything: "
    "`print-agent doctor` does that."
)
_LOOK_UP_S: Final = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network",
        action="store_true",
        help="ask the private networks of this machine, by one packet to everybody (Epson's "
        "protocol, UDP 3289); who answers is asked for its name",
    )
    parser.add_argument(
        "--range",
        metavar="192.168.1.0/24",
        help="ask each of these addresses, at most 1024 of a private network (UDP 3289, TCP 9100)",
    )
    parser.add_argument(
        "--toml", action="store_true", help="write blocks for bonfire.toml instead of a table"
    )


def run(given: argparse.Namespace, machine: Machine | None = None) -> int:
    """`given` has a `config` too, the file's path, and `agent`, whose printers count as configured.

    Raises `RangeRefused`, before anything is asked.
    """
    machine = machine or Machine()
    asked = read_range(given.range) if given.range else None
    printers, unread = _configured(given.config, given.agent)
    search = usb.look(machine) + serial_ports.look(machine)
    if given.network or asked:
        search += asyncio.run(_ask(given.network, asked, printers, SystemClock()))
    else:
        search += Search(missed=(network.NOT_ASKED,))
    listing = Listing(search + Search(missed=unread), printers, machine)
    print(listing.toml() if given.toml else listing.text())
    return 0


def _configured(path: Path, agent: str) -> tuple[Sequence[config.Printer], tuple[str, ...]]:
    """The printers of this print host, else of all; and why that is not known, if it is not."""
    try:
        loaded = config.load(path)
    except Permanent as error:
        return (), (f"which printers are configured: {error.detail}",)
    agents = [agent] if agent else loaded.agents
    return [printer for each in agents for printer in loaded.printers_of(each)], ()


async def _ask(
    subnets: bool,
    asked: IPv4Network | None,
    printers: Sequence[config.Printer],
    clock: Clock,
) -> Search:
    known = await _known(printers)
    return await network.look(own_subnets() if subnets else None, asked, known, clock)


async def _known(printers: Sequence[config.Printer]) -> dict[IPv4Address, str]:
    """The ids of the printers at a printer's usual port, by each address that they have."""
    found: dict[IPv4Address, str] = {}
    for printer in printers:
        address = printer.address
        if not isinstance(address, TcpAddress) or address.port != DEFAULT_PORT:
            continue
        # A name that is not known now is no reason not to look for the others.
        with suppress(OSError, UnicodeError):  # a timeout is an OSError, too
            async with asyncio.timeout(_LOOK_UP_S):
                resolved = await Resolver(address.host, address.port).addresses()
            found |= {
                IPv4Address(str(where[0])): printer.id
                for family, where in resolved
                if family is socket.AF_INET
            }
    return found
