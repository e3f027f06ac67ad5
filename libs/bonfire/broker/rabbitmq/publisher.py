"""Publishing on one long-lived channel, with confirms and returns."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import Callable
from typing import Final

import aiormq
from pamqp.commands import Basic

from bonfire.broker import Outgoing
from bonfire.broker.rabbitmq.link import Link
from bonfire.broker.rabbitmq.trouble import cancellations, publish_error, unavailable
from bonfire.errors import BonfireError, Retryable

log = logging.getLogger(__name__)

_PERSISTENT: Final = 2
# More callers than this wait their turn: what is written and not confirmed sits in memory.
IN_FLIGHT: Final = 512


class Publisher:
    """A `ChannelUser`; `publish` works while a channel is attached."""

    purpose: Final = "publish"
    wanted: Final = True
    confirms: Final = True

    def __init__(self, link: Link, timeout_s: float, rng: random.Random) -> None:
        self._link = link
        self._timeout_s = timeout_s
        self._turn = asyncio.Semaphore(IN_FLIGHT)
        # Two messages of one id in flight would get each other's confirm, so an id is never used
        # twice, not even for the same job; the job's id travels in a header.
        self._prefix = f"{rng.getrandbits(64):016x}"
        self._numbers = itertools.count()
        self._blocked = False
        self._channel: aiormq.Channel | None = None
        self._attached = asyncio.Event()
        self._on_attached: list[Callable[[], None]] = []

    @property
    def attached(self) -> bool:
        return self._attached.is_set()

    async def wait_attached(self) -> None:
        await self._attached.wait()

    def on_attached(self, callback: Callable[[], None]) -> None:
        self._on_attached.append(callback)

    async def attach(self, channel: aiormq.Channel) -> None:
        self._channel = channel
        self._attached.set()
        for callback in self._on_attached:
            callback()

    async def until_useless(self, channel: aiormq.Channel) -> None:
        await channel.closing

    def detach(self) -> None:
        self._channel = None
        self._attached.clear()

    async def publish(self, message: Outgoing) -> None:
        """As the port says."""
        before = cancellations()
        channel = None
        try:
            async with asyncio.timeout(self._timeout_s), self._turn:
                await self._link.wait_unblocked()
                if self._channel is None:
                    raise unavailable("there is no connection to the broker")
                channel = self._channel
                await self._send(channel, message)
        except asyncio.CancelledError as stray:
            # A dying connection raises it too, in a task that nobody cancelled.
            if cancellations() > before:
                raise
            raise self._failed(ConnectionError("it ended"), channel, message) from stray
        except (BonfireError, TypeError, ValueError):
            raise  # ours, or a message that cannot be written: nothing was sent
        except Exception as error:  # a lost confirm fails with whatever ended it
            raise self._failed(error, channel, message) from error
        self._tell_unblocked()

    def _failed(
        self, error: Exception, channel: aiormq.Channel | None, message: Outgoing
    ) -> Retryable:
        if channel is None:  # the time was up before its turn came
            self._tell_blocked()
            return unavailable("the broker takes no messages: memory or disk is low")
        if channel.is_closed and channel is self._channel:
            self.detach()
        return publish_error(error, message)

    def _tell_blocked(self) -> None:
        if not self._blocked:
            self._blocked = True
            log.warning("the broker takes no messages", extra={"event": "broker.blocked"})

    def _tell_unblocked(self) -> None:
        if self._blocked:
            self._blocked = False
            log.info("the broker takes messages again", extra={"event": "broker.unblocked"})

    async def _send(self, channel: aiormq.Channel, message: Outgoing) -> None:
        # `wait=False`: the confirm tells more than a drained socket, and costs no second future.
        await channel.basic_publish(
            message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            properties=Basic.Properties(
                headers=dict(message.headers),
                delivery_mode=_PERSISTENT,
                message_id=f"{self._prefix}-{next(self._numbers)}",
            ),
            mandatory=True,
            wait=False,
        )
