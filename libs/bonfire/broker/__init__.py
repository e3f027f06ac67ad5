"""The broker port: what a service needs of a message broker, and nothing of AMQP's library.

Two adapters implement it under one body of contract tests: `rabbitmq.RabbitBroker` and
`memory.MemoryBroker`, the fake that ships with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bonfire.broker.topology import Topology
from bonfire.errors import Permanent, Retryable

HeaderValue = str | int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to publish: persistent and mandatory, always."""

    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)


class BrokerUnavailable(Retryable):
    """There is no connection, or the broker takes no messages: nothing was published."""


class PublishUnknown(Retryable):
    """The broker did not say in time whether it has the message; it may or may not have it."""


class PublishRefused(Retryable):
    """The broker said no (a full queue): nothing was stored."""


class Unroutable(Retryable):
    """No queue took the message and no alternate exchange caught it; mend the topology."""


class TopologyMismatch(Permanent):
    """An object exists on the broker with other arguments than we declare."""


class Delivery(Protocol):
    """One copy of a message, ours until it is acknowledged.

    A copy whose connection died cannot be settled any more. Then `ack`, `reject` and `requeue`
    return False, and the broker delivers the message again. They return False as well for a copy
    that was settled before.
    """

    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, HeaderValue]: ...
    @property
    def exchange(self) -> str: ...
    @property
    def routing_key(self) -> str: ...
    @property
    def redelivered(self) -> bool: ...

    async def ack(self) -> bool:
        """We have it on disk."""
        ...

    async def reject(self) -> bool:
        """It can never be handled: to the dead-letter exchange."""
        ...

    async def requeue(self) -> bool:
        """Give it back to be delivered again."""
        ...


class Consumer(Protocol):
    """An endless stream of deliveries, restored by itself after every reconnection.

    Iteration ends after `cancel`, once the deliveries that had already arrived were handed out.
    The handler runs in the iterating task, so that a dying connection never cancels its work.
    """

    def __aiter__(self) -> AsyncIterator[Delivery]: ...

    @property
    def active(self) -> bool:
        """Is the broker able to deliver to us right now?"""
        ...

    async def cancel(self) -> None:
        """Stop the intake; what was delivered and not settled goes back to the queue at close."""
        ...


class Broker(Protocol):
    """One broker, with separate connections for publishing and for consuming."""

    @property
    def connected(self) -> bool:
        """Are both connections up?"""
        ...

    def on_connected(self, callback: Callable[[], None]) -> None:
        """Call back whenever publishing becomes possible (again)."""
        ...

    async def start(self) -> None:
        """Begin connecting in the background; returns at once, also while the broker is away."""
        ...

    async def watch(self) -> None:
        """Raises what broke the connection's upkeep, a mistake of ours: nothing mends that here."""
        ...

    async def wait_connected(self) -> None:
        """Return as soon as `connected` is true; the caller sets the deadline."""
        ...

    async def publish(self, message: Outgoing) -> None:
        """Return once the broker has confirmed that it stored the message.

        Raises `BrokerUnavailable`, `PublishUnknown`, `PublishRefused` or `Unroutable`, never
        later than the adapter's publish timeout.
        """
        ...

    async def consume(self, queue: str, prefetch: int) -> Consumer:
        """Consume a queue with at most `prefetch` deliveries unsettled.

        Also while the broker is away or the queue is missing: the consumer becomes `active` as
        soon as it can.
        """
        ...

    async def declare(self, topology: Topology) -> None:
        """Create what is missing.

        Raises `TopologyMismatch` naming what exists differently, or `BrokerUnavailable`.
        """
        ...

    async def missing(self, topology: Topology) -> tuple[str, ...]:
        """The names of what the topology needs and the broker lacks, e.g. "queue jobs.oslo".

        Bindings cannot be asked for; to declare them again is harmless. Raises
        `BrokerUnavailable`.
        """
        ...

    async def close(self) -> None:
        """Close both connections; afterwards every publish raises `BrokerUnavailable`."""
        ...
