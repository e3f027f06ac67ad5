"""SMTP as servers really speak it: encryption, logins, bad answers, silence."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Any

import pytest

from bonfire.config import Mail as MailSettings
from bonfire.errors import Permanent, Reason
from mail_sink import Certificate, MailSink
from notifier.channels import (
    ChannelUnavailable,
    Mail,
    MailDeferred,
    MailImpossible,
    MailRefused,
    MailUnknown,
)
from notifier.channels.smtp import SmtpChannel
from tests.support.rabbit import soon

SENDER, BERTA = "bonfire@bosco.example", "berta@bosco.example"


def settings(port: int, tls: str = "none", **more: Any) -> MailSettings:
    said = {"host": "127.0.0.1", "port": port, "tls": tls, "sender": SENDER, "timeout_s": 2.0}
    return MailSettings.model_validate({**said, **more})


def mail(recipient: str = BERTA) -> Mail:
    message = EmailMessage()
    message["Subject"] = "Test"
    message.set_content("Grüße\n")
    return Mail(SENDER, recipient, message)


def trusted(sink: MailSink) -> ssl.SSLContext:
    assert sink.certificate is not None
    return sink.certificate.client_context()


async def refusal(channel: SmtpChannel) -> ChannelUnavailable:
    with pytest.raises(ChannelUnavailable) as raised:
        await channel.send(mail())
    return raised.value


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_an_encrypted_server_with_a_login(tls):
    async with MailSink(tls=tls, login=("bonfire", "s3cret")) as sink:
        channel = SmtpChannel(settings(sink.port, tls, username="bonfire"), "s3cret", trusted(sink))
        await channel.send(mail())
        (taken,) = sink.mails
        assert taken.encrypted
        assert taken.login == "bonfire"
        assert taken.sender == SENDER


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_mail_and_no_password(tls):
    async with MailSink(tls=tls, login=("bonfire", "s3cret")) as sink:
        channel = SmtpChannel(settings(sink.port, tls, username="bonfire"), "s3cret")
        error = await refusal(channel)
        assert error.reason is Reason.MAIL_TLS
        assert sink.mails == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_of_another_name_gets_no_mail(tls, monkeypatch):
    monkeypatch.setattr("mail_sink.certificate._names", lambda _host: _only("other.example"))
    certificate = Certificate.make("other.example")
    async with MailSink(tls=tls, certificate=certificate) as sink:
        channel = SmtpChannel(settings(sink.port, tls), "", certificate.client_context())
        assert (await refusal(channel)).reason is Reason.MAIL_TLS


def _only(name: str) -> list[Any]:
    from cryptography import x509

    return [x509.DNSName(name)]


async def test_a_server_that_offers_no_encryption_gets_no_mail_where_it_is_wanted():
    async with MailSink(tls="starttls") as sink:
        await sink.set_fault("no-starttls")
        error = await refusal(SmtpChannel(settings(sink.port, "starttls"), "", trusted(sink)))
        assert error.reason is Reason.MAIL_TLS
        assert sink.mails == []


async def test_a_refused_login_is_the_servers_no_to_everybody_and_hides_the_password():
    async with MailSink(tls="tls", login=("bonfire", "other")) as sink:
        channel = SmtpChannel(
            settings(sink.port, "tls", username="bonfire"), "s3cret", trusted(sink)
        )
        error = await refusal(channel)
        assert error.reason is Reason.MAIL_LOGIN
        assert "535" in error.detail
        assert "s3cret" not in str(vars(error)) + error.detail


@pytest.mark.parametrize("answer", [b"250 fine", b"250-fine\r\n250 AUTH NTLM"])
async def test_a_server_without_a_login_that_we_know_is_told_as_such(answer):
    async with speaking(answer) as port:
        error = await refusal(SmtpChannel(settings(port, username="bonfire"), "s3cret"))
        assert error.reason is Reason.MAIL_LOGIN


async def test_a_server_that_wants_a_login_and_gets_none():
    async with MailSink(tls="tls", login=("bonfire", "s3cret")) as sink:
        error = await refusal(SmtpChannel(settings(sink.port, "tls"), "", trusted(sink)))
        assert error.reason is Reason.MAIL_SERVER_ERROR
        assert "530" in error.detail


async def test_a_server_that_greets_with_a_no():
    async with MailSink() as sink:
        await sink.set_fault("refuse")
        error = await refusal(SmtpChannel(settings(sink.port), ""))
        assert error.reason is Reason.MAIL_SERVER_ERROR
        assert "421" in error.detail


@pytest.mark.parametrize(("fault", "raised"), [("full", MailDeferred), ("spam", MailRefused)])
async def test_what_a_server_says_to_the_text_is_about_this_mail(fault, raised):
    async with MailSink() as sink:
        await sink.set_fault(fault)
        with pytest.raises(raised):
            await SmtpChannel(settings(sink.port), "").send(mail())


async def test_a_connection_that_breaks_after_the_text_leaves_it_unknown():
    async with MailSink() as sink:
        await sink.set_fault("drop")
        with pytest.raises(MailUnknown):
            await SmtpChannel(settings(sink.port), "").send(mail())


async def test_a_slow_server_is_given_up_after_the_whole_time_not_after_each_line():
    async with MailSink() as sink:
        await sink.set_fault("slow", value=0.4)
        started = time.monotonic()
        error = await refusal(SmtpChannel(settings(sink.port, timeout_s=1.0), ""))
        assert error.reason is Reason.MAIL_UNREACHABLE
        assert 0.9 < time.monotonic() - started < 1.8
        assert sink.mails == []


async def test_a_name_that_nobody_knows():
    error = await refusal(SmtpChannel(settings(25, host="mail.invalid"), ""))
    assert error.reason is Reason.MAIL_UNREACHABLE


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(converse: Handler) -> AsyncIterator[int]:
    """A server whose conversations end with it."""
    talking: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.CancelledError, ConnectionError):
                await converse(reader, writer)
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking)


def speaking(answer: bytes, greeting: bytes = b"220 hello") -> AbstractAsyncContextManager[int]:
    """A server that gives every line the same answer."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting + b"\r\n")
        while await reader.readline():
            writer.write(answer + b"\r\n")

    return serving(converse)


