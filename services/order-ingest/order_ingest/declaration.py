"""`order-ingest declare`: creates what the broker lacks."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from bonfire import config
from bonfire.broker import topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import Clock
from bonfire.errors import Permanent, Reason


async def declare(file: Path, amqp_url: str, clock: Clock, seconds: float) -> str:
    """Create the broker's objects for every print host; returns what to tell the operator."""
    agents = config.load(file).agents
    wanted = topology.for_agents(agents)
    broker = RabbitBroker(
        amqp_url,
        name="order-ingest declare",
        clock=clock,
        rng=random.Random(),  # noqa: S311 -- jitter, no secret
        most_reconnect_s=0.5,  # somebody waits for this
    )
    await broker.start()
    try:
        async with asyncio.timeout(seconds):
            await broker.wait_connected()
            before = await broker.missing(wanted)
            await broker.declare(wanted)
    except TimeoutError as error:
        raise Permanent(
            Reason.BROKER_UNAVAILABLE, f"no answer from the broker within {seconds:g} s"
        ) from error
    finally:
        await broker.close()
    return f"created: {', '.join(before)}" if before else "everything exists already"
