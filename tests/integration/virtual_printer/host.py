"""A host on the printer's port, as simple as can be, and tickets for it to send."""

from __future__ import annotations

import asyncio
import socket
import struct
from types import TracebackType
from typing import Self

WITHIN_S = 5.0
"""Longer than anything here takes, even on a busy machine."""

QUIET_S = 0.15
"""How long silence must last to be called silence."""

OK = b"\x12"


def ticket(text: str = "Pizza", *, lines: int = 1) -> bytes:
    """ESC @, the text on some lines, a full cut."""
    return b"\x1b@" + f"{text}\n".encode("cp437") * lines + b"\x1dV\x00"


def process_id(number: int) -> bytes:
    """GS ( H: tell me when everything before this is printed."""
    return b"\x1d(H\x06\x0000" + f"{number:04d}".encode()


def confirmation(number: int) -> bytes:
    return b'7"' + f"{number:04d}".encode() + b"\0"


def eot(n: int) -> bytes:
    return b"\x10\x04" + bytes((n,))


CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
CLEARED = b"\x37\x25\x00"


class Host:
    """`async with Host(port) as host:`"""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        # Otherwise the sending kernel takes megabytes, and nobody notices a printer that is full.
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.transport.abort()
        # One turn for the transport to close its socket.
        await asyncio.sleep(0)

    def send(self, *parts: bytes) -> None:
        self._writer.write(b"".join(parts))

    async def drained(self, within_s: float = WITHIN_S) -> bool:
        """Whether the printer and the kernels took everything that was sent."""
        self._writer.transport.set_write_buffer_limits(high=0)
        try:
            await asyncio.wait_for(self._writer.drain(), within_s)
        except TimeoutError:
            return False
        return True

    async def receive(self, size: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(size), WITHIN_S)

    async def ask(self, question: bytes, size: int = 1) -> bytes:
        self.send(question)
        return await self.receive(size)

    async def hears_nothing(self, for_s: float = QUIET_S) -> bool:
        """Neither a byte nor the end of the connection."""
        try:
            await asyncio.wait_for(self._reader.read(100), for_s)
        except TimeoutError:
            return True
        return False

    def half_close(self) -> None:
        self._writer.write_eof()

    async def rest(self) -> bytes:
        """Everything until the printer closes. Raises ConnectionResetError when it resets."""
        return await asyncio.wait_for(self._reader.read(), WITHIN_S)

    async def was_reset(self) -> bool:
        try:
            await self.rest()
        except ConnectionResetError:
            return True
        return False

    def reset(self) -> None:
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


async def refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.transport.abort()
    await asyncio.sleep(0)
    return False
