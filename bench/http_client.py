"""A client that costs little, so that the machine is left to what is measured."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

from bench.processes import MeasurementFailed
from dev_stack.ports import HOST

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER_TIMEOUT_S: Final = 10.0


def post_request(path: str, body: bytes) -> bytes:
    """The bytes of one POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """One connection; tells each whole answer's status code, or 0 when it is lost."""

    def __init__(self, on_answer: Callable[[int], None]) -> None:
        self._on_answer = on_answer
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def send(self, request: bytes) -> None:
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, blank, body = self._unread.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if blank and length is not None and len(body) >= int(length[1]):
            self._unread = b""
            self._on_answer(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_answer(0)


async def post_once(port: int, request: bytes) -> tuple[float, float]:
    """POST on a new connection, as Wix does; when that began and when the 200 was here.

    Both are `time.monotonic()` seconds. Raises `MeasurementFailed`.
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[tuple[int, float]] = loop.create_future()

    def on_answer(status: int) -> None:
        if not answered.done():
            answered.set_result((status, time.monotonic()))

    started = time.monotonic()
    async with asyncio.timeout(_ANSWER_TIMEOUT_S):
        _, client = await loop.create_connection(lambda: _Client(on_answer), HOST, port)
        client.send(request)
        status, at = await answered
    client.transport.close()
    if status != 200:
        raise MeasurementFailed(f"a webhook was answered with {status}")
    return started, at


class _Load:
    """Keeps a number of connections busy with one list of requests."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self._requests: Iterator[bytes] = iter(requests)
        self._left = len(requests)
        self.clients: list[_Client] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self, port: int) -> None:
        place = len(self.clients)
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(
            lambda: _Client(lambda status: self._answered(place, status)), HOST, port
        )
        self.clients.append(client)

    def start(self) -> None:
        for place in range(len(self.clients)):
            self._next(place)

    def _next(self, place: int) -> None:
        request = next(self._requests, None)
        if request is not None:
            self.clients[place].send(request)

    def _answered(self, place: int, status: int) -> None:
        if self.done.done():
            return
        if status != 200:
            self.done.set_exception(MeasurementFailed(f"a request was answered with {status}"))
            return
        self._left -= 1
        if self._left == 0:
            self.done.set_result(None)
        else:
            self._next(place)


async def post_all(
    port: int, requests: Sequence[bytes], connections: int, timeout_s: float
) -> tuple[float, float]:
    """POST every request, `connections` at a time, each after the answer to the one before it.

    Returns when the first was sent and when the last was answered, in `time.monotonic()` seconds.
    Raises `MeasurementFailed` unless every answer is a 200, and TimeoutError.
    """
    load = _Load(requests)
    try:
        for _ in range(connections):
            await load.connect(port)
        started = time.monotonic()
        load.start()
        async with asyncio.timeout(timeout_s):
            await load.done
        return started, time.monotonic()
    finally:
        load.done.cancel()
        for client in load.clients:
            client.transport.close()
