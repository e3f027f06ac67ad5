"""A peer that speaks HTTP byte by byte, as slowly or as badly as a test wants."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Peer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def drip(self, data: bytes, every_s: float = 0.02) -> None:
        """A byte at a time, until all is sent or the other side has enough."""
        for byte in data:
            try:
                await self.send(bytes([byte]))
            except ConnectionError:
                return
            await asyncio.sleep(every_s)

    async def answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *fields = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(status.split()[1]), headers, body)

    async def get(self, path: str) -> Answer:
        await self.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return await self.answer()

    async def closed_after(self, patience_s: float = 3.0) -> float:
        """Seconds until the other side has closed; fails if it does not."""
        started = time.monotonic()
        async with asyncio.timeout(patience_s):
            try:
                while await self._reader.read(65_536):
                    pass
            except ConnectionError:
                pass
        return time.monotonic() - started

    def vanish(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def peer(port: int) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = Peer(reader, writer)
    try:
        yield found
    finally:
        found.vanish()
