"""One connection's conversation: SMTP as aiosmtpd speaks it, with the faults of the sink."""

from __future__ import annotations

import asyncio
import hmac
import ssl
from dataclasses import dataclass, field
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from mail_sink.fault import FaultName, Faults
from mail_sink.mailbox import Mailbox

LARGEST_MAIL_BYTES: Final = 5 * 1024 * 1024
MOST_CONNECTIONS: Final = 50
MOST_RECIPIENTS: Final = 100
HANDSHAKE_S: Final = 10.0

_IDLE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Login:
    """What a client must say before it may send."""

    user: str
    password: str = field(repr=False)

    def is_said(self, given: LoginPassword) -> bool:
        return hmac.compare_digest(self.user.encode(), given.login) and hmac.compare_digest(
            self.password.encode(), given.password
        )


# No slots: Debian 12's Python 3.11.2 would break inspect.getmembers, which aiosmtpd calls.
@dataclass
class Desk:
    """What all conversations share. Its `handle_…` methods are aiosmtpd's hooks."""

    mailbox: Mailbox
    faults: Faults
    login: Login | None
    conversations: set[Reception] = field(default_factory=set)

    @property
    def greeting_refusal(self) -> str | None:
        if FaultName.REFUSE in self.faults:
            return "421 4.3.2 No mails now, try again later"
        if len(self.conversations) > MOST_CONNECTIONS:
            return "421 4.7.0 Too many connections"
        return None

    async def handle_EHLO(
        self,
        server: Reception,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if FaultName.NO_STARTTLS in self.faults:
            return [line for line in responses if line != "250-STARTTLS"]
        return responses

    async def handle_MAIL(
        self,
        server: Reception,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        wants_login = self.login is not None or FaultName.BAD_AUTH in self.faults
        if wants_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self,
        server: Reception,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.faults.is_unknown(address):
            return "550 5.1.1 No such mailbox"
        if self.faults.is_greylisted(envelope.mail_from or "", address):
            return "451 4.7.1 Greylisted, try again later"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Reception, session: Session, envelope: Envelope) -> str:
        if FaultName.DROP in self.faults:
            server.abort()
            return "451 4.3.0 The connection is gone"
        if FaultName.FULL in self.faults:
            return "452 4.3.1 No space left"
        if FaultName.SPAM in self.faults:
            return "554 5.7.1 This looks like spam"
        content = envelope.content
        mail = self.mailbox.put(
            _shown(envelope.mail_from or ""),
            tuple(_shown(recipient) for recipient in envelope.rcpt_tos),
            content if isinstance(content, bytes) else (content or "").encode(),
            encrypted=server.is_encrypted,
            login=_login_of(session),
        )
        if FaultName.HANG in self.faults:
            await asyncio.Event().wait()  # until the connection ends, which cancels us
        return f"250 2.0.0 Kept as {mail.number}"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        if FaultName.BAD_AUTH in self.faults:
            return AuthResult(success=False, handled=False)
        # Without a login of its own the sink believes everybody.
        ok = isinstance(given, LoginPassword) and (self.login is None or self.login.is_said(given))
        return AuthResult(success=ok, handled=False, auth_data=given)


class Reception(SMTP):
    """One connection. `starttls` offers encryption; `encrypted` says that it is there already."""

    def __init__(self, desk: Desk, *, starttls: ssl.SSLContext | None, encrypted: bool) -> None:
        super().__init__(
            desk,
            data_size_limit=LARGEST_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="mail-sink",
            ident="Bonfire's mail sink",
            tls_context=starttls,
            auth_require_tls=starttls is not None,
            authenticator=desk.authenticate,
            timeout=_IDLE_S,
            loop=asyncio.get_running_loop(),
        )
        self._desk = desk
        self._encrypted = encrypted
        self.gone = asyncio.Event()

    @property
    def is_encrypted(self) -> bool:
        return self._encrypted or self._tls_protocol is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self not in self._desk.conversations and self._handler_coroutine is not None:
            self._desk.conversations.add(self)
            self._handler_coroutine.add_done_callback(self._end)

    def _end(self, _: asyncio.Task[None]) -> None:
        self._desk.conversations.discard(self)
        self.gone.set()

    def abort(self) -> None:
        """Close the connection at once, whatever is going on in it."""
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:
        # The library waits for ever for a client that leaves during the handshake.
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                await super().smtp_STARTTLS(arg)
        except TimeoutError as error:
            raise ConnectionResetError("no handshake") from error

    async def push(self, status: Any) -> None:
        if self._desk.faults.delay_s:
            await asyncio.sleep(self._desk.faults.delay_s)
        await super().push(status)

    async def _handle_client(self) -> None:
        refusal = self._desk.greeting_refusal
        try:
            if refusal is None:
                await super()._handle_client()
            else:
                await self.push(refusal)
                self._writer.close()
        except ConnectionError:
            # The client has gone; there is nobody left to answer.
            pass


def _login_of(session: Session) -> str:
    login = session.auth_data.login if isinstance(session.auth_data, LoginPassword) else b""
    return login.decode("utf-8", "replace")


def _shown(address: str) -> str:
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
