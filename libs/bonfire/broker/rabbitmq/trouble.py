"""What aio-pika raises, in our words."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aio_pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    DeliveryError,
    InvalidFrameError,
    ProbableAuthenticationError,
    PublishError,
)
from aiormq.exceptions import ChannelAccessRefused

from bonfire.broker import (
    BrokerUnavailable,
    Outgoing,
    PublishRefused,
    PublishUnknown,
    Unroutable,
)
from bonfire.errors import Reason, Retryable


class StrayCancellation(Exception):
    """A dying connection raised CancelledError in a task that nobody cancelled."""


def cancellations() -> int:
    """How often the running task was asked to cancel."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


@contextmanager
def no_strays() -> Iterator[None]:
    """Turn the CancelledError of a dying connection into `StrayCancellation`.

    A real cancellation passes: it is counted on the task, a stray one is not. That holds too where
    the library has caught it on its way, or turned it into another error.
    """
    before = cancellations()
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if cancellations() > before:
            raise
        raise StrayCancellation("the connection was lost") from cancelled
    except Exception as error:
        if cancellations() > before:
            raise asyncio.CancelledError from error
        raise
    if cancellations() > before:
        raise asyncio.CancelledError


WRONG_USER: Final = "the broker refuses the user name or the password"
# aiormq drops the broker's own words here.
WRONG_VHOST: Final = (
    "the broker does not open the vhost: it does not exist, our user may not use it,"
    " or a limit on connections is reached"
)
TLS_FAILED: Final = "TLS failed: wrong certificate or authority"
NAME_UNKNOWN: Final = "the broker's host name is unknown"
# What time does not mend: told even when the outage has been told already.
FOR_A_PERSON: Final = (WRONG_USER, WRONG_VHOST, TLS_FAILED, NAME_UNKNOWN)

# What a dying connection raises when it is asked for something.
LOST: Final = (AMQPError, ChannelInvalidStateError, OSError, StrayCancellation, TimeoutError)


@contextmanager
def lost_is_unavailable() -> Iterator[None]:
    try:
        with no_strays():
            yield
    except LOST as error:
        raise unavailable(why_not_connected(error)) from error


def unavailable(detail: str) -> BrokerUnavailable:
    return BrokerUnavailable(Reason.BROKER_UNAVAILABLE, detail)


def publish_error(error: Exception, message: Outgoing) -> Retryable:
    """The port's error for what publishing `message` raised once it may have been sent."""
    match error:
        case PublishError():
            return Unroutable(
                Reason.UNROUTABLE,
                f"no queue is bound to {message.exchange} with the key {message.routing_key}",
            )
        case DeliveryError():
            return PublishRefused(Reason.PUBLISH_REFUSED, "the broker refused it: a queue is full")
        case ChannelInvalidStateError():
            return unavailable("the channel was closed before the message was sent")
        # These two close the channel under every message in flight; only those for the exchange
        # that the broker names are known to be lost.
        case ChannelNotFoundEntity() if f"'{message.exchange}'" in str(error):
            return Unroutable(Reason.UNROUTABLE, f"there is no exchange {message.exchange}")
        case ChannelAccessRefused() if f"'{message.exchange}'" in str(error):
            return PublishRefused(
                Reason.PUBLISH_REFUSED, f"our user may not publish to {message.exchange}"
            )
        case TimeoutError():
            return PublishUnknown(Reason.PUBLISH_UNKNOWN, "the broker did not confirm in time")
        case _:
            return PublishUnknown(
                Reason.PUBLISH_UNKNOWN, f"the connection was lost before the confirm: {error!r}"
            )


def why_not_connected(error: BaseException) -> str:
    """A sentence for a person; never holds a password."""
    cause = error.__cause__ or error
    match error, cause:
        case ((ProbableAuthenticationError() | AuthenticationError()), _):
            return WRONG_USER
        case InvalidFrameError(), _ if "Connection.OpenOk" in str(error):
            return WRONG_VHOST
        case _, ssl.SSLError():
            return TLS_FAILED
        case _, socket.gaierror():
            return NAME_UNKNOWN
        case _, ConnectionRefusedError():
            return "nothing listens on the broker's port"
        case _, TimeoutError():
            return "the broker does not answer"
    return f"the connection ended: {type(error).__name__}"
