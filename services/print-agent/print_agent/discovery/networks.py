"""Which addresses may be asked at all: those of a private network, and only a small one."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

import psutil

from bonfire.errors import Permanent, Reason

MOST_ADDRESSES: Final = 1024
_LONGEST_PREFIX: Final = 30  # from /31 on there is no broadcast, and hardly anybody else
# A restaurant's printers are in one of these; whatever else there is belongs to somebody else.
_PRIVATE: Final = tuple(
    IPv4Network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # what a printer takes that finds no DHCP server
        "127.0.0.0/8",
    )
)


class RangeRefused(Permanent):
    """These addresses are not asked; the message says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.CONFIG_INVALID, detail)


@dataclass(frozen=True, slots=True)
class Subnet:
    """A network that this machine is in, by one of its interfaces."""

    interface: str
    own: IPv4Address
    network: IPv4Network

    @property
    def private(self) -> bool:
        return _is_private(self.network)

    def __str__(self) -> str:
        return f"{self.network} ({self.interface})"


def read_range(text: str) -> IPv4Network:
    """For example "192.168.1.0/24", or one address; raises `RangeRefused`."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError as error:
        detail = f'--range {text[:60]!r}: should look like "192.168.1.0/24" (IPv4)'
        raise RangeRefused(detail) from error
    if not _is_private(network):
        raise RangeRefused(
            f"--range {network}: only private networks are asked (10.x, 172.16.x to 172.31.x, "
            "192.168.x, 169.254.x): all others belong to somebody else"
        )
    if network.num_addresses > MOST_ADDRESSES:
        raise RangeRefused(
            f"--range {network}: that is {network.num_addresses} addresses, and at most "
            f"{MOST_ADDRESSES} are asked: give a part of it, such as {network.network_address}/24"
        )
    return network


def own_subnets() -> list[Subnet]:
    """The networks with others in them that this machine is in, by its interfaces."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return [
        subnet
        for name, addresses in sorted(psutil.net_if_addrs().items())
        if name in up
        for each in addresses
        if each.family is socket.AF_INET and each.netmask
        for subnet in [_subnet(name, each.address, each.netmask)]
        if subnet.network.prefixlen <= _LONGEST_PREFIX and not subnet.own.is_loopback
    ]


def _subnet(interface: str, address: str, netmask: str) -> Subnet:
    network = IPv4Network((address, netmask), strict=False)
    return Subnet(interface, IPv4Address(address), network)


def _is_private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in _PRIVATE)
