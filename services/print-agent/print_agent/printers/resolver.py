"""Finds the network addresses of one host without letting a slow name server stop anything."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
Addresses = list[tuple[socket.AddressFamily, SocketAddress]]


class Resolver:
    """At most one look-up at a time, on a thread of its own.

    The loop's shared threads commit the journal; look-ups that hang must not use them up. One that
    outlives its caller's patience is what the next caller waits for.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._pending: asyncio.Future[Addresses] | None = None

    async def addresses(self) -> Addresses:
        """Raises OSError (`socket.gaierror`) or UnicodeError for a name that nobody knows."""
        with suppress(socket.gaierror):  # a numeric address needs no look-up
            return self._look_up(socket.AI_NUMERICHOST)
        if self._pending is None or self._pending.done():
            self._pending = self._start()
        return await asyncio.shield(self._pending)

    def _look_up(self, flags: int = 0) -> Addresses:
        found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=flags)
        return [(family, address) for family, _, _, _, address in found]

    def _start(self) -> asyncio.Future[Addresses]:
        loop = asyncio.get_running_loop()
        pending: asyncio.Future[Addresses] = loop.create_future()
        # Nobody may be waiting any more; asyncio would complain about the lost exception.
        pending.add_done_callback(asyncio.Future.exception)

        def work() -> None:
            found: Addresses | Exception
            try:
                found = self._look_up()
            except (OSError, UnicodeError) as error:
                found = error
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(_settle, pending, found)

        threading.Thread(target=work, name=f"resolve {self._host}", daemon=True).start()
        return pending


def _settle(pending: asyncio.Future[Addresses], found: Addresses | Exception) -> None:
    if isinstance(found, Exception):
        pending.set_exception(found)
    else:
        pending.set_result(found)
