"""The broker seen from beside: what waits in the queues, and jobs put there directly."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel

from bonfire.broker import Outgoing, topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import SystemClock

_CONNECT_TIMEOUT_S: Final = 10.0
_TOGETHER: Final = 256


class Queues:
    """Queues are named by their print hosts."""

    def __init__(self, broker: RabbitBroker, channel: AbstractChannel) -> None:
        self._broker = broker
        self._channel = channel

    async def declare(self, agents: Iterable[str]) -> None:
        await self._broker.declare(topology.for_agents(agents))

    async def put(self, agent: str, bodies: Sequence[bytes]) -> None:
        """Return once the broker has confirmed all of them."""
        for start in range(0, len(bodies), _TOGETHER):
            messages = (
                Outgoing(topology.JOBS, agent, body) for body in bodies[start : start + _TOGETHER]
            )
            await asyncio.gather(*map(self._broker.publish, messages))

    async def count(self, agents: Iterable[str]) -> int:
        """How many messages wait in the queues of these."""
        queues = [
            await self._channel.declare_queue(topology.jobs_queue(agent), passive=True)
            for agent in agents
        ]
        return sum(queue.declaration_result.message_count or 0 for queue in queues)

    async def purge(self, agents: Iterable[str]) -> None:
        for agent in agents:
            queue = await self._channel.get_queue(topology.jobs_queue(agent), ensure=False)
            await queue.purge()


@asynccontextmanager
async def connected(amqp_url: str) -> AsyncIterator[Queues]:
    broker = RabbitBroker(
        amqp_url,
        name="bench",
        clock=SystemClock(),
        rng=random.Random(),  # noqa: S311 -- jitter, no secret
    )
    await broker.start()
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            await broker.wait_connected()
            connection = await aio_pika.connect(amqp_url)
        async with connection:
            yield Queues(broker, await connection.channel())
    finally:
        await broker.close()