@pytest.mark.parametrize(
    ("answer", "greeting"),
    [
        (b"250 fine", b"garbage"),
        (b"250 fine", b"x" * 100_000),
        (b"\xff\xfe\x00", b"220 hello"),
        (b"250-never the last line", b"220 hello"),
        (b"999 what", b"220 hello"),
        (b"599 no", b"220 hello"),
    ],
)
async def test_answers_that_make_no_sense_are_a_server_that_cannot_be_used(answer, greeting):
    async with speaking(answer, greeting) as port:
        error = await refusal(SmtpChannel(settings(port, timeout_s=0.5), ""))
        assert error.detail.isprintable()
        assert len(error.detail) < 400


async def test_the_mail_counts_as_taken_although_the_goodbye_fails():
    """A server that never says goodbye costs a second and not the mail."""
    said: list[bytes] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        text = False
        while line := await reader.readline():
            said.append(line)
            if line == b"QUIT\r\n":
                continue
            if text and line != b".\r\n":
                continue
            text = line == b"DATA\r\n"
            writer.write(b"354 go on\r\n" if text else b"250 fine\r\n")

    async with serving(converse) as port:
        assert await SmtpChannel(settings(port), "").send(mail()) == "250 fine"
    assert b"QUIT\r\n" in said


@pytest.mark.parametrize("recipient", ["ü@bosco.example", "a b@bosco.example"])
async def test_an_address_that_no_command_can_hold_is_refused_and_injects_nothing(recipient):
    async with MailSink() as sink:
        with pytest.raises(MailImpossible):
            await SmtpChannel(settings(sink.port), "").send(mail(recipient))
        assert sink.mails == []


def test_a_sender_that_no_command_can_hold_makes_the_configuration_unusable():
    with pytest.raises(Permanent) as raised:
        SmtpChannel(settings(25, sender="bönfire@bosco.example"), "")
    assert raised.value.reason is Reason.CONFIG_INVALID


async def test_no_connection_is_left_open():
    async with MailSink() as sink:
        channel = SmtpChannel(settings(sink.port, timeout_s=0.5), "")
        await channel.send(mail())
        await sink.set_fault("hang")
        with pytest.raises(MailUnknown):
            await channel.send(mail())
        await soon(lambda: not sink.connections)
