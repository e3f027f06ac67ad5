"""Every fault, as a client meets it."""

from __future__ import annotations

import asyncio
import time

import aiosmtplib
import pytest

from mail_sink import InvalidFault, MailSink
from tests.integration.mail_sink.conftest import letter, send


async def assert_mended(sink: MailSink, kept: int = 1) -> None:
    await sink.clear_fault()
    await send(sink)
    assert len(sink.mails) == kept


async def test_a_server_that_refuses_greets_with_421(sink):
    await sink.set_fault("refuse")
    with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refusal:
        await send(sink)
    assert refusal.value.code == 421
    await assert_mended(sink)


async def test_a_greylisted_mail_is_taken_at_the_third_try(sink):
    await sink.set_fault("greylist", value=2)
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
            await send(sink)
        assert [each.code for each in refusal.value.recipients] == [451]
    await send(sink)
    assert len(sink.mails) == 1


async def test_only_the_unknown_address_is_refused(sink):
    await sink.set_fault("unknown-address", address="Nobody@bosco.example")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
        await send(sink, letter(to="nobody@bosco.example"))
    assert [each.code for each in refusal.value.recipients] == [550]
    await send(sink)
    assert len(sink.mails) == 1


@pytest.mark.parametrize(("fault", "code"), [("full", 452), ("spam", 554)])
async def test_a_text_is_refused_and_not_kept(sink, fault, code):
    await sink.set_fault(fault)
    with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
        await send(sink)
    assert refusal.value.code == code
    await assert_mended(sink)


async def test_a_slow_server_takes_its_time_for_each_line(sink):
    await sink.set_fault("slow", value=0.02)
    started = time.monotonic()
    await send(sink)
    lines = 10  # the greeting, six of EHLO, MAIL, RCPT, DATA, its end
    assert time.monotonic() - started > 0.02 * lines


async def test_a_server_that_hangs_keeps_the_mail_and_says_nothing(sink):
    await sink.set_fault("hang")
    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await send(sink, timeout_s=0.2)
    await assert_mended(sink, kept=2)


async def test_a_server_that_drops_the_connection_keeps_nothing(sink):
    await sink.set_fault("drop")
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(sink)
    await assert_mended(sink)


async def test_a_dropped_connection_is_dropped_when_encrypted_too():
    async with MailSink(tls="starttls") as sink:
        await sink.set_fault("drop")
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await send(sink)
        await assert_mended(sink)


async def test_with_bad_auth_no_login_is_right_and_none_is_not_enough():
    async with MailSink(login=("berta", "geheim")) as sink:
        await sink.set_fault("bad-auth")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refusal:
            await send(sink, login=("berta", "geheim"))
        assert refusal.value.code == 535
        with pytest.raises(aiosmtplib.SMTPSenderRefused):
            await send(sink)
        await sink.clear_fault("bad-auth")
        await send(sink, login=("berta", "geheim"))


async def test_without_starttls_a_careful_client_sends_nothing():
    async with MailSink(tls="starttls") as sink:
        await sink.set_fault("no-starttls")
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await send(sink)
        await assert_mended(sink)


async def test_a_server_that_is_away_is_not_there_and_comes_back_on_its_port(sink):
    port = sink.port
    reader, writer = await asyncio.open_connection(sink.host, sink.port)
    await reader.readline()
    await sink.set_fault("away")
    assert await reader.read() == b""
    writer.close()
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await send(sink)
    await sink.set_fault("away")  # twice makes no difference
    await assert_mended(sink)
    assert sink.port == port


async def test_a_server_that_is_away_can_be_stopped():
    async with MailSink() as sink:
        await sink.set_fault("away")
    async with MailSink(port=sink.port) as next_one:
        await send(next_one)


async def test_an_unknown_fault_is_refused(sink):
    with pytest.raises(InvalidFault):
        await sink.set_fault("fire")
    with pytest.raises(InvalidFault):
        await sink.clear_fault("fire")
