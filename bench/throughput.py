"""Orders taken in per second, in turns with a handler that only publishes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bench.bare import KEYS
from bench.figures import Figure
from bench.http_client import post_all, post_request
from bench.orders import webhooks
from bench.processes import MeasurementFailed
from bench.queues import Queues, connected
from bench.site import AGENTS, LOCATIONS, Site
from dev_stack.ports import is_free

CONNECTIONS: Final = 24
ORDERS_PER_ROUND: Final = 2_000
MOST_ROUNDS: Final = 4
_WARM_UP: Final = 200
_ROUND_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Round:
    """Per second: orders answered with 200, orders that were on the broker in the end, and what
    the bare handler published just afterwards."""

    accepted: float
    drained: float
    bare: float


async def measure(site: Site, seconds: float) -> list[Figure]:
    """Eight restaurants' orders, their queues filling up; nobody prints meanwhile."""
    async with (
        connected(site.amqp_url) as queues,
        site.ingest("throughput") as ingest,
        site.bare() as bare,
    ):
        await ingest.until_ready(site.ingest_ops_port)
        await bare.until(lambda: not is_free(site.bare_port), _ROUND_TIMEOUT_S, 0.05)
        rounds = await _rounds(site, queues, seconds)
        rss_mb = ingest.rss_mb()
    note = f"{len(rounds)} rounds of {ORDERS_PER_ROUND}, {CONNECTIONS} connections"
    orders = f"after {len(rounds) * ORDERS_PER_ROUND} orders"
    return [*_figures(rounds, note), Figure("order_ingest_rss", rss_mb, "MB", "<= 70", orders)]


async def _rounds(site: Site, queues: Queues, seconds: float) -> list[Round]:
    deadline = time.monotonic() + seconds
    bodies = webhooks(site.key, LOCATIONS)
    await _round(site, queues, list(islice(bodies, _WARM_UP)))
    rounds: list[Round] = []
    while not rounds or (len(rounds) < MOST_ROUNDS and time.monotonic() < deadline):
        rounds.append(await _round(site, queues, list(islice(bodies, ORDERS_PER_ROUND))))
    return rounds


async def _round(site: Site, queues: Queues, bodies: Sequence[bytes]) -> Round:
    count = len(bodies)
    signed = [post_request("/webhooks/wix", body) for body in bodies]
    started, answered = await post_all(site.public_port, signed, CONNECTIONS, _ROUND_TIMEOUT_S)
    drained = await _drained(queues, AGENTS, count)
    await queues.purge(AGENTS)
    plain = [post_request("/", body) for body in bodies]
    began, ended = await post_all(site.bare_port, plain, CONNECTIONS, _ROUND_TIMEOUT_S)
    await _drained(queues, KEYS, count)
    await queues.purge(KEYS)
    return Round(count / (answered - started), count / (drained - started), count / (ended - began))


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
    def median(values: Sequence[float]) -> float:
        return statistics.median(values)

    return [
        Figure("orders_accepted", median([one.accepted for one in rounds]), "1/s", note=note),
        Figure("orders_drained", median([one.drained for one in rounds]), "1/s", note=note),
        Figure("bare_handler", median([one.bare for one in rounds]), "1/s", note=note),
        Figure(
            "accepted_of_bare", median([one.accepted / one.bare for one in rounds]), "", ">= 0.7"
        ),
        Figure("drained_of_bare", median([one.drained / one.bare for one in rounds]), "", ">= 0.5"),
    ]
