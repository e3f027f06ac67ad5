"""Tickets per second at a printer that takes no time."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from bench.figures import Figure
from bench.orders import first_job, numbered, small_order
from bench.printer import fast_printer
from bench.processes import MeasurementFailed
from bench.queues import connected
from bench.site import AGENTS, Site
from bonfire import config

TICKETS: Final = 1_500
_WARM_UP: Final = 100


async def measure(site: Site, seconds: float) -> list[Figure]:
    """One agent starts with a backlog in its queue and prints it on one printer."""
    job = first_job(small_order(), config.load(site.config))
    async with connected(site.amqp_url) as queues, fast_printer(site.printer_port) as printer:
        await queues.purge(AGENTS[:1])
        await queues.put(AGENTS[0], numbered(job, TICKETS))
        async with site.agent("tickets") as agent:
            await printer.wait_for(_WARM_UP, seconds)
            cpu_before_s = agent.cpu_s()
            with suppress(TimeoutError):  # a slow machine prints fewer in the time that there is
                await printer.wait_for(TICKETS, seconds)
            counted = printer.tickets[_WARM_UP:]
            cpu_ms = (agent.cpu_s() - cpu_before_s) / len(counted) * 1e3
            rss_mb = agent.rss_mb()
    if len(printer.tickets) > TICKETS:
        raise MeasurementFailed(f"{TICKETS} jobs became {len(printer.tickets)} tickets")
    rate = (len(counted) - 1) / (counted[-1].printed_at - counted[0].printed_at)
    note = f"{len(counted)} tickets of {counted[0].size_bytes} bytes"
    return [
        Figure("tickets", rate, "1/s", ">= 250", note),
        Figure("cpu_per_ticket", cpu_ms, "ms"),
        Figure(
            "print_agent_rss", rss_mb, "MB", "<= 70", f"after {_WARM_UP + len(counted)} tickets"
        ),
    ]
