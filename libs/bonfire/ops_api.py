"""The operations port of each service: is it alive, is it ready, what does it measure.

Liveness never asks the broker or a printer: a restart would not bring them back, and would cost
the tickets in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from bonfire.clock import Clock, SystemClock
from bonfire.tokens import Scope, Tokens
from bonfire.web.doorkeeper import Doorkeeper
from bonfire.web.guard import Limits
from bonfire.web.server import HttpServer

Problems = Callable[[], Sequence[str]]

# Probes and a scraper; a flood here must not take the file descriptors of the public port.
LIMITS: Final = Limits(connections=64)


class OpsApi:
    """Serves `/livez`, `/readyz` and `/metrics` to everybody, the rest to who has a token."""

    def __init__(
        self,
        host: str,
        port: int,
        registry: CollectorRegistry,
        unready: Problems,
        *,
        unalive: Problems = tuple,
        tokens: Tokens | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`unready` tells, in words, what keeps the service from its work; nothing means ready.

        `unalive` tells what only a new process can mend. Without `tokens` nobody gets more.
        """
        self._unready = unready
        self._unalive = unalive
        self._doorkeeper = Doorkeeper(tokens, clock or SystemClock())
        self._app = web.Application()
        self._app.router.add_get("/livez", self._livez)
        self._app.router.add_get("/readyz", self._readyz)
        self._app.router.add_get("/metrics", make_aiohttp_handler(registry))
        self._server = HttpServer(self._app, host, port, LIMITS)

    @property
    def port(self) -> int:
        return self._server.port

    def add_get(self, path: str, handler: Handler, scope: Scope = Scope.READ) -> None:
        """Before `start`. A `BonfireError` that the handler raises becomes a problem detail."""
        self._app.router.add_get(path, self._doorkeeper.reading(handler, scope))

    def add_post(self, path: str, handler: Handler, scope: Scope = Scope.OPERATE) -> None:
        """As `add_get`, for what changes something: audited, and bounded in its rate.

        The handler finds who asks in `request[bonfire.web.doorkeeper.CALLER]`.
        """
        self._app.router.add_post(path, self._doorkeeper.changing(handler, scope))

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    async def _livez(self, _request: web.Request) -> web.Response:
        return _probe("alive", "not alive", self._unalive())

    async def _readyz(self, _request: web.Request) -> web.Response:
        return _probe("ready", "unready", self._unready())


def _probe(good: str, bad: str, problems: Sequence[str]) -> web.Response:
    body = {"status": bad if problems else good, "problems": list(problems)}
    return web.json_response(body, status=503 if problems else 200)
