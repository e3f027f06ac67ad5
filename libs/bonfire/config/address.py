"""Where a printer is on the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

DEFAULT_PORT: Final = 9100
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_LOOKS_LIKE_IPV4: Final = re.compile(r"[0-9.]+")


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """`host` is a name or an IP address without brackets, in lower case."""

    host: str
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


def parse(text: object) -> TcpAddress:
    """Read `tcp://host`, `tcp://host:9100` or `tcp://[fe80::1]:9100`; raises ValueError."""
    if isinstance(text, TcpAddress):
        return text
    example = f'should look like "tcp://192.168.1.50:{DEFAULT_PORT}"'
    if not isinstance(text, str) or not text.lower().startswith("tcp://"):
        raise ValueError(example)
    try:
        parts = urlsplit(text)
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise ValueError(f"{example}: {error}") from error
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        raise ValueError(f"{example}: only a host and a port, nothing more")
    if port == 0:
        raise ValueError(f"{example}: the port is 1 to 65535")
    return TcpAddress(_host(parts.hostname or "", example), port)


def _host(text: str, example: str) -> str:
    if ":" in text or _LOOKS_LIKE_IPV4.fullmatch(text):
        try:
            return str(ip_address(text))
        except ValueError as error:
            raise ValueError(f"{example}: {error}") from error
    if not _HOST_NAME.fullmatch(text) or len(text) > 253:
        raise ValueError(f"{example}: {text[:80]!r} is no host name")
    return text
