"""The printers of the configuration that are not asked: their connection is some agent's."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

from bonfire.config import Config
from bonfire.config.address import DEFAULT_PORT, TcpAddress
from print_agent.printers.resolver import Resolver

_LOOK_UP_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Configured:
    """A printer by its id, and the print host that has it."""

    printer: str
    agent: str


@dataclass(frozen=True, slots=True)
class Spared:
    """By each address, and in words those whose address is not known."""

    known: Mapping[IPv4Address, Configured] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ()


async def spared_of(loaded: Config) -> Spared:
    """Of every print host, whichever this one is: they are all in one network, or may be."""
    networked = [
        (Configured(printer.id, agent), printer.address)
        for agent in loaded.agents
        for printer in loaded.printers_of(agent)
        if isinstance(printer.address, TcpAddress) and printer.address.port == DEFAULT_PORT
    ]
    found = await asyncio.gather(*(_resolved(address.host) for _, address in networked))
    return Spared(
        {
            address: owner
            for (owner, _), addresses in zip(networked, found, strict=True)
            for address in addresses or ()
        },
        tuple(
            f"the address of {owner.printer} of {owner.agent}: nobody knew the name {address.host} "
            "in time, so that printer may have been asked like any other"
            for (owner, address), addresses in zip(networked, found, strict=True)
            if addresses is None
        ),
    )


async def _resolved(host: str) -> list[IPv4Address] | None:
    """None for a name that is not known now, which is no reason not to look for the others."""
    try:
        async with asyncio.timeout(_LOOK_UP_S):
            resolved = await Resolver(host, DEFAULT_PORT).addresses()
    except (OSError, UnicodeError):  # a timeout is an OSError, too
        return None
    return [IPv4Address(str(where[0])) for family, where in resolved if family is socket.AF_INET]
