"""Orders taken in per second, in turns with a handler that only publishes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bench.bare import KEYS
from bench.figures import Figure
from bench.http_client import post_all, post_request
from bench.orders import webhooks
from bench.processes import MeasurementFailed, Running
from bench.queues import Queues, connected
from bench.site import AGENTS, LOCATIONS, Site
from dev_stack.ports import is_free

CONNECTIONS: Final = 24
ORDERS_PER_ROUND: Final = 1_500
MOST_ROUNDS: Final = 5
_WARM_UP: Final = 200
_ROUND_TIMEOUT_S: Final = 28.0


@dataclass(frozen=True, slots=True)
class Round:
    """Per second: orders answered with 200, orders that were on the broker in the end, and what
    the bare handler published just afterwards. And the processor's part of one, in ms."""

    accepted: float
    drained: float
    bare: float
    cpu_ms: float
    bare_cpu_ms: float


async def measure(site: Site, seconds: float) -> list[Figure]:
    """Eight restaurants' orders, their queues filling up; nobody prints meanwhile."""
    async with site.ingest("throughput") as ingest, site.bare() as bare:
        await ingest.until_ready(site.ingest_ops_port)
        await bare.until(lambda: not is_free(site.bare_port), _ROUND_TIMEOUT_S, 0.05)
        rounds = await _rounds(
            _Side(ingest, site.public_port, "/webhooks/wix", AGENTS),
            _Side(bare, site.bare_port, "/", KEYS),
            site,
            seconds,
        )
        rss_mb = ingest.rss_mb()
    note = f"{len(rounds)} rounds of {ORDERS_PER_ROUND}, {CONNECTIONS} connections"
    orders = f"after {len(rounds) * ORDERS_PER_ROUND} orders"
    return [*_figures(rounds, note), Figure("order_ingest_rss", rss_mb, "MB", "<= 70", orders)]


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two that take turns, and the print hosts whose queues it fills."""

    process: Running
    port: int
    path: str
    agents: Sequence[str]


async def _rounds(ours: _Side, bare: _Side, site: Site, seconds: float) -> list[Round]:
    deadline = time.monotonic() + seconds
    bodies = webhooks(site.key, LOCATIONS)
    rounds: list[Round] = []
    async with connected(site.amqp_url) as queues:
        for side in (ours, bare):
            await _fill(side, queues, list(islice(bodies, _WARM_UP)))
        while not rounds or (len(rounds) < MOST_ROUNDS and time.monotonic() < deadline):
            round_bodies = list(islice(bodies, ORDERS_PER_ROUND))
            accepted, drained, cpu_ms = await _fill(ours, queues, round_bodies)
            published, _, bare_cpu_ms = await _fill(bare, queues, round_bodies)
            rounds.append(Round(accepted, drained, published, cpu_ms, bare_cpu_ms))
    return rounds


async def _fill(side: _Side, queues: Queues, bodies: Sequence[bytes]) -> tuple[float, float, float]:
    """Answered and in the queues, both per second, and the processor's milliseconds for one."""
    count = len(bodies)
    requests = [post_request(side.path, body) for body in bodies]
    cpu_before_s = side.process.cpu_s()
    started, answered = await post_all(side.port, requests, CONNECTIONS, _ROUND_TIMEOUT_S)
    drained = await _drained(queues, side.agents, count)
    cpu_s = side.process.cpu_s() - cpu_before_s
    await queues.purge(side.agents)
    return count / (answered - started), count / (drained - started), cpu_s / count * 1e3


async def _drained(queues: Queues, agents: Sequence[str], count: int) -> float:
    """When all of them were in the queues; exactly all, or somebody has lost or invented one."""
    deadline = time.monotonic() + _ROUND_TIMEOUT_S
    while (there := await queues.count(agents)) < count:
        if time.monotonic() > deadline:
            raise MeasurementFailed(f"{there} of {count} orders have reached the broker")
        await asyncio.sleep(0.005)
    if there > count:
        raise MeasurementFailed(f"{count} orders became {there} messages")
    return time.monotonic()


def _figures(rounds: Sequence[Round], note: str) -> list[Figure]:
    def median(value: Callable[[Round], float]) -> float:
        return statistics.median(map(value, rounds))

    return [
        Figure("orders_accepted", median(lambda one: one.accepted), "1/s", note=note),
        Figure("orders_drained", median(lambda one: one.drained), "1/s", note=note),
        Figure("bare_handler", median(lambda one: one.bare), "1/s", note=note),
        Figure("accepted_of_bare", median(lambda one: one.accepted / one.bare), "", ">= 0.7"),
        Figure("drained_of_bare", median(lambda one: one.drained / one.bare), "", ">= 0.5"),
        Figure("cpu_per_order", median(lambda one: one.cpu_ms), "ms"),
        Figure("cpu_per_bare_request", median(lambda one: one.bare_cpu_ms), "ms"),
    ]
