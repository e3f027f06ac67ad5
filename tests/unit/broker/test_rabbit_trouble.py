"""What the library raises, in the port's words."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl

import aiormq
import pytest
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic, Connection
from pamqp.header import ContentHeader

from bonfire.broker import (
    BrokerUnavailable,
    Outgoing,
    PublishRefused,
    PublishUnknown,
    Unroutable,
)
from bonfire.broker.rabbitmq.link import Backoff
from bonfire.broker.rabbitmq.trouble import (
    NAME_UNKNOWN,
    TLS_FAILED,
    WRONG_USER,
    WRONG_VHOST,
    StrayCancellation,
    lost_is_unavailable,
    no_strays,
    publish_error,
    why_not_connected,
)
from bonfire.errors import Reason, Retryable

MESSAGE = Outgoing("bonfire.jobs", "oslo", b"")


def returned() -> aiormq.PublishError:
    frame = Basic.Return(312, "NO_ROUTE", "bonfire.jobs", "oslo")
    message = DeliveredMessage(frame, ContentHeader(), b"", channel=None)  # type: ignore[arg-type]
    return aiormq.PublishError(message, frame)


@pytest.mark.parametrize(
    ("raised", "expected", "reason"),
    [
        (returned(), Unroutable, Reason.UNROUTABLE),
        (aiormq.DeliveryError(None, Basic.Nack(1)), PublishRefused, Reason.PUBLISH_REFUSED),
        (
            aiormq.ChannelNotFoundEntity("NOT_FOUND - no exchange 'bonfire.jobs' in vhost '/'"),
            Unroutable,
            Reason.UNROUTABLE,
        ),
        (
            aiormq.ChannelNotFoundEntity("NOT_FOUND - no exchange 'another' in vhost '/'"),
            PublishUnknown,
            Reason.PUBLISH_UNKNOWN,
        ),
        (
            aiormq.ChannelAccessRefused("access to exchange 'bonfire.jobs' in vhost '/' refused"),
            PublishRefused,
            Reason.PUBLISH_REFUSED,
        ),
        (
            aiormq.ChannelAccessRefused("access to exchange 'another' in vhost '/' refused"),
            PublishUnknown,
            Reason.PUBLISH_UNKNOWN,
        ),
        (aiormq.ChannelInvalidStateError(), BrokerUnavailable, Reason.BROKER_UNAVAILABLE),
        (TimeoutError(), PublishUnknown, Reason.PUBLISH_UNKNOWN),
        (aiormq.AMQPConnectionError("reset"), PublishUnknown, Reason.PUBLISH_UNKNOWN),
        # A clean end of the connection rejects what is pending with a bare Exception.
        (Exception(), PublishUnknown, Reason.PUBLISH_UNKNOWN),
    ],
)
def test_what_a_publish_raises_has_one_meaning(
    raised: Exception, expected: type[Retryable], reason: Reason
) -> None:
    error = publish_error(raised, MESSAGE)
    assert type(error) is expected
    assert error.reason is reason
    assert error.detail


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aiormq.ProbableAuthenticationError("ACCESS_REFUSED"), WRONG_USER),
        (aiormq.AuthenticationError("EXTERNAL", ["PLAIN"]), WRONG_USER),
        (
            aiormq.InvalidFrameError(
                f"Expected one of ['Connection.OpenOk'], got {Connection.Close()!r}"
            ),
            WRONG_VHOST,
        ),
        (caused(aiormq.AMQPConnectionError(), ssl.SSLError("certificate")), TLS_FAILED),
        (caused(aiormq.AMQPConnectionError(), socket.gaierror("unknown")), NAME_UNKNOWN),
        (
            caused(aiormq.AMQPConnectionError(111), ConnectionRefusedError()),
            "nothing listens on the broker's port",
        ),
        (TimeoutError(), "the broker does not answer"),
        (
            aiormq.AMQPConnectionError("amqp://user:secret@host"),
            "the connection ended: AMQPConnectionError",
        ),
    ],
)
def test_why_there_is_no_connection_is_said_in_words(error: Exception, words: str) -> None:
    assert why_not_connected(error) == words


async def test_a_stray_cancellation_becomes_an_error() -> None:
    with pytest.raises(StrayCancellation), no_strays():
        raise asyncio.CancelledError


async def test_a_real_cancellation_passes() -> None:
    async def wait() -> None:
        with no_strays():
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("becomes", [None, RuntimeError("the channel was closed")])
async def test_a_cancellation_that_the_library_swallowed_still_cancels(becomes) -> None:
    async def swallow() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if becomes is not None:
                raise becomes from None

    async def ours() -> None:
        with no_strays():
            await swallow()

    task = asyncio.create_task(ours())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_a_stray_is_known_in_a_task_that_outlived_a_cancellation() -> None:
    outcomes: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:  # it goes on, and stays marked as cancelled once
            try:
                with no_strays():
                    raise asyncio.CancelledError
            except StrayCancellation:
                outcomes.append("stray")

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert outcomes == ["stray"]


@pytest.mark.parametrize(
    "error",
    [
        aiormq.AMQPConnectionError(),
        aiormq.ChannelInvalidStateError(),
        TimeoutError(),
        ConnectionResetError(),
        asyncio.CancelledError(),
    ],
)
async def test_what_a_dying_connection_raises_means_unavailable(error: BaseException) -> None:
    with pytest.raises(BrokerUnavailable), lost_is_unavailable():
        raise error


def test_delays_double_up_to_the_maximum_with_jitter() -> None:
    backoff = Backoff(1.0, 8.0, random.Random(7))  # noqa: S311 -- jitter
    for whole in (1.0, 2.0, 4.0, 8.0, 8.0):
        assert whole / 2 <= backoff.next_s() <= whole
    backoff.reset()
    assert backoff.next_s() <= 1.0


def test_two_hosts_do_not_come_back_in_the_same_moment() -> None:
    one, two = (Backoff(1.0, 8.0, random.Random(seed)) for seed in (1, 2))  # noqa: S311 -- jitter
    assert one.next_s() != two.next_s()
