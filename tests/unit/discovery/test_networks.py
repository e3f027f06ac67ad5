"""Which addresses may be asked."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.discovery.networks import (
    MOST_ADDRESSES,
    RangeRefused,
    Subnet,
    own_subnets,
    read_range,
)


class Interface(NamedTuple):
    """As psutil describes an address of one."""

    family: Any
    address: str
    netmask: str | None


class State(NamedTuple):
    isup: bool


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.168.1.0/24", "192.168.1.0/24"),
        ("192.168.1.77/24", "192.168.1.0/24"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("172.31.252.0/22", "172.31.252.0/22"),
        ("169.254.7.0/255.255.255.0", "169.254.7.0/24"),
    ],
)
def test_a_range_of_a_private_network_is_read(text: str, network: str):
    assert read_range(text) == IPv4Network(network)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8.8.8.0/24", "belong to somebody else"),
        ("172.32.0.0/24", "belong to somebody else"),
        ("192.168.0.0/15", "belong to somebody else"),
        ("100.64.0.0/24", "belong to somebody else"),
        ("0.0.0.0/0", "belong to somebody else"),
        ("192.168.0.0/21", "2048 addresses, and at most 1024 are asked"),
        ("10.0.0.0/8", "give a part of it, such as 10.0.0.0/24"),
        ("fe80::/64", "(IPv4)"),
        ("192.168.1.0/33", "should look like"),
        ("printer", "should look like"),
        ("", "should look like"),
    ],
)
def test_any_other_range_is_refused_with_the_reason(text: str, why: str):
    with pytest.raises(RangeRefused) as refused:
        read_range(text)
    assert why in refused.value.detail


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_no_range_is_large_or_public(number: int, prefix: int):
    try:
        network = read_range(f"{IPv4Address(number)}/{prefix}")
    except RangeRefused:
        return
    assert network.num_addresses <= MOST_ADDRESSES
    assert network.is_private


def test_the_machines_networks_are_those_of_its_interfaces_that_are_up(
    monkeypatch: pytest.MonkeyPatch,
):
    interfaces = {
        "lo": [Interface(socket.AF_INET, "127.0.0.1", "255.0.0.0")],
        "eth0": [
            Interface(socket.AF_INET6, "fe80::1", "ffff::"),
            Interface(socket.AF_INET, "192.168.1.7", "255.255.255.0"),
        ],
        "docker0": [Interface(socket.AF_INET, "172.17.0.1", "255.255.0.0")],
        "tun0": [
            Interface(socket.AF_INET, "10.8.0.2", "255.255.255.255"),
            Interface(socket.AF_INET, "10.9.0.2", None),
        ],
        "wan": [Interface(socket.AF_INET, "203.0.113.9", "255.255.255.0")],
    }
    states = {name: State(name != "docker0") for name in interfaces}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: interfaces)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: states)
    home, wan = own_subnets()
    own = IPv4Address("192.168.1.7")
    assert home == Subnet("eth0", own, IPv4Network("192.168.1.0/24"))
    assert (home.private, str(home)) == (True, "192.168.1.0/24 (eth0)")
    assert (wan.interface, wan.private) == ("wan", False)
