"""What a channel owes to whoever sends: one body over the fake and a real SMTP conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Protocol

import pytest

from bonfire.config import Mail as MailSettings
from bonfire.errors import CLASS_OF, Reason, ReasonClass
from mail_sink import MailSink
from notifier.channels import (
    Channel,
    ChannelUnavailable,
    Mail,
    MailDeferred,
    MailRefused,
    MailUnknown,
)
from notifier.channels.fake import FakeChannel
from notifier.channels.smtp import SmtpChannel

SENDER, BERTA, CHEF = "bonfire@bosco.example", "berta@bosco.example", "chef@bosco.example"


class Subject(Protocol):
    """A channel, and the levers of the server behind it."""

    @property
    def channel(self) -> Channel: ...
    async def go_away(self) -> None: ...
    async def refuse(self, recipient: str) -> None: ...
    async def defer(self) -> None: ...
    async def lose_the_answer(self) -> None: ...
    async def mend(self) -> None: ...
    def taken(self) -> list[tuple[str, str]]:
        """Recipient and message id of every mail that the server has."""
        ...


class FakeSubject:
    def __init__(self) -> None:
        self.channel = FakeChannel()

    async def go_away(self) -> None:
        self.channel.away = True

    async def refuse(self, recipient: str) -> None:
        self.channel.refused.add(recipient)

    async def defer(self) -> None:
        self.channel.deferred.update((BERTA, CHEF))

    async def lose_the_answer(self) -> None:
        self.channel.lost.update((BERTA, CHEF))

    async def mend(self) -> None:
        self.channel.away = False
        for faults in (self.channel.refused, self.channel.deferred, self.channel.lost):
            faults.clear()

    def taken(self) -> list[tuple[str, str]]:
        return [(mail.recipient, str(mail.message["Message-ID"])) for mail in self.channel.taken]


class SmtpSubject:
    def __init__(self, sink: MailSink) -> None:
        self._sink = sink
        settings = MailSettings.model_validate(
            {
                "host": sink.host,
                "port": sink.port,
                "tls": "none",
                "sender": SENDER,
                "timeout_s": 0.5,
            }
        )
        self.channel = SmtpChannel(settings, "")

    async def go_away(self) -> None:
        await self._sink.set_fault("away")

    async def refuse(self, recipient: str) -> None:
        await self._sink.set_fault("unknown-address", address=recipient)

    async def defer(self) -> None:
        await self._sink.set_fault("greylist", value=99)

    async def lose_the_answer(self) -> None:
        await self._sink.set_fault("hang")

    async def mend(self) -> None:
        await self._sink.clear_fault()

    def taken(self) -> list[tuple[str, str]]:
        return [(*mail.recipients, mail.message_id) for mail in self._sink.mails]  # type: ignore[misc]


@pytest.fixture(params=["fake", "smtp"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "fake":
        yield FakeSubject()
        return
    async with MailSink() as sink:
        yield SmtpSubject(sink)


def mail(recipient: str = BERTA, message_id: str = "<1@bosco.example>") -> Mail:
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = recipient
    message["Subject"] = "KITCHEN-1: Papier leer"
    message["Message-ID"] = message_id
    message.set_content("Seit 18:42 Uhr.\n.\nEin Punkt allein beendet nichts.\n")
    return Mail(SENDER, recipient, message)


async def test_a_mail_is_taken_and_the_servers_word_returned(subject: Subject):
    assert (await subject.channel.send(mail())).startswith("250")
    assert subject.taken() == [(BERTA, "<1@bosco.example>")]


async def test_a_server_that_is_away_is_told_and_nothing_was_sent(subject: Subject):
    await subject.go_away()
    with pytest.raises(ChannelUnavailable) as raised:
        await subject.channel.send(mail())
    assert raised.value.reason is Reason.MAIL_UNREACHABLE
    await subject.mend()
    assert subject.taken() == []
    await subject.channel.send(mail())
    assert len(subject.taken()) == 1


async def test_a_recipient_that_is_refused_says_so_and_others_get_theirs(
    subject: Subject,
):
    await subject.refuse(CHEF)
    with pytest.raises(MailRefused) as raised:
        await subject.channel.send(mail(CHEF))
    assert raised.value.reason is Reason.MAIL_REFUSED
    assert "550" in raised.value.detail
    await subject.channel.send(mail(BERTA))
    assert [recipient for recipient, _ in subject.taken()] == [BERTA]


async def test_a_mail_that_is_deferred_may_be_sent_later(subject: Subject):
    await subject.defer()
    with pytest.raises(MailDeferred) as raised:
        await subject.channel.send(mail())
    assert "451" in raised.value.detail
    await subject.mend()
    await subject.channel.send(mail())
    assert len(subject.taken()) == 1


async def test_a_lost_answer_is_unknown_and_the_same_mail_is_recognisable(subject: Subject):
    await subject.lose_the_answer()
    with pytest.raises(MailUnknown):
        await subject.channel.send(mail())
    await subject.mend()
    await subject.channel.send(mail())
    assert subject.taken() == [(BERTA, "<1@bosco.example>")] * 2


async def test_every_failure_has_a_reason_of_mail(subject: Subject):
    for lever in (subject.go_away, subject.defer, subject.lose_the_answer):
        await lever()
        with pytest.raises((ChannelUnavailable, MailDeferred, MailUnknown)) as raised:
            await subject.channel.send(mail())
        assert CLASS_OF[raised.value.reason] is ReasonClass.MAIL
        await subject.mend()


async def test_mails_side_by_side_are_each_taken_once(subject: Subject):
    mails = [mail(message_id=f"<{number}@bosco.example>") for number in range(8)]
    await asyncio.gather(*(subject.channel.send(each) for each in mails))
    assert sorted(found for _, found in subject.taken()) == [
        f"<{number}@bosco.example>" for number in range(8)
    ]


async def test_a_cancelled_mail_leaves_a_channel_that_goes_on(subject: Subject):
    await subject.go_away()
    sending = asyncio.create_task(subject.channel.send(mail()))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await subject.mend()
    await subject.channel.send(mail())
    assert len(subject.taken()) == 1
