"""What both doors do around each request: time it, and count and tell what was refused."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from aiohttp import web

from bonfire.clock import Clock
from bonfire.errors import BonfireError, Reason
from bonfire.web.problem import problem
from order_ingest.metrics import Door, IngestMetrics

log = logging.getLogger(__name__)


class Reception:
    """Stands before one door. Neither its log lines nor its metrics hold anything of a request."""

    def __init__(self, door: Door, clock: Clock, metrics: IngestMetrics) -> None:
        self._door = door
        self._clock = clock
        self._metrics = metrics

    async def answer(self, handled: Awaitable[web.Response]) -> web.Response:
        started = self._clock.monotonic()
        try:
            return await handled
        except BonfireError as error:
            self.refuse(error.reason)
            return problem(error)
        except Exception:
            self.refuse(Reason.INTERNAL_ERROR)
            raise  # the server answers it, and logs where it happened
        finally:
            self._metrics.answered(self._door, self._clock.monotonic() - started)

    def refuse(self, reason: Reason) -> None:
        """Count a request of which nothing is stored."""
        self._metrics.refused(self._door, reason)
        log.warning(
            "a request was refused",
            extra={"event": "request.refused", "door": self._door.value, "reason": reason.value},
        )
