"""One host's TCP connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import cast

from virtual_printer.port import Listener
from virtual_printer.receive_buffer import SIZE_BYTES

_TCP_CLOSED = 7
"""TCP_CLOSE in the kernel's `tcp_info.tcpi_state`."""

_LOOK_FOR_RESET_S = 0.2


class Connection(asyncio.BufferedProtocol):
    """Reads no more than the printer has room for, so that TCP itself holds the host back.

    A transport may have read once before it hears that it is paused; the connection keeps what came
    so, at most one buffer, until the printer wants it.
    """

    def __init__(self, printer: Listener) -> None:
        self._printer = printer
        self._transport: asyncio.Transport | None = None
        self._bytes = memoryview(bytearray(SIZE_BYTES))
        self._view = self._bytes
        self._reading = True
        self._held = bytearray()
        self._held_end = False
        self._watch: asyncio.TimerHandle | None = None
        self.half_closed = False
        self.peer = ""

    # The transport calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        host, port = transport.get_extra_info("peername")[:2]
        self.peer = f"{host}:{port}"
        self._printer.connection_opened(self)
        # uvloop, and asyncio in Python 3.11.2, begin to read after this, paused or not.
        asyncio.get_running_loop().call_soon(self._pause_again)

    def get_buffer(self, sizehint: int) -> memoryview:
        self._view = self._bytes[: max(self._printer.room_bytes(), 1)]
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._view[:nbytes])
        if self._reading:
            self._printer.received(self, data)
        else:
            self._held += data
            self._pause_again()

    def eof_received(self) -> bool:
        if self._reading:
            self._finish()
        else:
            self._held_end = True
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
            self._hand_on()
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

    def _pause_again(self) -> None:
        if self._reading or self._transport is None or self._transport.is_closing():
            return
        # One that reads although it was paused does nothing when it is only told so again.
        self._transport.resume_reading()
        self._transport.pause_reading()

    def _hand_on(self) -> None:
        """What was held, as far as the printer has room."""
        while self._held and self._is_wanted():
            size = max(self._printer.room_bytes(), 1)
            data = bytes(self._held[:size])
            del self._held[:size]
            self._printer.received(self, data)
        if self._held_end and self._is_wanted():
            self._held_end = False
            self._finish()

    def _is_wanted(self) -> bool:
        """The printer may pause or reset the connection at any piece that it is handed."""
        open_ = self._transport is not None and not self._transport.is_closing()
        return self._reading and open_

    def _finish(self) -> None:
        self.half_closed = True
        self._look_for_reset()
        self._printer.host_finished(self)

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
