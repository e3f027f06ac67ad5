"""Epson's own protocol for finding and watching printers: UDP, port 3289 on real ones.

A packet is `EPSON`, `Q` for a query or `q` for its answer, device type 3, device number 0, then
function, result and length as 16-bit numbers, then that many bytes: so says the technical reference
guide of the network board UB-E02. What the bytes are it does not say: see docs/simulators.md.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Final

from virtual_printer.identity import Identity

PORT: Final = 3289

BASIC: Final = 0x0000
ADDRESS: Final = 0x0001
STATUS: Final = 0x0010

_DONE: Final = 0x0000
_UNSUPPORTED: Final = 0xFFFF

_HEADER: Final = struct.Struct(">6sBBHHH")
_PRINTER: Final = 3

_BEFORE_NAME: Final = bytes.fromhex("0005200264")
_BASIC_BYTES: Final = 133
_ADDRESS_NAME_AT: Final = 42
_ADDRESS_BYTES: Final = 170

_LOOPBACK_BROADCAST: Final = "127.255.255.255"


def answer(packet: bytes, identity: Identity, status: Callable[[], bytes]) -> bytes | None:
    """What a printer says to `packet`; None to what is no query to a printer.

    `status` gives the four bytes of Automatic Status Back.
    """
    if len(packet) < _HEADER.size:
        return None
    kind, device, number, function, _, _ = _HEADER.unpack_from(packet)
    if kind != b"EPSONQ" or device != _PRINTER or number != 0:
        return None
    model = (identity.model.name or "").encode("ascii")
    if function == BASIC:
        data = (_BEFORE_NAME + model).ljust(_BASIC_BYTES, b"\0")
    elif function == ADDRESS:
        head = identity.hardware_address.ljust(_ADDRESS_NAME_AT, b"\0")
        data = (head + model).ljust(_ADDRESS_BYTES, b"\0")
    elif function == STATUS:
        data = status()
    else:
        return _HEADER.pack(b"EPSONq", device, number, function, _UNSUPPORTED, 0)
    return _HEADER.pack(b"EPSONq", device, number, function, _DONE, len(data)) + data


class Responder(asyncio.DatagramProtocol):
    """Answers from a printer's own address, also what is asked of everybody.

    On the loopback network, where alone several printers have one machine, it also hears
    127.255.255.255. `ask` gives the answer to a packet, or None.
    """

    def __init__(self, ask: Callable[[bytes], bytes | None]) -> None:
        self._ask = ask
        self._transports: list[asyncio.DatagramTransport] = []
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Port 0 takes a free one. Raises OSError."""
        await self._bind(host, port)
        self.port = self._transports[0].get_extra_info("sockname")[1]
        if host.startswith("127."):
            await self._bind(_LOOPBACK_BROADCAST, self.port)

    async def _bind(self, host: str, port: int) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if host == _LOOPBACK_BROADCAST:
            # The other printers hear it too.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError:
            sock.close()
            raise
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=sock)
        self._transports.append(transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        said = self._ask(data)
        if said and self._transports:
            self._transports[0].sendto(said, addr)

    def close(self) -> None:
        for transport in self._transports:
            transport.close()
        self._transports.clear()
