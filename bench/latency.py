"""From a webhook to the first byte of its ticket, on a system that does nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bench.figures import Figure, percentile
from bench.http_client import post_once, post_request
from bench.orders import webhooks
from bench.printer import FastPrinter, fast_printer
from bench.site import Site

ORDERS: Final = 300
_WARM_UP: Final = 20
# After the agent has hung up: the outbox has deleted, the ledger has its events.
_PAUSE_S: Final = 0.02
_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Way:
    """Milliseconds since before the shop connected, until: its 200 was here, the agent connected
    to the printer, the ticket's first byte came."""

    answered_ms: float
    connected_ms: float
    first_byte_ms: float


async def measure(site: Site, seconds: float) -> list[Figure]:
    """One webhook at a time, each on a connection of its own, as from Wix."""
    async with (
        fast_printer(site.printer_port) as printer,
        site.agent("latency") as agent,
        site.ingest("latency") as ingest,
    ):
        await agent.until_ready(site.agent_ops_port)
        await ingest.until_ready(site.ingest_ops_port)
        bodies = webhooks(site.key, locations=1)
        for body in islice(bodies, _WARM_UP):
            await _one(site, printer, body)
        ways = await _many(site, printer, bodies, seconds)
    return _figures(ways, len(next(bodies)))


async def _many(
    site: Site, printer: FastPrinter, bodies: Iterator[bytes], seconds: float
) -> list[Way]:
    deadline = time.monotonic() + seconds
    ways: list[Way] = []
    while len(ways) < ORDERS and time.monotonic() < deadline:
        ways.append(await _one(site, printer, next(bodies)))
    return ways


async def _one(site: Site, printer: FastPrinter, body: bytes) -> Way:
    count = len(printer.tickets) + 1
    request = post_request("/webhooks/wix", body)
    started, answered = await post_once(site.public_port, request)
    await printer.wait_for(count, _TIMEOUT_S)
    await printer.wait_hung_up(_TIMEOUT_S)
    await asyncio.sleep(_PAUSE_S)
    ticket = printer.tickets[-1]
    moments = (answered, ticket.connected_at, ticket.first_byte_at)
    return Way(*((moment - started) * 1e3 for moment in moments))


def _figures(ways: Sequence[Way], size_bytes: int) -> list[Figure]:
    first_byte = [way.first_byte_ms for way in ways]
    answered = [way.answered_ms for way in ways]
    to_agent = [way.connected_ms - way.answered_ms for way in ways]
    at_printer = [way.first_byte_ms - way.connected_ms for way in ways]
    note = f"{len(ways)} webhooks of {size_bytes / 1e3:.1f} kB"
    return [
        Figure("webhook_first_byte_p50", percentile(first_byte, 0.5), "ms", "<= 10", note),
        Figure("webhook_first_byte_p99", percentile(first_byte, 0.99), "ms", "<= 40", note),
        Figure("webhook_answered_p50", percentile(answered, 0.5), "ms"),
        Figure("webhook_answered_p99", percentile(answered, 0.99), "ms"),
        Figure("stage_answer_to_printer_p50", percentile(to_agent, 0.5), "ms"),
        Figure("stage_printer_to_first_byte_p50", percentile(at_printer, 0.5), "ms"),
    ]
