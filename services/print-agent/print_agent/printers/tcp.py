"""Network printers: raw sockets, because only they say exactly how many bytes were taken."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from contextlib import suppress
from typing import Final

from bonfire.clock import Clock
from bonfire.config import TcpAddress
from bonfire.errors import Reason
from print_agent.printers import PrinterSettings, advice
from print_agent.printers.descriptor import DescriptorLink, error_of
from print_agent.printers.link import Through, as_it_is
from print_agent.printers.resolver import Addresses, Resolver, SocketAddress
from print_agent.printers.session import EscPosSession, Memory

# Small, so that a printer that stops taking bytes is noticed instead of buffered away.
_SEND_BUFFER_BYTES: Final = 4096
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3))
_GONE_AFTER_MS: Final = 10_000


class TcpPrinter:
    """Implements `Printer`. `interrupted`: the journal holds a ticket that was broken off here."""

    def __init__(
        self,
        settings: PrinterSettings,
        clock: Clock,
        *,
        interrupted: bool = False,
        through: Through = as_it_is,
    ) -> None:
        address = settings.address
        assert isinstance(address, TcpAddress)  # noqa: S101 -- `configured` chose this class by it
        self.settings = settings
        self._clock = clock
        self._memory = Memory(interrupted)
        self._through = through
        self._resolver = Resolver(address.host, address.port)

    async def connect(self) -> EscPosSession:
        try:
            async with asyncio.timeout(self.settings.connect_timeout_s):
                connected = await _connect(await self._resolver.addresses())
        except (socket.gaierror, UnicodeError) as error:
            raise advice.trouble(self.settings, Reason.NAME_UNKNOWN) from error
        except ConnectionRefusedError as error:
            raise advice.trouble(self.settings, Reason.REFUSED) from error
        except OSError as error:  # a timeout is one, too
            raise advice.trouble(self.settings, Reason.UNREACHABLE) from error
        link = self._through(TcpLink(connected))
        return EscPosSession(link, self.settings, self._clock, self._memory)


async def _connect(addresses: Addresses) -> socket.socket:
    """To the first address that takes the connection; raises the last one's error."""
    failure = error_of(errno.EHOSTUNREACH)
    for family, address in addresses:
        try:
            return await _connect_one(family, address)
        except OSError as error:
            failure = error
    raise failure


async def _connect_one(family: socket.AddressFamily, address: SocketAddress) -> socket.socket:
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        _tune(connecting)
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _tune(connecting: socket.socket) -> None:
    """No TCP_USER_TIMEOUT: Linux lets it kill a printer that lives but takes no bytes for now.

    A printer out of paper does just that, for minutes. `TcpLink.poll` looks for dead ones instead.
    """
    connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connecting.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    connecting.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            connecting.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class TcpLink(DescriptorLink):
    """Implements `Link` over a connected socket, which it owns."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(connected.fileno())
        self._socket = connected

    def _receive(self) -> None:
        """And acknowledge at once. A printer that says a thing in two pieces may keep the second
        back until the first is acknowledged, for which Linux else takes its time: 40 ms.
        """
        super()._receive()
        if self._listener is not None and hasattr(socket, "TCP_QUICKACK"):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def finish(self) -> None:
        with suppress(OSError):  # the other side may have gone already
            self._socket.shutdown(socket.SHUT_WR)

    def _gone(self) -> int:
        return errno.ETIMEDOUT if _is_gone(self._socket) else 0

    def _release(self) -> None:
        self._socket.close()


# struct tcp_info of linux/tcp.h: of its first eight bytes, the third and fourth count unanswered
# retransmissions and unanswered probes of a closed window; then come 32-bit numbers, of which the
# thirteenth is the age of the last acknowledgement in milliseconds.
_TCP_INFO: Final = struct.Struct("=2x2B4x48xI")


def _is_gone(connected: socket.socket) -> bool:
    """Has the other machine left what we sent unanswered for ten seconds?

    Without bytes under way keepalive finds out, and elsewhere than on Linux the deadlines do.
    """
    if sys.platform != "linux":
        return False
    info = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    retransmissions, probes, silent_ms = _TCP_INFO.unpack(info)
    return bool(retransmissions or probes) and silent_ms >= _GONE_AFTER_MS
