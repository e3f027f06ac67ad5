"""`print-agent discover`: which printers there are, and how bonfire.toml would call them."""

from __future__ import annotations

import argparse
import asyncio
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.clock import Clock, SystemClock
from bonfire.errors import Permanent
from print_agent import print_hosts
from print_agent.discovery import Search, network, serial_ports, usb
from print_agent.discovery.listing import Listing
from print_agent.discovery.machine import Machine
from print_agent.discovery.networks import own_subnets, read_range
from print_agent.discovery.spared import Spared, spared_of

DESCRIPTION: Final = (
    "Lists the printers at the USB and serial ports of this machine. In the network it looks only "
    "when asked. Nothing is printed. Printers of the configuration, whichever print host's, are "
    "not asked anything: `print-agent doctor` does that."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network",
        action="store_true",
        help="ask the private networks of this machine, by a packet to everybody, sent twice "
        "(Epson's protocol, UDP 3289); who answers is asked for its name",
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
    """`given` has a `config` too, the file's path, and `agent`, the print host that this is, or "".

    Raises `RangeRefused`, and `Permanent` for an unknown print host, before anything is asked.
    """
    machine = machine or Machine()
    asked = None if given.range is None else read_range(given.range)
    loaded, unread = _loaded(given.config)
    agents = print_hosts.chosen(loaded, given.agent) if loaded else ()
    search = usb.look(machine) + serial_ports.look(machine)
    if given.network or asked:
        search += asyncio.run(_ask(given.network, asked, loaded, SystemClock()))
    else:
        search += Search(missed=(network.NOT_ASKED,))
    printers = [each for agent in agents for each in loaded.printers_of(agent)] if loaded else []
    listing = Listing(search + Search(missed=unread), printers, machine)
    print(listing.toml() if given.toml else listing.text())
    return 0


def _loaded(path: Path) -> tuple[config.Config | None, tuple[str, ...]]:
    """The configuration, or why there is none."""
    try:
        return config.load(path), ()
    except Permanent as error:
        return None, (f"which printers are configured: {error.detail}",)


async def _ask(
    subnets: bool, asked: IPv4Network | None, loaded: config.Config | None, clock: Clock
) -> Search:
    spared = await spared_of(loaded) if loaded else Spared()
    found = await network.look(own_subnets() if subnets else None, asked, spared.known, clock)
    return found + Search(missed=spared.unresolved)
