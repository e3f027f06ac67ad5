"""An aiohttp server that closes slow and surplus connections; aiohttp itself waits for ever."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from http import HTTPStatus
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from bonfire.errors import Permanent, Reason
from bonfire.web.problem import problem, problem_response

log = logging.getLogger(__name__)

HEADER_DEADLINE_S: Final = 5.0
BODY_DEADLINE_S: Final = 5.0
KEEPALIVE_S: Final = 75.0
MOST_CONNECTIONS: Final = 1_000


class PortTaken(Permanent):
    """Another program listens there."""


class HttpServer:
    """Serves one application on one port."""

    def __init__(
        self, app: web.Application, host: str, port: int, header_deadline_s: float = 5.0
    ) -> None:
        app.middlewares.insert(0, _note_request)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEPALIVE_S)
        self._host = host
        self._port = port
        self._header_deadline_s = header_deadline_s
        self._connections = 0

    @property
    def port(self) -> int:
        """The port in use, which the system chose when 0 was asked for."""
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                self._connection, self._host, self._port, reuse_address=True, backlog=512
            )
        except OSError as error:
            await self._runner.cleanup()
            raise PortTaken(
                Reason.CONFIG_INVALID,
                f"cannot listen on {self._host}:{self._port}: {error.strerror}."
                " Is another program using the port?",
            ) from error

    async def stop(self) -> None:
        """Take no new connection, finish the requests in hand, close the rest."""
        self._server.close()
        await self._runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        assert self._runner.server is not None  # noqa: S101 -- set by setup()
        return _Deadline(self, self._runner.server(), self._header_deadline_s)

    def admit(self) -> bool:
        self._connections += 1
        return self._connections <= MOST_CONNECTIONS

    def release(self) -> None:
        self._connections -= 1


class _Deadline(asyncio.Protocol):
    """Stands before aiohttp's own protocol and aborts a peer whose request does not come.

    The clock runs from the connection's first moment, and again from the first byte of each
    later request; a request that has reached the application stops it.
    """

    def __init__(self, server: HttpServer, inner: asyncio.Protocol, deadline_s: float) -> None:
        self._server = server
        self._inner = inner
        self._deadline_s = deadline_s
        self._timer: asyncio.TimerHandle | None = None
        self._in_request = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A TCP server's; uvloop's own class is none of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        if not self._server.admit():
            self._transport.abort()
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._arm()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._timer is None and not self._in_request:
            self._arm()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._server.release()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def request_arrived(self) -> None:
        self._in_request = True
        self._disarm()

    def request_answered(self) -> None:
        self._in_request = False

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._deadline_s, self._transport.abort)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


@web.middleware
async def _note_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stop the header's deadline, and turn what aiohttp raises into problem details."""
    transport = request.transport
    protocol: Any = transport.get_protocol() if transport is not None else None
    if not isinstance(protocol, _Deadline):  # an in-process test client
        return await _as_problem(request, handler)
    protocol.request_arrived()
    try:
        return await _as_problem(request, handler)
    finally:
        protocol.request_answered()


async def _as_problem(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        status = HTTPStatus(error.status)
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return problem_response(
            status, status.phrase.lower().replace(" ", "_"), str(error.reason), headers
        )
    except Exception as error:  # noqa: BLE001 -- a mistake of ours: the peer learns nothing of it
        _tell_mistake(error)
        return problem(Permanent(Reason.INTERNAL_ERROR, "this is our mistake; our log says more"))


def _tell_mistake(error: Exception) -> None:
    """Where it happened and of which type; its words may hold what the request held."""
    steps = [
        f"{frame.f_globals.get('__name__')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    log.critical(
        "a request failed by a mistake of ours",
        extra={"event": "request.failed", "error": type(error).__name__, "steps": steps[-12:]},
    )


class RequestRefused(Permanent):
    """The request itself is not acceptable, whatever it asks for."""


async def read_body(
    request: web.Request, most_bytes: int, deadline_s: float = BODY_DEADLINE_S
) -> bytes:
    """The whole body. Raises `RequestRefused` with TOO_LARGE, TOO_SLOW or INCOMPLETE."""
    too_large = RequestRefused(Reason.TOO_LARGE, f"the body is larger than {most_bytes} bytes")
    if (request.content_length or 0) > most_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(deadline_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most_bytes:
                    raise too_large
    except TimeoutError as error:
        detail = f"the body did not come within {deadline_s:g} s"
        raise RequestRefused(Reason.TOO_SLOW, detail) from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise RequestRefused(Reason.INCOMPLETE, "the body broke off or is malformed") from error
    return bytes(body)
