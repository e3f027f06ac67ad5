"""How long a service takes until it is ready."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from bench.figures import Figure
from bench.printer import fast_printer
from bench.processes import Running
from bench.site import Site

STARTS: Final = 5
# What a service still does after its start, such as looking for the broker's queues.
_SETTLE_S: Final = 0.5


async def measure(site: Site, _seconds: float) -> list[Figure]:
    """From the start of the process to the first 200 of `/readyz`; broker and printer are there."""
    async with fast_printer(site.printer_port):
        ingest_s = await _median(site.ingest, site.ingest_ops_port)
        agent_s = await _median(site.agent, site.agent_ops_port)
    note = f"median of {STARTS} starts"
    return [
        Figure("order_ingest_ready", ingest_s, "s", "<= 1", note),
        Figure("print_agent_ready", agent_s, "s", "<= 1", note),
    ]


async def _median(
    start: Callable[[str], AbstractAsyncContextManager[Running]], ops_port: int
) -> float:
    took_s = []
    for number in range(STARTS):
        async with start(f"start-{number}") as service:
            took_s.append(await service.until_ready(ops_port))
            await asyncio.sleep(_SETTLE_S)
    return statistics.median(took_s)
