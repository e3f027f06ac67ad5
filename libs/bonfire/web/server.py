"""An aiohttp server whose every wait has an end, and whose every error is a problem detail."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bonfire.errors import Permanent, Reason
from bonfire.web.guard import Gate, Guard, Limits
from bonfire.web.problem import problem, problem_response

log = logging.getLogger(__name__)

BODY_DEADLINE_S: Final = 5.0
FINISH_DEADLINE_S: Final = 10.0


class PortTaken(Permanent):
    """Another program listens there."""


class _Protocol(web.RequestHandler):
    """aiohttp's, but for what it says to a peer that speaks no HTTP."""

    on_malformed: Callable[[], None]

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        self.on_malformed()
        answer = problem_response(
            HTTPStatus.BAD_REQUEST, "not_http", "this is no HTTP request that we can read"
        )
        answer.force_close()
        return answer


class HttpServer:
    """Serves one application on one port."""

    def __init__(
        self,
        app: web.Application,
        host: str,
        port: int,
        limits: Limits = Limits(),  # noqa: B008 -- frozen
        finish_deadline_s: float = FINISH_DEADLINE_S,
        on_malformed: Callable[[], None] = lambda: None,
    ) -> None:
        """Requests in hand at `stop` have `finish_deadline_s` to end.

        `on_malformed` hears of each peer that sent what is no HTTP: no handler ever sees that.
        """
        app.middlewares.insert(0, _note_request)
        self._runner = web.AppRunner(app, shutdown_timeout=finish_deadline_s)
        self._host = host
        self._port = port
        self._limits = limits
        self._gate = Gate(limits.connections)
        self._on_malformed = on_malformed

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
        protocol = _Protocol(
            self._runner.server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # means: no log
            keepalive_timeout=self._limits.keepalive_s,
        )
        protocol.on_malformed = self._on_malformed
        return Guard(protocol, self._gate, self._limits)


@web.middleware
async def _note_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stop the header's deadline, and turn what aiohttp raises into problem details."""
    transport = request.transport
    protocol: Any = transport.get_protocol() if transport is not None else None
    if not isinstance(protocol, Guard):  # the peer is gone already
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
    except (ConnectionError, RuntimeError, web.RequestPayloadError) as error:
        # RuntimeError is what aiohttp says when the peer had gone before we began to read.
        raise RequestRefused(Reason.INCOMPLETE, "the body broke off or is malformed") from error
    return bytes(body)
