"""One channel that is opened again whenever it or its connection is lost."""

from __future__ import annotations

import logging
from typing import Final, Protocol

import aiormq

from bonfire.broker.rabbitmq.link import GOOD_AFTER_S, Backoff, Link, close_quietly
from bonfire.broker.rabbitmq.trouble import no_strays
from bonfire.clock import Clock

log = logging.getLogger(__name__)

FIRST_DELAY_S: Final = 0.05
MOST_DELAY_S: Final = 5.0


class ChannelUser(Protocol):
    """Who works on a channel: the publisher, or one consumer."""

    @property
    def purpose(self) -> str:
        """For the log, e.g. "consume jobs.oslo"."""
        ...

    @property
    def wanted(self) -> bool:
        """Shall a lost channel be opened again?"""
        ...

    @property
    def confirms(self) -> bool:
        """Does it publish?"""
        ...

    async def attach(self, channel: aiormq.Channel) -> None:
        """Begin work on a channel that was just opened."""
        ...

    async def until_useless(self, channel: aiormq.Channel) -> None:
        """Return or raise when the channel is closed or serves no more."""
        ...

    def detach(self) -> None:
        """The channel is gone, and with it every delivery that came through it."""
        ...


async def keep_channel(link: Link, user: ChannelUser, clock: Clock, backoff: Backoff) -> None:
    """Open a channel, let `user` work on it until it is lost, and again, until cancelled."""
    told = ""
    while user.wanted:
        await link.wait_up()
        since = clock.monotonic()
        try:
            with no_strays():
                await _hold(link, user)
            why = "the broker closed it"
        except Exception as error:  # noqa: BLE001 -- whatever it was, we open another one
            why = str(error)
        if not link.alive or clock.monotonic() - since >= GOOD_AFTER_S:
            backoff.reset()
            told = ""
        # A lost connection is the link's to tell, and a lasting trouble is told once.
        if user.wanted and link.alive and why != told:
            told = why
            log.warning(
                "a channel to the broker was lost",
                extra={"event": "broker.channel_lost", "purpose": user.purpose, "detail": why},
            )
        await clock.sleep(backoff.next_s())


async def _hold(link: Link, user: ChannelUser) -> None:
    channel = None
    try:
        channel = await link.open_channel(confirms=user.confirms)
        await user.attach(channel)
        await user.until_useless(channel)
    finally:
        user.detach()
        if channel is not None:
            await close_quietly(channel)
