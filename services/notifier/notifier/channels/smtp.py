"""Mail by SMTP: one connection per mail, encrypted and verified unless configured otherwise."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from bonfire.config import Mail as MailSettings
from bonfire.config import Tls
from bonfire.errors import BonfireError, Permanent, Reason
from bonfire.sanitiser import clean_line, shorten
from notifier.channels import (
    MAIL_POLICY,
    ChannelUnavailable,
    Mail,
    MailDeferred,
    MailImpossible,
    MailRefused,
    MailUnknown,
)

GOODBYE_S: Final = 1.0
MOST_ANSWER_CHARACTERS: Final = 300
_SERVICE_NOT_AVAILABLE: Final = 421


class SmtpChannel:
    """Implements `notifier.channels.Channel` for the server of `[mail]`."""

    def __init__(
        self, settings: MailSettings, password: str, tls: ssl.SSLContext | None = None
    ) -> None:
        """`tls` is for tests; else the machine's own authorities are trusted.

        Raises `Permanent` for a sender that no command of SMTP can hold.
        """
        if not settings.sender.isascii():
            detail = f"[mail] sender {settings.sender!r}: only ASCII can be sent from"
            raise Permanent(Reason.CONFIG_INVALID, detail)
        self._settings = settings
        self._password = password
        self._tls = tls

    async def send(self, mail: Mail) -> str:
        client = self._client()
        given = False
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                with _translated():
                    await self._open(client)
                    await client.mail(mail.sender)
                    await client.rcpt(mail.recipient)
                    given = True
                    answer = await client.data(mail.message.as_bytes(policy=MAIL_POLICY))
        except TimeoutError as error:
            raise _gone(given, f"no answer in {self._settings.timeout_s:g} s") from error
        except ChannelUnavailable as error:
            raise _gone(given, error.detail, error.reason) from error
        else:
            await _say_goodbye(client)
        finally:
            client.close()
        return _words(answer.code, answer.message)

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            # Not the machine's own name: to look that up may take as long as a mail.
            local_hostname=settings.sender.rpartition("@")[2],
            timeout=settings.timeout_s,
            use_tls=settings.tls is Tls.IMPLICIT,
            start_tls=settings.tls is Tls.STARTTLS,
            tls_context=self._tls,
        )

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        await client.connect()
        if self._settings.username:
            await client.login(self._settings.username, self._password)


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """Politely; the mail is taken already, whatever becomes of this."""
    with suppress(SMTPException, OSError, TimeoutError):
        await client.quit(timeout=GOODBYE_S)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SMTPResponseException as error:
        raise _answered(error) from error
    except (SMTPException, OSError) as error:
        raise _broken(error) from error
    except ValueError as error:  # an address that cannot stand in a command
        raise MailImpossible(Reason.MAIL_REFUSED, f"cannot be written to: {error}") from error


def _answered(error: SMTPResponseException) -> BonfireError:
    """What a server's no means depends on what it was asked."""
    words = _words(error.code, error.message)
    if isinstance(error, SMTPAuthenticationError):
        return ChannelUnavailable(Reason.MAIL_LOGIN, f"the mail server refuses our login: {words}")
    about_this_mail = isinstance(error, SMTPRecipientRefused | SMTPDataError)
    if not about_this_mail or error.code == _SERVICE_NOT_AVAILABLE:
        return ChannelUnavailable(Reason.MAIL_SERVER_ERROR, f"the mail server says {words}")
    if 500 <= error.code < 600:
        return MailRefused(Reason.MAIL_REFUSED, words)
    return MailDeferred(Reason.MAIL_DEFERRED, words)


def _broken(error: SMTPException | OSError) -> ChannelUnavailable:
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLError):
        detail = f"no trusted encryption: {_line(str(cause))}"
        return ChannelUnavailable(Reason.MAIL_TLS, detail)
    # The library has no kind of error for what a server does not offer, only words.
    if "AUTH" in str(error).upper():
        return ChannelUnavailable(Reason.MAIL_LOGIN, "the mail server offers no login of ours")
    if "STARTTLS" in str(error):
        return ChannelUnavailable(Reason.MAIL_TLS, "the mail server offers no encryption")
    return ChannelUnavailable(Reason.MAIL_UNREACHABLE, _line(str(error)))


def _gone(
    given: bool, detail: str, reason: Reason = Reason.MAIL_UNREACHABLE
) -> ChannelUnavailable | MailUnknown:
    """A server that was given the mail may have it."""
    if given and reason is Reason.MAIL_UNREACHABLE:
        return MailUnknown(Reason.MAIL_UNKNOWN, detail)
    return ChannelUnavailable(reason, detail)


def _words(code: int, message: str) -> str:
    return _line(f"{code} {message}")


def _line(text: str) -> str:
    return shorten(clean_line(text[: 10 * MOST_ANSWER_CHARACTERS]), MOST_ANSWER_CHARACTERS)
