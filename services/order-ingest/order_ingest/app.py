"""Builds order-ingest from its settings, and starts and stops its parts in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from aiohttp import web

from bonfire import config, metrics
from bonfire.broker import Broker, topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import Clock, SystemClock
from bonfire.errors import Permanent, Reason
from bonfire.inbox import until_on_disk
from bonfire.lifecycle import Tasks
from bonfire.ops_api import OpsApi
from bonfire.outbox import Outbox
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from bonfire.tokens import Tokens
from bonfire.topology_watch import TopologyWatch
from bonfire.web.server import HttpServer
from order_ingest.api import openapi
from order_ingest.api.orders import OrdersDoor
from order_ingest.api.webhook import WixDoor
from order_ingest.confirmations import Confirmations
from order_ingest.desk import Desk
from order_ingest.ledger.sqlite import MIGRATIONS, SqliteLedger
from order_ingest.metrics import IngestMetrics
from order_ingest.settings import Settings
from order_ingest.wix.keys import read_public_keys
from order_ingest.wix.token import TokenVerifier

# Wix repeats a webhook for two days; its event ids are remembered for a week more than that needs.
REMEMBER_EVENTS: Final = timedelta(days=9)
FORGET_EVERY_S: Final = 3_600.0


class App:
    """Implements `bonfire.lifecycle.Service`."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, broker: Broker | None = None
    ) -> None:
        """`clock` and `broker` are for tests. Raises `Permanent` on an unusable configuration."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._config = config.load(settings.config)
        registry = metrics.new_registry("order-ingest")
        locations = [location.id for location in self._config.locations]
        self._metrics = IngestMetrics(registry, locations, self._config.agents)
        rng = random.Random()  # noqa: S311 -- jitter, no secret
        self._broker = broker or RabbitBroker(
            settings.amqp_url, name="order-ingest", clock=self._clock, rng=rng
        )
        self._store = Store(settings.ledger, read_migrations(MIGRATIONS))
        self._outbox = Outbox(
            self._store,
            self._broker,
            self._clock,
            self._config.agents,
            self._metrics.outbox,
            rng,
        )
        self._ledger = SqliteLedger(self._store)
        self._desk = Desk(self._config, self._ledger, self._outbox, self._clock, self._metrics)
        self._metrics.broker.connected.set_function(lambda: float(self._broker.connected))
        self._topology = TopologyWatch(
            self._broker,
            topology.for_agents(self._config.agents),
            self._clock,
            self._metrics.broker,
        )
        self._confirmations = Confirmations(self._broker, self._ledger, self._clock, self._metrics)
        self._public = HttpServer(
            self._doors(), settings.host, settings.port, on_malformed=self._metrics.malformed
        )
        self._ops = OpsApi(settings.ops_host, settings.ops_port, registry, self.unready)

    @property
    def port(self) -> int:
        return self._public.port

    @property
    def ops_port(self) -> int:
        return self._ops.port

    def unready(self) -> Sequence[str]:
        """What keeps orders from being accepted. Without the broker they wait in the outbox."""
        problems = []
        if self._store.problem is not None:
            problems.append(f"the ledger cannot be written: {self._store.problem}")
        if self._config.wix.instances and not self._settings.wix_public_key:
            problems.append("[wix] is configured, and BONFIRE_WIX_PUBLIC_KEY_FILE is not set")
        if self._desk.overfull:
            problems.append("too many messages wait for the broker")
        return problems

    async def start(self, tasks: Tasks) -> None:
        self._store.open()
        await self._outbox.load()
        await self._broker.start()
        for name, function in self._outbox.tasks().items():
            tasks.spawn(name, function)
        tasks.spawn("confirmations", self._confirmations.inbox.run)
        tasks.spawn("forgetting", self._forget)
        tasks.spawn("topology", self._topology.run)
        await self._public.start()
        await self._ops.start()

    async def drain(self) -> None:
        await self._public.stop()
        await self._confirmations.inbox.stop()

    async def close(self) -> None:
        await self._ops.stop()
        await self._broker.close()
        await self._store.close()

    def _doors(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/openapi.json", openapi.serve)
        WixDoor(self._verifier(), self._config, self._desk, self._clock, self._metrics).add_to(app)
        if self._settings.api_tokens is not None:
            tokens = Tokens.read(self._settings.api_tokens)
            OrdersDoor(
                tokens, self._config, self._desk, self._ledger, self._clock, self._metrics
            ).add_to(app)
        return app

    def _verifier(self) -> TokenVerifier | None:
        pem = self._settings.wix_public_key
        return TokenVerifier(read_public_keys(pem.encode())) if pem else None

    async def _forget(self) -> None:
        while True:
            await until_on_disk(self._forget_old_events, self._clock)
            await self._clock.sleep(FORGET_EVERY_S)

    async def _forget_old_events(self) -> None:
        await self._ledger.forget(self._clock.now() - REMEMBER_EVENTS)


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
