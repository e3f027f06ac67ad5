"""Brokers for tests: the kinds that the contract holds for, and the levers that break them."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, NoReturn, Protocol

import aio_pika
import pytest
from yarl import URL

from bonfire.broker import Broker
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import SystemClock
from tests.support.tcp_proxy import TcpProxy

PATIENCE_S: Final = 10.0


def lacking(what: str) -> NoReturn:
    """A dependency is not there: a reason to skip at home, and to fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must have it")
    pytest.skip(what)


async def soon(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 -- conditions of foreign objects
            await asyncio.sleep(0.01)


class Site(Protocol):
    """A broker with levers, and names that no other test uses."""

    def name(self, base: str) -> str: ...
    async def client(self) -> Broker:
        """A started client that is connected; it is closed at the end of the test."""
        ...

    async def drop(self) -> None:
        """Cut every client's connections; returns when all are connected again."""
        ...

    async def stop(self) -> None:
        """Cut every client's connections, and let none come back until `resume`."""
        ...

    async def resume(self) -> None: ...
    async def delete_queue(self, name: str) -> None: ...


class MemorySite:
    def __init__(self) -> None:
        self.server = MemoryServer()

    def name(self, base: str) -> str:
        return base

    async def client(self) -> Broker:
        broker = MemoryBroker(self.server)
        await broker.start()
        return broker

    async def drop(self) -> None:
        self.server.drop_connections()

    async def stop(self) -> None:
        self.server.stop()

    async def resume(self) -> None:
        self.server.start()

    async def delete_queue(self, name: str) -> None:
        self.server.delete_queue(name)


class RabbitSite:
    """Clients reach the real broker through a proxy that can break."""

    _numbers = itertools.count()

    def __init__(self, url: str, proxy: TcpProxy) -> None:
        self.direct_url = url
        self.url = str(URL(url).with_port(proxy.port))
        self.proxy = proxy
        self._prefix = f"t{next(self._numbers)}-{secrets.token_hex(3)}"
        self._clients: list[RabbitBroker] = []

    def name(self, base: str) -> str:
        return f"{self._prefix}.{base}"

    async def client(self, publish_timeout_s: float = 5.0, heartbeat_s: int = 10) -> RabbitBroker:
        broker = RabbitBroker(
            self.url,
            name="contract",
            clock=SystemClock(),
            rng=random.Random(0),  # noqa: S311 -- jitter
            publish_timeout_s=publish_timeout_s,
            heartbeat_s=heartbeat_s,
            most_reconnect_s=0.5,
        )
        self._clients.append(broker)
        await broker.start()
        async with asyncio.timeout(PATIENCE_S):
            await broker.wait_connected()
        return broker

    async def drop(self) -> None:
        self.proxy.cut()
        await soon(lambda: not any(client.connected for client in self._clients))
        await self._all_connected()

    async def stop(self) -> None:
        await self.proxy.refuse()
        await soon(lambda: not any(client.connected for client in self._clients))

    async def resume(self) -> None:
        await self.proxy.start()
        await self._all_connected()

    async def delete_queue(self, name: str) -> None:
        """By a connection of its own, as an operator does."""
        connection = await aio_pika.connect(self.direct_url)
        channel = await connection.channel()
        await channel.queue_delete(name)
        await connection.close()

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def _all_connected(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            for client in self._clients:
                await client.wait_connected()


@asynccontextmanager
async def rabbit_site(url: str) -> AsyncIterator[RabbitSite]:
    """A site on a running broker; fails if a client leaves a task behind."""
    before = asyncio.all_tasks()
    port = URL(url).port
    assert port is not None
    proxy = TcpProxy(port)
    await proxy.start()
    site = RabbitSite(url, proxy)
    try:
        yield site
    finally:
        await site.close()
        await proxy.stop()
    ours = {asyncio.current_task()}
    await soon(lambda: not asyncio.all_tasks() - before - ours)
