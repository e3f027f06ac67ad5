"""The printer on the network."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from virtual_printer.connection import Connection
from virtual_printer.port import Listener

_KERNEL_BUFFER_BYTES: Final = 4096


class TcpPort:
    """Port 0 takes a free one, and keeps it."""

    def __init__(self, host: str, port: int, backlog: int) -> None:
        self.host = host
        self.port = port
        self._backlog = backlog
        self._server: asyncio.Server | None = None

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_open(self) -> bool:
        return self._server is not None

    async def open(self, listener: Listener) -> None:
        sock = socket.create_server((self.host, self.port), backlog=self._backlog)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
        self.port = sock.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(listener), sock=sock)

    def close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
