"""The operations port of each service: is it alive, is it ready, what does it measure.

Liveness never asks the broker or a printer: a restart would not bring them back, and would cost
the tickets in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from bonfire.web.guard import Limits
from bonfire.web.server import HttpServer

Problems = Callable[[], Sequence[str]]

# Probes and a scraper; a flood here must not take the file descriptors of the public port.
LIMITS: Final = Limits(connections=64)


class OpsApi:
    """Serves `/livez`, `/readyz` and `/metrics`."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, unready: Problems
    ) -> None:
        """`unready` tells, in words, what keeps the service from its work; nothing means ready."""
        self._unready = unready
        app = web.Application()
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", make_aiohttp_handler(registry))
        self._server = HttpServer(app, host, port, LIMITS)

    @property
    def port(self) -> int:
        return self._server.port

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        problems = list(self._unready())
        body = {"status": "unready" if problems else "ready", "problems": problems}
        return web.json_response(body, status=503 if problems else 200)
