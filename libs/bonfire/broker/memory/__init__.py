"""The broker port in memory, for tests and demonstrations: product code, held to the contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from bonfire.broker import BrokerUnavailable, HeaderValue, Outgoing
from bonfire.broker.memory.server import Copy, MemoryServer
from bonfire.broker.topology import Topology
from bonfire.errors import Reason

__all__ = ["MemoryBroker", "MemoryConsumer", "MemoryDelivery", "MemoryServer"]


class MemoryDelivery:
    """A copy that its consumer holds until it is settled or the connection is lost."""

    def __init__(self, copy: Copy, consumer: MemoryConsumer) -> None:
        self._message = copy.message
        self._returns = copy.returns
        self.copy = copy
        self._consumer = consumer

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def headers(self) -> Mapping[str, HeaderValue]:
        counted = {"x-delivery-count": self._returns} if self._returns else {}
        return {**self._message.headers, **counted}

    @property
    def exchange(self) -> str:
        return self._message.exchange

    @property
    def routing_key(self) -> str:
        return self._message.routing_key

    @property
    def redelivered(self) -> bool:
        return self._returns > 0

    async def ack(self) -> bool:
        return self._consumer.settle(self, MemoryServer.acked)

    async def reject(self) -> bool:
        return self._consumer.settle(self, MemoryServer.rejected)

    async def requeue(self) -> bool:
        return self._consumer.settle(self, MemoryServer.returned)


class MemoryConsumer:
    """The port's `Consumer`, and a `Receiver` of its queue."""

    def __init__(self, server: MemoryServer, queue: str, prefetch: int) -> None:
        self._server = server
        self._queue = queue
        self._prefetch = prefetch
        self._held: list[MemoryDelivery] = []
        self._inbox: asyncio.Queue[MemoryDelivery | None] = asyncio.Queue(prefetch + 1)
        self._cancelled = False
        self._attached = False

    @property
    def active(self) -> bool:
        return self._attached and not self._cancelled

    @property
    def done(self) -> bool:
        """Cancelled, and everything it held was settled."""
        return self._cancelled and not self._held

    def __aiter__(self) -> AsyncIterator[MemoryDelivery]:
        return self

    async def __anext__(self) -> MemoryDelivery:
        delivery = await self._inbox.get()
        if delivery is None:
            self._inbox.put_nowait(None)  # for whoever iterates beside us
            raise StopAsyncIteration
        return delivery

    async def cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._server.detach(self._queue, self)
            self._inbox.put_nowait(None)

    def attach(self) -> None:
        """Take deliveries from now on, if the queue exists."""
        if not self._attached and not self._cancelled:
            self._attached = True
            self._attached = self._server.attach(self._queue, self)

    def lose(self) -> None:
        """The connection is gone: what we hold goes back."""
        held = [delivery.copy for delivery in self._held]
        self.taken_away()
        self._server.detach(self._queue, self, *held)

    def has_room(self) -> bool:
        return len(self._held) < self._prefetch

    def receive(self, copy: Copy) -> None:
        delivery = MemoryDelivery(copy, self)
        self._held.append(delivery)
        self._inbox.put_nowait(delivery)

    def taken_away(self) -> None:
        self._attached = False
        self._held.clear()
        while not self._inbox.empty():
            self._inbox.get_nowait()
        if self._cancelled:
            self._inbox.put_nowait(None)

    def settle(
        self, delivery: MemoryDelivery, answer: Callable[[MemoryServer, str, Copy], None]
    ) -> bool:
        """False if we do not hold it any more."""
        if delivery not in self._held:
            return False
        self._held.remove(delivery)
        answer(self._server, self._queue, delivery.copy)
        return True


class MemoryBroker:
    """One client of a `MemoryServer`; connects and reconnects in no time."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._up = asyncio.Event()
        self._consumers: list[MemoryConsumer] = []
        self._callbacks: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        return self._up.is_set()

    def on_connected(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def start(self) -> None:
        self._server.join(self)

    async def watch(self) -> None:
        await asyncio.Event().wait()  # it has no upkeep

    async def wait_connected(self) -> None:
        await self._up.wait()

    async def publish(self, message: Outgoing) -> None:
        self._require_connection()
        self._server.publish(message)

    async def consume(self, queue: str, prefetch: int) -> MemoryConsumer:
        consumer = MemoryConsumer(self._server, queue, prefetch)
        self._consumers = [*(each for each in self._consumers if not each.done), consumer]
        if self.connected:
            consumer.attach()
        return consumer

    async def declare(self, topology: Topology) -> None:
        self._require_connection()
        self._server.declare(topology)

    async def missing(self, topology: Topology) -> tuple[str, ...]:
        self._require_connection()
        return self._server.missing(topology)

    async def close(self) -> None:
        self._server.leave(self)
        self.lost()
        self._consumers.clear()

    def gained(self) -> None:
        """The server is there (again)."""
        self._up.set()
        self.declared()
        for callback in self._callbacks:
            callback()

    def declared(self) -> None:
        """A queue that a consumer waits for may exist now."""
        for consumer in self._consumers:
            consumer.attach()

    def lost(self) -> None:
        """The server is gone, or we left it."""
        self._up.clear()
        for consumer in self._consumers:
            consumer.lose()

    def _require_connection(self) -> None:
        if not self.connected:
            raise BrokerUnavailable(
                Reason.BROKER_UNAVAILABLE, "there is no connection to the broker"
            )
