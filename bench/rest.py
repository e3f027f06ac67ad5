"""What the services cost while nothing happens, and how long it takes to end them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

import aiohttp

from bench.figures import Figure, percentile
from bench.printer import fast_printer
from bench.processes import Running
from bench.site import Site
from dev_stack.ports import HOST
from mail_sink.sink import MailSink

SCRAPES: Final = 30
IDLE_S: Final = 20.0
_SETTLE_S: Final = 3.0
# As a scraper does, not one after the other without a pause.
_BETWEEN_SCRAPES_S: Final = 0.05

Named = Sequence[tuple[str, Running, int]]


async def measure(site: Site, seconds: float) -> list[Figure]:
    """All three services beside a printer, a mail server and a broker, and no order."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fast_printer(site.printer_port))
        await stack.enter_async_context(MailSink(port=site.smtp_port))
        services: Named = [
            (name, await stack.enter_async_context(start("rest")), port)
            for name, start, port in (
                ("order_ingest", site.ingest, site.ingest_ops_port),
                ("print_agent", site.agent, site.agent_ops_port),
                ("notifier", site.notifier, site.notifier_ops_port),
            )
        ]
        for _, service, port in services:
            await service.until_ready(port)
        await asyncio.sleep(_SETTLE_S)
        figures = await _idle(services, min(IDLE_S, seconds))
        figures += await _scrapes(services)
        figures += [await _stopped(name, service) for name, service, _ in services]
    return figures


async def _idle(services: Named, seconds: float) -> list[Figure]:
    before = [service.cpu_s() for _, service, _ in services]
    await asyncio.sleep(seconds)
    shares = [
        (service.cpu_s() - was) / seconds * 100
        for (_, service, _), was in zip(services, before, strict=True)
    ]
    rss_mb = [service.rss_mb() for _, service, _ in services]
    note = f"over {seconds:g} s, without an order"
    figures = []
    for (name, _, _), share, rss in zip(services, shares, rss_mb, strict=True):
        figures.append(Figure(f"{name}_idle_cpu", share, "% of a processor", "", note))
        figures.append(Figure(f"{name}_idle_rss", rss, "MB"))
    figures.append(Figure("all_services_idle_cpu", sum(shares), "% of a processor"))
    figures.append(Figure("all_services_idle_rss", sum(rss_mb), "MB"))
    return figures


async def _scrapes(services: Named) -> list[Figure]:
    async with aiohttp.ClientSession() as http:
        return [await _scrape(http, name, port) for name, _, port in services]


async def _scrape(http: aiohttp.ClientSession, name: str, port: int) -> Figure:
    took_ms, size = [], 0
    for _ in range(SCRAPES):
        started = time.monotonic()
        async with http.get(f"http://{HOST}:{port}/metrics") as answer:
            size = len(await answer.read())
        took_ms.append((time.monotonic() - started) * 1e3)
        await asyncio.sleep(_BETWEEN_SCRAPES_S)
    note = f"median of {SCRAPES}, {size / 1e3:.0f} kB"
    return Figure(f"{name}_scrape", percentile(took_ms, 0.5), "ms", "", note)


async def _stopped(name: str, service: Running) -> Figure:
    started = time.monotonic()
    service.process.terminate()
    await service.process.wait()
    return Figure(f"{name}_stop", time.monotonic() - started, "s", "", "from SIGTERM, idle")
