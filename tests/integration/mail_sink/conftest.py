"""A mail sink for every test, and a client that speaks to it as services do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest

from mail_sink import MailSink, Tls

WITHIN_S = 5.0


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with MailSink() as sink:
        yield sink


def letter(subject: str = "Papier ist aus: Küche", to: str = "berta@bosco.example") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "bonfire@bosco.example"
    message["To"] = to
    message.set_content("Grüße\n")
    return message


async def send(
    sink: MailSink,
    message: EmailMessage | None = None,
    *,
    login: tuple[str, str] | None = None,
    timeout_s: float = WITHIN_S,
) -> str:
    """The server's last word. Raises what aiosmtplib raises."""
    context = sink.certificate.client_context() if sink.certificate else None
    _, words = await aiosmtplib.send(
        message or letter(),
        hostname=sink.host,
        port=sink.port,
        username=login[0] if login else None,
        password=login[1] if login else None,
        use_tls=sink.tls is Tls.TLS,
        start_tls=sink.tls is Tls.STARTTLS,
        tls_context=context,
        timeout=timeout_s,
    )
    return words
