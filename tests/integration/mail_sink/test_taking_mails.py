"""Mails in, by the client library that the services use."""

from __future__ import annotations

import asyncio
import ssl

import aiosmtplib
import pytest

from mail_sink import Certificate, MailSink, Tls, reception
from tests.integration.mail_sink.conftest import letter, send


async def no_connections(sink: MailSink) -> None:
    for _ in range(500):
        if not sink.connections:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{sink.connections} connections stay")


async def test_a_mail_is_kept_as_it_came(sink):
    assert "Kept as 1" in await send(sink)
    (mail,) = await sink.wait_for_mails(1)
    assert mail.sender == "bonfire@bosco.example"
    assert mail.recipients == ("berta@bosco.example",)
    assert (mail.subject, mail.text, mail.html) == ("Papier ist aus: Küche", "Grüße\n", "")
    assert not mail.encrypted
    assert b"Subject:" in mail.content


async def test_several_mails_come_in_their_order_and_are_forgotten(sink):
    for number in range(3):
        await send(sink, letter(f"mail {number}"))
    mails = await sink.wait_for_mails(3)
    assert [mail.subject for mail in mails] == ["mail 0", "mail 1", "mail 2"]
    assert sink.forget_mails() == 3
    assert sink.mails == []


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_mail_comes_over_an_encrypted_connection(tls):
    async with MailSink(tls=tls) as sink:
        await send(sink)
        (mail,) = sink.mails
    assert mail.encrypted


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_client_that_does_not_know_the_certificate_sends_nothing(tls):
    async with MailSink(tls=tls) as sink:
        with pytest.raises((ssl.SSLError, aiosmtplib.SMTPException)):
            await aiosmtplib.send(
                letter(),
                hostname=sink.host,
                port=sink.port,
                use_tls=tls is Tls.TLS,
                start_tls=tls is Tls.STARTTLS,
                tls_context=ssl.create_default_context(),
            )
        assert sink.mails == []


async def test_the_certificate_holds_under_strict_rules_and_for_a_host_by_name():
    certificate = Certificate.make("mail.bosco.example")
    context = certificate.client_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    async with MailSink(tls="tls", certificate=certificate) as sink:
        for name in ("mail.bosco.example", "127.0.0.1", "localhost"):
            _, writer = await asyncio.open_connection(
                sink.host, sink.port, ssl=context, server_hostname=name
            )
            writer.close()
            await writer.wait_closed()


@pytest.mark.parametrize("tls", list(Tls))
async def test_with_a_login_only_its_owner_may_send(tls):
    async with MailSink(tls=tls, login=("berta", "geheim")) as sink:
        with pytest.raises(aiosmtplib.SMTPSenderRefused, match="Authentication required"):
            await send(sink)
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(sink, login=("berta", "falsch"))
        await send(sink, login=("berta", "geheim"))
        (mail,) = sink.mails
    assert mail.login == "berta"


async def test_without_a_login_everybody_is_believed(sink):
    await send(sink, login=("anybody", "anything"))
    assert sink.mails[0].login == "anybody"


async def test_a_mail_that_is_too_large_is_refused(sink, monkeypatch):
    monkeypatch.setattr(reception, "LARGEST_MAIL_BYTES", 1000)
    large = letter()
    large.set_content("x" * 70 + "\n" + ("y" * 70 + "\n") * 50)
    with pytest.raises(aiosmtplib.SMTPException):
        await send(sink, large)
    assert sink.mails == []


async def test_recipients_have_a_maximum(sink, monkeypatch):
    monkeypatch.setattr(reception, "MOST_RECIPIENTS", 1)
    async with aiosmtplib.SMTP(hostname=sink.host, port=sink.port) as client:
        await client.mail("a@x.example")
        await client.rcpt("b@x.example")
        with pytest.raises(aiosmtplib.SMTPRecipientRefused, match="Too many recipients"):
            await client.rcpt("c@x.example")


async def test_connections_have_a_maximum(sink, monkeypatch):
    monkeypatch.setattr(reception, "MOST_CONNECTIONS", 1)
    async with aiosmtplib.SMTP(hostname=sink.host, port=sink.port):
        with pytest.raises(aiosmtplib.SMTPConnectResponseError, match="Too many connections"):
            await send(sink)
    await send(sink)


async def test_the_sink_stops_with_a_client_connected():
    async with MailSink() as sink:
        reader, writer = await asyncio.open_connection(sink.host, sink.port)
        assert (await reader.readline()).startswith(b"220")
        assert sink.connections == 1
    assert await reader.read() == b""
    writer.close()


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(sink):
    reader, writer = await asyncio.open_connection(sink.host, sink.port)
    await reader.readline()
    writer.write(b"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nSubject: half")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await no_connections(sink)
    assert sink.mails == []


async def test_a_client_that_leaves_during_the_handshake_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(reception, "HANDSHAKE_S", 0.1)
    async with MailSink(tls="starttls") as sink:
        reader, writer = await asyncio.open_connection(sink.host, sink.port)
        await reader.readline()
        writer.write(b"STARTTLS\r\n")
        assert (await reader.readline()).startswith(b"220")
        writer.close()
        await writer.wait_closed()
        await no_connections(sink)


async def test_addresses_in_no_known_letters_are_kept_as_text(sink):
    reader, writer = await asyncio.open_connection(sink.host, sink.port)
    await reader.readline()
    writer.write(b"HELO x\r\nMAIL FROM:<a\xff@x.example>\r\nRCPT TO:<b\xfe@x.example>\r\nDATA\r\n")
    writer.write(b"Subject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n")
    assert b"Kept as 1" in await reader.read()
    writer.close()
    await writer.wait_closed()
    (mail,) = sink.mails
    assert mail.sender.encode()
    assert mail.recipients == ("b�@x.example",)


async def test_a_port_that_is_taken_is_an_error(sink):
    with pytest.raises(OSError, match="in use"):
        async with MailSink(port=sink.port):
            pass
