"""A printer's network board that answers by Epson's protocol (ENPC) on loopback."""

from __future__ import annotations

import asyncio
import struct
from types import TracebackType
from typing import Self

_QUERY = b"EPSONQ\x03\x00"


class EnpcResponder(asyncio.DatagramProtocol):
    """Answers every query of its basic information with `model`, from `host`."""

    def __init__(self, host: str, model: str, port: int = 0) -> None:
        self.queries: list[bytes] = []
        self.port = port
        self._host = host
        self._model = model
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, (self._host, self.port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    def datagram_received(self, data: bytes, source: tuple[str | int, ...]) -> None:
        self.queries.append(data)
        if not data.startswith(_QUERY) or self._transport is None:
            return
        info = b"\x00\x05\x20\x02\x64" + self._model.encode().ljust(128, b"\0")
        packet = b"EPSONq\x03\x00" + struct.pack(">HHH", 0, 0, len(info)) + info
        self._transport.sendto(packet, source)
