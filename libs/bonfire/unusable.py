"""A service that cannot start stays up and says why, until somebody has mended it (docs/adr/0011).

Its operations port tells probes, scrapers and people; an exit would tell nobody but the log.
"""

from __future__ import annotations

import logging
from typing import Final

from bonfire import metrics
from bonfire.errors import BonfireError, Reason
from bonfire.ops_api import OpsApi
from bonfire.settings import Environment

log = logging.getLogger(__name__)

RETRY_EVERY_S: Final = 15.0


class Unusable:
    """What a process is while its service cannot start."""

    def __init__(self, service: str, host: str, port: int) -> None:
        self._service = service
        self._host = host
        self._port = port
        self._ops: OpsApi | None = None
        self._told: tuple[Reason, str] | None = None

    @classmethod
    def at(cls, environment: Environment, service: str, ops_port: int) -> Unusable:
        """On the operations port of these settings, which may be unusable themselves."""
        host = environment.text("OPS_HOST", "127.0.0.1")
        return cls(service, host, environment.integer("OPS_PORT", ops_port, 0, 65_535))

    async def tell(self, error: BonfireError) -> None:
        """Say what is wrong on the port, and in the log where that is news.

        Raises `bonfire.web.server.PortTaken`.
        """
        news = (error.reason, error.detail)
        if news != self._told:
            log.critical(
                "cannot start; it is tried again until somebody has mended it",
                extra={
                    "event": "service.unusable",
                    "reason": error.reason.value,
                    "detail": error.detail,
                },
            )
        self._told = news
        if self._ops is None:
            ops = self._new_ops()
            await ops.start()
            self._ops = ops

    async def step_aside(self) -> None:
        """Leave the port to the service, or to nobody."""
        if self._ops is not None:
            await self._ops.stop()
            self._ops = None

    def _new_ops(self) -> OpsApi:
        registry = metrics.new_registry(self._service)
        metrics.ServiceSeries(registry).unusable.set(1)
        return OpsApi(self._host, self._port, registry, self._problems)

    def _problems(self) -> list[str]:
        return [self._told[1]] if self._told else []
