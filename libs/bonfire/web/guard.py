"""Bounds how long and how many peers may keep a server waiting; aiohttp itself waits for ever."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, cast

log = logging.getLogger(__name__)

HEADER_DEADLINE_S: Final = 5.0
KEEPALIVE_S: Final = 75.0
MOST_CONNECTIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server grants its peers."""

    header_s: float = HEADER_DEADLINE_S  # for a request's header, and for taking an answer
    keepalive_s: float = KEEPALIVE_S  # between two requests
    connections: int = MOST_CONNECTIONS


class Gate:
    """Counts the connections of one server."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._connections = 0
        self._told = False

    def admit(self) -> bool:
        self._connections += 1
        admitted = self._connections <= self._most
        if not admitted and not self._told:
            self._told = True
            log.warning(
                "too many connections at once; more are closed unheard",
                extra={"event": "web.full", "connections": self._most},
            )
        return admitted

    def release(self) -> None:
        self._connections -= 1
        if self._connections <= self._most // 2:
            self._told = False


class Guard(asyncio.Protocol):
    """Stands before aiohttp's own protocol and aborts a peer that keeps it waiting.

    At any moment either the application has a request in hand or a timer runs: for the header,
    from the connection's first moment and from the first byte of each later request; for the next
    request, from each answer; and for the peer to take an answer that fills the buffers.
    """

    def __init__(self, inner: asyncio.Protocol, gate: Gate, limits: Limits) -> None:
        self._inner = inner
        self._gate = gate
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        self._in_request = False
        self._idle = False
        """An answer is out, and no byte of a next request has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A TCP server's; uvloop's own class is none of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(transport)
        # No time at all, and yet after aiohttp has begun: it cannot lose what it has not begun.
        self._expect_within(self._limits.header_s if self._gate.admit() else 0)

    def data_received(self, data: bytes) -> None:
        if self._idle:
            self._idle = False
            self._expect_within(self._limits.header_s)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._gate.release()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._expect_within(self._limits.header_s)
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._in_request:
            self._expect_nothing()
        else:
            self._expect_next_request()
        self._inner.resume_writing()

    def request_arrived(self) -> None:
        self._in_request = True
        self._idle = False
        self._expect_nothing()

    def request_answered(self) -> None:
        """The application is done; aiohttp may still be writing."""
        self._in_request = False
        self._expect_next_request()

    def _expect_next_request(self) -> None:
        self._idle = True
        # aiohttp closes in good form first, unless the peer does not even take that.
        self._expect_within(self._limits.keepalive_s + self._limits.header_s)

    def _expect_within(self, seconds: float) -> None:
        self._expect_nothing()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._transport.abort)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
