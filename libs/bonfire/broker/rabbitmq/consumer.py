"""Consuming on a channel of its own, and settling what came through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

import aiormq
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic

from bonfire.broker import HeaderValue
from bonfire.broker.rabbitmq.link import RPC_TIMEOUT_S
from bonfire.broker.rabbitmq.trouble import LOST, no_strays

LOOK_EVERY_S: Final = 15.0


class RabbitDelivery:
    """A copy that came through one channel, and can only be settled through it."""

    def __init__(
        self,
        message: DeliveredMessage,
        is_current: Callable[[], bool],
        on_settled: Callable[[], None],
    ) -> None:
        """`is_current` says whether its channel is still in use; to answer on another one, even
        one that is just being closed, costs the whole connection.
        """
        self._message = message
        self._is_current = is_current
        self._tag = message.delivery_tag or 0
        self._on_settled = on_settled
        self._settled = False

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def headers(self) -> Mapping[str, HeaderValue]:
        """Ours, and those of the broker's that are a text or a number."""
        headers = self._message.header.properties.headers or {}
        return {name: value for name, value in headers.items() if isinstance(value, (str, int))}

    @property
    def exchange(self) -> str:
        return self._message.exchange or ""

    @property
    def routing_key(self) -> str:
        return self._message.routing_key or ""

    @property
    def redelivered(self) -> bool:
        return bool(self._message.redelivered)

    async def ack(self) -> bool:
        return await self._settle(partial(self._message.channel.basic_ack, self._tag))

    async def reject(self) -> bool:
        return await self._settle(
            partial(self._message.channel.basic_reject, self._tag, requeue=False)
        )

    async def requeue(self) -> bool:
        # Since RabbitMQ 4.3 a nack, unlike a reject, does not count against the delivery limit.
        return await self._settle(
            partial(self._message.channel.basic_nack, self._tag, requeue=True)
        )

    async def _settle(self, answer: Callable[[], Awaitable[None]]) -> bool:
        if self._settled or not self._is_current():
            return False  # the broker would close the channel for a second answer
        self._settled = True
        try:
            with no_strays():
                async with asyncio.timeout(RPC_TIMEOUT_S):
                    await answer()
        except LOST:
            return False
        self._on_settled()
        return True


class RabbitConsumer:
    """A `ChannelUser` and the port's `Consumer`."""

    confirms: Final = False

    def __init__(
        self, queue: str, prefetch: int, count_consumers: Callable[[str], Awaitable[int | None]]
    ) -> None:
        """`count_consumers` asks the broker on another channel; None means that it did not say."""
        self.purpose = f"consume {queue}"
        self._queue = queue
        self._prefetch = prefetch
        self._count_consumers = count_consumers
        # The broker sends no more than `prefetch` at a time; one place more is for the end.
        self._inbox: asyncio.Queue[RabbitDelivery | None] = asyncio.Queue(prefetch + 1)
        self._channel: aiormq.Channel | None = None
        self._tag = ""
        self._taken_away = asyncio.Event()
        self._unsettled = 0
        self._cancelled = False
        self._tried = asyncio.Event()

    @property
    def wanted(self) -> bool:
        return not self._cancelled

    @property
    def active(self) -> bool:
        return bool(self._tag) and not self._cancelled

    async def wait_tried(self) -> None:
        """Return after the first attempt to consume, whether it succeeded or not."""
        await self._tried.wait()

    def __aiter__(self) -> AsyncIterator[RabbitDelivery]:
        return self

    async def __anext__(self) -> RabbitDelivery:
        delivery = await self._inbox.get()
        if delivery is None:
            self._end()
            raise StopAsyncIteration
        return delivery

    async def cancel(self) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        if self._channel is not None and self._tag:
            with suppress(*LOST), no_strays():
                async with asyncio.timeout(RPC_TIMEOUT_S):
                    await self._channel.basic_cancel(self._tag)
        self._end()
        self._let_go()

    async def attach(self, channel: aiormq.Channel) -> None:
        self._channel = channel
        self._taken_away.clear()
        channel.on_consumer_cancel_callbacks.add(self._on_taken_away)
        async with asyncio.timeout(RPC_TIMEOUT_S):
            await channel.basic_qos(prefetch_count=self._prefetch)
            consuming = await channel.basic_consume(self._queue, partial(self._receive, channel))
        self._tag = consuming.consumer_tag or ""
        self._tried.set()

    async def until_useless(self, channel: aiormq.Channel) -> None:
        """The broker also takes a consumer away while the channel lives: its queue was deleted.

        It tells, but for a queue that is made again at once (seen on 3.10), so we also look.
        """
        taken_away = asyncio.ensure_future(self._taken_away.wait())
        closing = channel.closing
        try:
            while not (taken_away.done() or closing.done()):
                await asyncio.wait(
                    (taken_away, closing),
                    timeout=LOOK_EVERY_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not (taken_away.done() or closing.done()):
                    await self._look()
        finally:
            taken_away.cancel()
        if closing.done():
            await closing

    async def _look(self) -> None:
        """Raises if the queue has no consumer at all, which then is not us either."""
        if not self._cancelled and await self._count_consumers(self._queue) == 0:
            raise ConnectionError(f"the broker has forgotten the consumer of {self._queue}")

    def detach(self) -> None:
        self._channel = None
        self._tag = ""
        self._unsettled = 0
        self._tried.set()
        while not self._inbox.empty():
            self._inbox.get_nowait()
        if self._cancelled:
            self._end()

    def _on_taken_away(self, _: Basic.Cancel) -> None:
        self._taken_away.set()

    async def _receive(self, channel: aiormq.Channel, message: DeliveredMessage) -> None:
        if channel is self._channel:
            self._unsettled += 1
            current, settled = (
                partial(self._is_current, channel),
                partial(self._on_settled, channel),
            )
            self._inbox.put_nowait(RabbitDelivery(message, current, settled))

    def _is_current(self, channel: aiormq.Channel) -> bool:
        return channel is self._channel

    def _on_settled(self, channel: aiormq.Channel) -> None:
        if channel is self._channel:
            self._unsettled -= 1
            self._let_go()

    def _let_go(self) -> None:
        """The channel of a cancelled consumer stays until the last delivery is settled."""
        if self._cancelled and self._unsettled == 0:
            self._taken_away.set()

    def _end(self) -> None:
        self._inbox.put_nowait(None)
