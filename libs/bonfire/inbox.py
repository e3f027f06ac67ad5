"""Takes messages from one queue: read, put on disk by its owner, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from bonfire.broker import Broker, BrokerUnavailable, Consumer, Delivery
from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import UnreadableMessage, decode
from bonfire.store import StoreError

log = logging.getLogger(__name__)

M = TypeVar("M")

PAUSE_S: Final = 1.0


class Inbox(Generic[M]):
    """`take` returns once the message is on disk; while it raises `StoreError`, nothing later is
    taken and the copy stays unacknowledged. What cannot be read goes to the dead letters.

    `run` may be started again after it died: it begins with the copy that it had in hand, so that
    nothing overtakes it. `take` must then stand being called again with the same message.
    """

    def __init__(
        self,
        broker: Broker,
        queue: str,
        prefetch: int,
        expected: type[M],
        take: Callable[[M], Awaitable[None]],
        clock: Clock,
        on_unreadable: Callable[[Reason], None],
        read: Callable[[Delivery], M] | None = None,
    ) -> None:
        """A class of message is `expected`, or whatever `read` makes of a delivery."""
        self._broker = broker
        self._queue = queue
        self._prefetch = prefetch
        self._expected = expected
        self._read = read or self._read_expected
        self._take = take
        self._clock = clock
        self._on_unreadable = on_unreadable
        self._consumer: Consumer | None = None
        self._in_hand: Delivery | None = None
        self._stopped = False

    @property
    def active(self) -> bool:
        """Can the broker deliver to us right now?"""
        return self._consumer is not None and self._consumer.active

    async def run(self) -> None:
        await self._consume()
        if self._in_hand is not None:
            await self._handle(self._in_hand)
        if self._consumer is not None:
            async for delivery in self._consumer:
                await self._handle(delivery)
        # Ended by `stop`; a task that returned would count as dead.
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Take nothing new; `run` goes on with what had arrived already."""
        self._stopped = True
        if self._consumer is not None:
            await self._consumer.cancel()

    async def _consume(self) -> None:
        while self._consumer is None and not self._stopped:
            try:
                self._consumer = await self._broker.consume(self._queue, self._prefetch)
            except BrokerUnavailable:
                await self._clock.sleep(PAUSE_S)
        if self._stopped:  # perhaps meanwhile
            await self.stop()

    async def _handle(self, delivery: Delivery) -> None:
        self._in_hand = delivery
        await self._settle(delivery)
        self._in_hand = None

    async def _settle(self, delivery: Delivery) -> None:
        try:
            message = self._read(delivery)
        except UnreadableMessage as error:
            log.error(
                "an unreadable message goes to the dead letters",
                extra={
                    "event": "message.unreadable",
                    "queue": self._queue,
                    "reason": error.reason.value,
                    "detail": error.detail,
                },
            )
            self._on_unreadable(error.reason)
            await delivery.reject()
            return
        await until_on_disk(lambda: self._take(message), self._clock)
        await delivery.ack()

    def _read_expected(self, delivery: Delivery) -> M:
        message = decode(delivery.body)
        if not isinstance(message, self._expected):
            raise UnreadableMessage(
                Reason.UNREADABLE_MESSAGE,
                f"{message.SCHEMA} does not belong here, only {self._expected.__name__} does",
            )
        return message


async def until_on_disk(write: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Repeat a write that the disk refuses, until it takes it; the store tells people."""
    while True:
        try:
            await write()
        except StoreError:
            await clock.sleep(PAUSE_S)
        else:
            return
