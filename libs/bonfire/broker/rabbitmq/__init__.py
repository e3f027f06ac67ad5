"""The broker port over RabbitMQ 3.10 and later, through aio-pika."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Final

from bonfire.broker import Outgoing
from bonfire.broker.rabbitmq import channels, declaration
from bonfire.broker.rabbitmq.consumer import RabbitConsumer
from bonfire.broker.rabbitmq.link import CLOSE_TIMEOUT_S, RPC_TIMEOUT_S, Backoff, Link
from bonfire.broker.rabbitmq.publisher import Publisher
from bonfire.broker.topology import Topology
from bonfire.clock import Clock

# aiormq notices a dead peer after three times (heartbeat + 1) seconds.
HEARTBEAT_S: Final = 10
PUBLISH_TIMEOUT_S: Final = 5.0
FIRST_RECONNECT_S: Final = 0.25
MOST_RECONNECT_S: Final = 10.0


class RabbitBroker:
    """One connection for publishing and one for consuming.

    A broker that lacks memory stops reading from whoever publishes; acknowledgements and the
    topology travel on the other connection and go on.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        clock: Clock,
        rng: random.Random,
        publish_timeout_s: float = PUBLISH_TIMEOUT_S,
        heartbeat_s: int = HEARTBEAT_S,
        most_reconnect_s: float = MOST_RECONNECT_S,
    ) -> None:
        """`name` is what the broker shows for us. Raises `Permanent` for an impossible URL."""
        self._clock = clock
        self._rng = rng
        self._publishing, self._consuming = (
            Link(
                url,
                f"{name} {purpose}",
                heartbeat_s,
                clock,
                Backoff(FIRST_RECONNECT_S, most_reconnect_s, rng),
            )
            for purpose in ("publish", "consume")
        )
        self._publisher = Publisher(self._publishing, publish_timeout_s, rng)
        self._tasks: set[asyncio.Task[None]] = set()
        self._mistake: BaseException | None = None
        self._mistaken = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._publisher.attached and self._consuming.up

    def on_connected(self, callback: Callable[[], None]) -> None:
        self._publisher.on_attached(callback)

    async def start(self) -> None:
        # They log every attempt, with a stack; we log when the broker is lost and when it is back.
        for library in ("aio_pika", "aiormq"):
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._spawn("publish link", self._publishing.keep())
        self._spawn("consume link", self._consuming.keep())
        self._spawn("publish", self._keep_channel(self._publishing, self._publisher))

    async def watch(self) -> None:
        await self._mistaken.wait()
        assert self._mistake is not None  # noqa: S101 -- set together
        raise self._mistake

    async def wait_connected(self) -> None:
        while not self.connected:
            await self._publisher.wait_attached()
            await self._consuming.wait_up()

    async def publish(self, message: Outgoing) -> None:
        await self._publisher.publish(message)

    async def consume(self, queue: str, prefetch: int) -> RabbitConsumer:
        """As the port says; if the broker is there, returns after the first attempt."""
        looking = partial(declaration.count_consumers, self._consuming)
        consumer = RabbitConsumer(queue, prefetch, looking)
        self._spawn(consumer.purpose, self._keep_channel(self._consuming, consumer))
        if self._consuming.up:
            with suppress(TimeoutError):
                async with asyncio.timeout(RPC_TIMEOUT_S):
                    await consumer.wait_tried()
        return consumer

    async def declare(self, topology: Topology) -> None:
        await declaration.declare(self._consuming, topology)

    async def missing(self, topology: Topology) -> tuple[str, ...]:
        return await declaration.missing(self._consuming, topology)

    async def close(self) -> None:
        running = set(self._tasks)
        while running:  # until the last one has heard it
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=2 * CLOSE_TIMEOUT_S)

    def _keep_channel(self, link: Link, user: channels.ChannelUser) -> Coroutine[Any, Any, None]:
        backoff = Backoff(channels.FIRST_DELAY_S, channels.MOST_DELAY_S, self._rng)
        return channels.keep_channel(link, user, self._clock, backoff)

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"broker {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._mistake = error
            self._mistaken.set()
