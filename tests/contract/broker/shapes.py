"""What the contract tests declare, send and take."""

from __future__ import annotations

import asyncio

from bonfire.broker import Broker, Consumer, Delivery, Outgoing
from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from tests.support.rabbit import PATIENCE_S, Site


def one_queue(site: Site, base: str = "queue", **arguments: str | int | bool) -> Topology:
    """A direct exchange "work" with one queue behind the key `base`; `x_max_length=3` and so on."""
    dashed = {name.replace("_", "-"): value for name, value in arguments.items()}
    # Without a limit RabbitMQ 3.10 puts what comes back behind the others.
    limits = {"x-delivery-limit": 100, **dashed}
    return Topology(
        exchanges=(Exchange(site.name("work"), "direct"),),
        queues=(Queue(site.name(base), limits),),
        bindings=(Binding(site.name("work"), site.name(base), base),),
    )


def to_queue(site: Site, body: bytes = b"a", base: str = "queue") -> Outgoing:
    return Outgoing(site.name("work"), base, body, {"x-job-id": body.decode(), "x-attempt": 1})


async def publish_all(broker: Broker, site: Site, *bodies: bytes) -> None:
    for body in bodies:
        await broker.publish(to_queue(site, body))


async def take(consumer: Consumer) -> Delivery:
    async with asyncio.timeout(PATIENCE_S):
        return await anext(aiter(consumer))


async def take_bodies(consumer: Consumer, count: int) -> list[bytes]:
    """Take and acknowledge."""
    bodies = []
    for _ in range(count):
        delivery = await take(consumer)
        bodies.append(delivery.body)
        assert await delivery.ack()
    return bodies


async def nothing_comes(consumer: Consumer) -> bool:
    """Whether nothing is delivered for a fifth of a second."""
    try:
        async with asyncio.timeout(0.2):
            await anext(aiter(consumer))
    except TimeoutError:
        return True
    return False
