"""Where a printer is to be found, as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from virtual_printer.device import FifoPort, PtyPort
from virtual_printer.port import Port
from virtual_printer.tcp_port import TcpPort

MOST_CONNECTIONS = 3
"""One that prints and two that wait, as with Epson's network interface."""


@dataclass(frozen=True, slots=True)
class Place:
    """A TCP port (0 takes a free one), or the path of a device file."""

    tcp: int = 0
    pty: Path | None = None
    fifo: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`9100`, `pty:/tmp/usb-1` or `fifo:/tmp/lp1`. Raises ValueError."""
        kind, separator, path = text.partition(":")
        if separator and path and kind in ("pty", "fifo"):
            return cls(pty=Path(path)) if kind == "pty" else cls(fifo=Path(path))
        if not text.isdecimal() or int(text) > 65535:
            raise ValueError(f"{text!r} is no port")
        return cls(tcp=int(text))

    def port(self, host: str) -> Port:
        """`host` is the address that a TCP port is opened on."""
        if self.pty:
            return PtyPort(self.pty)
        if self.fifo:
            return FifoPort(self.fifo)
        return TcpPort(host, self.tcp, backlog=MOST_CONNECTIONS)
