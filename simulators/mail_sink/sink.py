"""The mail server as a whole: its port, its conversations, its mails and its faults."""

from __future__ import annotations

import asyncio
import socket
from enum import StrEnum
from types import TracebackType
from typing import Self

from mail_sink.certificate import Certificate
from mail_sink.fault import Fault, FaultName, Faults, fault_name
from mail_sink.mailbox import MOST_BYTES, MOST_MAILS, Mail, Mailbox
from mail_sink.reception import HANDSHAKE_S, Desk, Login, Reception


class Tls(StrEnum):
    """How the server's port is encrypted; spelled as in a mail client's configuration."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailSink:
    """A mail server on a TCP port that keeps what it takes, in memory, the newest mails only.

    With a `login` nobody else may send. `certificate` is one of its own making unless given.

        async with MailSink() as sink:
            ...  # send to sink.host, sink.port
            (mail,) = await sink.wait_for_mails(1)
            await sink.set_fault("greylist", value=2)
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: Tls | str = Tls.NONE,
        login: tuple[str, str] | None = None,
        certificate: Certificate | None = None,
        most_mails: int = MOST_MAILS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.host = host
        self.tls = Tls(tls)
        self.mailbox = Mailbox(most_mails, most_bytes)
        self.certificate = certificate or (None if self.tls is Tls.NONE else Certificate.make(host))
        self._port = port
        self._context = self.certificate.server_context() if self.certificate else None
        self._faults = Faults()
        self._desk = Desk(self.mailbox, self._faults, Login(*login) if login else None)
        self._server: asyncio.Server | None = None
        self._placeholder: socket.socket | None = None

    @property
    def port(self) -> int:
        """The same before and after an absence."""
        return self._port

    @property
    def login(self) -> str | None:
        """The user who may send; None means everybody."""
        return self._desk.login.user if self._desk.login else None

    @property
    def mails(self) -> list[Mail]:
        """Those that are kept, oldest first."""
        return list(self.mailbox)

    @property
    def faults(self) -> list[Fault]:
        return list(self._faults)

    @property
    def connections(self) -> int:
        return len(self._desk.conversations)

    async def __aenter__(self) -> Self:
        """Raises OSError when the port is taken."""
        bound = self._bound_socket()
        self._port = bound.getsockname()[1]
        await self._listen(bound)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()
        if self._placeholder is not None:
            self._placeholder.close()

    async def wait_for_mails(self, count: int, timeout_s: float = 10.0) -> list[Mail]:
        """The mails, once there are `count` of them. Raises TimeoutError."""
        return await self.mailbox.wait_for(count, timeout_s)

    def forget_mails(self) -> int:
        """How many there were."""
        return self.mailbox.clear()

    async def set_fault(
        self, name: str, *, value: float | None = None, address: str | None = None
    ) -> Fault:
        """Raises InvalidFault."""
        fault = Fault.of(name, value, address)
        self._faults.set(fault)
        if fault.name is FaultName.AWAY and self._server is not None:
            await self._close()
            # Bound and not listening: no outgoing connection is given this port meanwhile.
            self._placeholder = self._bound_socket()
        self.mailbox.changed()
        return fault

    async def clear_fault(self, name: str | None = None) -> None:
        """One fault, or all of them. Raises InvalidFault for a name that is none."""
        self._faults.clear(fault_name(name) if name is not None else None)
        if FaultName.AWAY not in self._faults and self._placeholder is not None:
            placeholder, self._placeholder = self._placeholder, None
            await self._listen(placeholder)
        self.mailbox.changed()

    def _bound_socket(self) -> socket.socket:
        is_ipv6 = ":" in self.host
        bound = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((self.host, self._port))
        except OSError:
            bound.close()
            raise
        return bound

    async def _listen(self, bound: socket.socket) -> None:
        is_tls = self.tls is Tls.TLS
        self._server = await asyncio.get_running_loop().create_server(
            self._conversation,
            sock=bound,
            ssl=self._context if is_tls else None,
            ssl_handshake_timeout=HANDSHAKE_S if is_tls else None,
        )

    def _conversation(self) -> Reception:
        return Reception(
            self._desk,
            starttls=self._context if self.tls is Tls.STARTTLS else None,
            encrypted=self.tls is Tls.TLS,
        )

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        conversations = list(self._desk.conversations)
        for conversation in conversations:
            conversation.abort()
        await asyncio.gather(*(each.gone.wait() for each in conversations))
        await server.wait_closed()
