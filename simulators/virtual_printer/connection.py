"""One host's TCP connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, cast

from virtual_printer.receive_buffer import SIZE_BYTES

if TYPE_CHECKING:
    from virtual_printer.printer import VirtualPrinter

_TCP_CLOSED = 7
"""TCP_CLOSE in the kernel's `tcp_info.tcpi_state`."""

_LOOK_FOR_RESET_S = 0.2


class Connection(asyncio.BufferedProtocol):
    """Reads no more than the printer has room for, so that TCP itself holds the host back."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer
        self._transport: asyncio.Transport | None = None
        self._bytes = memoryview(bytearray(SIZE_BYTES))
        self._view = self._bytes
        self._reading = True
        self._watch: asyncio.TimerHandle | None = None
        self.half_closed = False
        self.peer = ""

    # The transport calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        host, port = transport.get_extra_info("peername")[:2]
        self.peer = f"{host}:{port}"
        self._printer.connection_opened(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        self._view = self._bytes[: max(self._printer.room_bytes(), 1)]
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        self._printer.received(self, bytes(self._view[:nbytes]))

    def eof_received(self) -> bool:
        self.half_closed = True
        self._look_for_reset()
        self._printer.host_finished(self)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._stop_watch()
        self._printer.connection_closed(self, "reset" if exc else "closed")

    # The printer calls these

    def send(self, data: bytes) -> bool:
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(data)
        return True

    def set_reading(self, reading: bool) -> None:
        """Read on, or leave everything else to the kernel's small buffer."""
        if self._transport is None or self._transport.is_closing() or reading == self._reading:
            return
        self._reading = reading
        if reading:
            self._stop_watch()
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()
            self._look_for_reset()

    def close(self) -> None:
        """After everything that was sent."""
        if self._transport:
            self._transport.close()

    def reset(self) -> None:
        """An RST, as from a device that has lost its power."""
        if self._transport:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    def _look_for_reset(self) -> None:
        """Whoever does not read is not told that the host gave up, and would block all others."""
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSED:
            self._transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(_LOOK_FOR_RESET_S, self._look_for_reset)

    def _stop_watch(self) -> None:
        if self._watch:
            self._watch.cancel()
            self._watch = None
