"""An ESC/POS printer without paper: it answers what our wire asks and takes no time to print.

Lighter than the virtual printer, which lays out every line: on two cores that would be measured
as well. It relies on our own wire's habits: questions come between tickets, and a ticket ends with
GS ( H, which asks for the word that everything before it was printed.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, cast

from dev_stack.ports import HOST

_QUESTION: Final = re.compile(rb"\x10\x04([\x01-\x04])|\x1dI([A-E])")
_ALL_FINE: Final = b"\x12"  # to each of DLE EOT 1 to 4
_IDENTITY: Final = {b"A": b"1.00", b"B": b"BENCH", b"C": b"FAST", b"D": b"B0001", b"E": b"PC437"}
_STATUS_BACK: Final = b"\x1b@\x1da\xff"  # ESC @, GS a 255: tell changes, and the state right now
_FINE_UNASKED: Final = b"\x10\x00\x00\x00"
_ASKS_PRINTED: Final = re.compile(rb"\x1d\(H\x06\x0000(.{4})(?:\x1b@)?\Z", re.DOTALL)
_CUT: Final = b"\x1dV"


@dataclass(slots=True)
class Ticket:
    """`time.monotonic()` seconds; `connected_at` is when the connection it came on was made."""

    connected_at: float
    first_byte_at: float
    printed_at: float
    size_bytes: int


@dataclass(slots=True)
class FastPrinter:
    """What came out; `port` is where it listens."""

    port: int = 0
    tickets: list[Ticket] = field(default_factory=list)
    connections: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait_for(self, tickets: int, timeout_s: float) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.tickets) < tickets:
                await self._change()

    async def wait_hung_up(self, timeout_s: float) -> None:
        """Until nobody is connected. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while self.connections:
                await self._change()

    async def _change(self) -> None:
        self.changed.clear()
        await self.changed.wait()


class _Connection(asyncio.Protocol):
    def __init__(self, printer: FastPrinter) -> None:
        self._printer = printer
        self._unread = b""
        self._first_byte_at = 0.0
        self._connected_at = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._printer.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._printer.connections -= 1
        self._printer.changed.set()

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._unread += data
        while not self._first_byte_at and (asked := _QUESTION.match(self._unread)):
            self._answer(asked)
            self._unread = self._unread[asked.end() :]
        if not self._unread or (not self._first_byte_at and len(self._unread) < 3):
            return  # half a question
        if not self._first_byte_at:
            self._first_byte_at = now
            if self._unread.startswith(_STATUS_BACK):
                self._transport.write(_FINE_UNASKED)
        if ends := _ASKS_PRINTED.search(self._unread):
            self._print(ends[1])

    def _answer(self, asked: re.Match[bytes]) -> None:
        identity = asked[2]
        self._transport.write(
            _ALL_FINE if identity is None else b"_" + _IDENTITY[identity] + b"\x00"
        )

    def _print(self, process_id: bytes) -> None:
        self._transport.write(b"\x37\x22" + process_id + b"\x00")
        ticket = Ticket(
            self._connected_at, self._first_byte_at, time.monotonic(), len(self._unread)
        )
        if _CUT in self._unread:  # what is not cut is the agent finding out how we confirm
            self._printer.tickets.append(ticket)
            self._printer.changed.set()
        self._unread = b""
        self._first_byte_at = 0.0


@asynccontextmanager
async def fast_printer(port: int) -> AsyncIterator[FastPrinter]:
    """Listens on `port` for as long as the block lasts."""
    printer = FastPrinter(port)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(printer), HOST, port)
    try:
        yield printer
    finally:
        server.close()
        await server.wait_closed()
