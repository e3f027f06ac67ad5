"""TCP ports on the loopback: free ones, taken ones, and who serves on one."""

from __future__ import annotations

import random
import socket
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Final

HOST: Final = "127.0.0.1"
# Below the kernel's range for outgoing connections (32768 on Linux), so that nothing takes a port
# by chance in the seconds between choosing it and listening on it.
_RANGE: Final = range(20_000, 32_000)
_TRIES: Final = 200
# The greeting of AMQP 0-9-1; a broker that serves answers with a frame.
_GREETING: Final = b"AMQP\x00\x00\x09\x01"


class PortTaken(Exception):
    """Another program listens on a port that we were told to use."""


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection that is still closing does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on; drawn at random, so that parallel runs differ."""
    found: list[int] = []
    for port in random.SystemRandom().sample(_RANGE, _TRIES):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise PortTaken(f"found no {count} free ports between {_RANGE.start} and {_RANGE.stop - 1}")


def require_free(port: int, purpose: str, advice: str) -> None:
    """Raise `PortTaken`, saying for what the port was meant and what to do."""
    if not is_free(port):
        raise PortTaken(f"port {port} ({purpose}) is taken by another program; {advice}")


def speaks_amqp(port: int) -> bool:
    """Does a broker serve there? A port that is merely open is not enough."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=2) as connection:
        connection.sendall(_GREETING)
        return connection.recv(1) == b"\x01"
    return False


def answers(url: str) -> bool:
    """Is there a page, and all well with it?"""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 -- our own loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
