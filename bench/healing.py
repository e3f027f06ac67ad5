"""How soon a hung process shows, and how soon a new one works."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import aiohttp

from bench.figures import Figure
from bench.printer import fast_printer
from bench.processes import MeasurementFailed
from bench.site import Site
from dev_stack.ports import HOST

# As deploy/k3s asks: a probe that is not answered in this time has failed.
PROBE_TIMEOUT_S: Final = 2.0
_PROBE_EVERY_S: Final = 0.1
_BLOCKED_S: Final = 6


async def measure(site: Site, _seconds: float) -> list[Figure]:
    """The print-agent: its loop blocked on purpose, then the process killed and started again."""
    async with fast_printer(site.printer_port):
        async with site.agent("healing") as agent, aiohttp.ClientSession() as http:
            await agent.until_ready(site.agent_ops_port)
            failing_s = await _until_probe_fails(http, site)
            agent.process.kill()
            killed_at = time.monotonic()
            await agent.process.wait()
        async with site.agent("healing") as agent:
            await agent.until_ready(site.agent_ops_port)
            ready_s = time.monotonic() - killed_at
    every = f"a probe each {_PROBE_EVERY_S:g} s that waits {PROBE_TIMEOUT_S:g} s"
    return [
        Figure("blocked_loop_to_failing_probe", failing_s, "s", "", every),
        Figure("killed_to_ready", ready_s, "s", "", "with its journal, restarted at once"),
    ]


async def _until_probe_fails(http: aiohttp.ClientSession, site: Site) -> float:
    base = f"http://{HOST}:{site.agent_ops_port}"
    headers = {"Authorization": f"Bearer {site.ops_token}"}
    params = {"seconds": str(_BLOCKED_S)}
    async with http.post(f"{base}/faults/block-loop", params=params, headers=headers) as answer:
        if answer.status != 202:
            raise MeasurementFailed(f"the loop was not blocked: {answer.status}")
    blocked_at = time.monotonic()
    while time.monotonic() < blocked_at + _BLOCKED_S:
        if not await _lives(http, f"{base}/livez"):
            return time.monotonic() - blocked_at
        await asyncio.sleep(_PROBE_EVERY_S)
    raise MeasurementFailed("no probe failed while the loop was blocked")


async def _lives(http: aiohttp.ClientSession, url: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
    try:
        async with http.get(url, timeout=timeout) as answer:
            return answer.status == 200
    except TimeoutError:
        return False
