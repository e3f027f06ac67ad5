"""Asks Epson printers, and what speaks their protocol, to say that they are there (UDP)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from bonfire.clock import Clock
from print_agent.discovery import enpc, plain
from print_agent.discovery.networks import Subnet

_TIMES: Final = 2  # a packet may get lost
_WAIT_S: Final = 0.7  # after each time
_AT_ONCE: Final = 64  # packets to single addresses, before the network gets a moment
_PAUSE_S: Final = 0.02
_MOST_ANSWERS: Final = 1024

Models = dict[IPv4Address, str]
"""Who answered, and the model that it names; "" if it names none."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`failed` says in words what could not be asked, and why."""

    models: Models
    failed: tuple[str, ...] = ()


async def ask_subnet(subnet: Subnet, clock: Clock, port: int = enpc.PORT) -> Heard:
    """By a packet to everybody in a network of this machine, sent from this machine's address in
    it; no router passes it on.
    """
    everybody = [subnet.network.broadcast_address]
    return await _ask(everybody, subnet.network, str(subnet.own), port, clock, str(subnet))


async def ask_range(network: IPv4Network, clock: Clock, port: int = enpc.PORT) -> Heard:
    """By a packet to each address."""
    return await _ask(list(network.hosts()), network, "0.0.0.0", port, clock, str(network))  # noqa: S104 -- sends only


async def _ask(
    targets: Sequence[IPv4Address],
    network: IPv4Network,
    own: str,
    port: int,
    clock: Clock,
    name: str,
) -> Heard:
    ear = _Ear(network)
    try:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: ear, (own, 0), family=socket.AF_INET, allow_broadcast=True
        )
    except OSError as error:
        return Heard({}, (f"{name}: {error.strerror}",))
    try:
        for _ in range(_TIMES):
            await _send(transport, targets, port, clock)
            await clock.sleep(_WAIT_S)
    finally:
        transport.close()
    return Heard(ear.models, (f"{name}: {ear.error}",) if ear.error else ())


async def _send(
    transport: asyncio.DatagramTransport,
    targets: Sequence[IPv4Address],
    port: int,
    clock: Clock,
) -> None:
    for at, target in enumerate(targets, start=1):
        transport.sendto(enpc.QUERY, (str(target), port))
        if at % _AT_ONCE == 0:
            await clock.sleep(_PAUSE_S)


class _Ear(asyncio.DatagramProtocol):
    """Keeps what comes from the network that was asked, and nothing from elsewhere."""

    def __init__(self, network: IPv4Network) -> None:
        self.models: Models = {}
        self.error = ""
        self._network = network

    def datagram_received(self, data: bytes, source: tuple[str | int, ...]) -> None:
        address = IPv4Address(source[0])
        model = enpc.model_in(data)
        if model is None or address not in self._network or len(self.models) >= _MOST_ANSWERS:
            return
        self.models[address] = plain(model)

    def error_received(self, error: Exception) -> None:
        """A network that is down, or a machine that says that nothing listens: no fault of ours."""
        if isinstance(error, OSError) and not isinstance(error, ConnectionRefusedError):
            self.error = error.strerror or str(error)
