"""Builds order-ingest from its settings, and starts and stops its parts in order."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bonfire import config
from bonfire.broker import Broker, topology
from bonfire.chassis import Chassis
from bonfire.clock import Clock
from bonfire.identity import Identity
from bonfire.tasks import Tasks
from bonfire.tokens import Tokens
from bonfire.web.server import HttpServer
from order_ingest.api import openapi
from order_ingest.api.orders import OrdersDoor
from order_ingest.api.retry import RetryDesk
from order_ingest.api.webhook import WixDoor
from order_ingest.confirmations import Confirmations
from order_ingest.desk import Desk
from order_ingest.forgetting import Forgetting
from order_ingest.ledger.sqlite import MIGRATIONS, SqliteLedger
from order_ingest.letters import Letters
from order_ingest.lookout import Lookout
from order_ingest.metrics import IngestMetrics, LedgerSeries
from order_ingest.settings import Settings
from order_ingest.wix.keys import read_public_keys
from order_ingest.wix.token import TokenVerifier


class App:
    """Implements `bonfire.lifecycle.Service`."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, broker: Broker | None = None
    ) -> None:
        """`clock` and `broker` are for tests. Raises `Permanent` on an unusable configuration."""
        self._settings = settings
        self._config = config.load(settings.config)
        self._chassis = chassis = Chassis(
            Identity("order-ingest", "order-ingest"),
            settings.chassis,
            migrations=MIGRATIONS,
            topology=topology.for_agents(self._config.agents),
            lanes=self._config.agents,
            problems=self._problems,
            standing=lambda: self._lookout.standing(),
            clock=clock,
            broker=broker,
        )
        self._clock = chassis.clock
        locations = [location.id for location in self._config.locations]
        self._metrics = IngestMetrics(chassis.registry, locations)
        series = LedgerSeries(chassis.registry, locations)
        self._ledger = SqliteLedger(chassis.store)
        self._desk = Desk(self._config, self._ledger, chassis.outbox, self._clock, self._metrics)
        self._confirmations = Confirmations(
            chassis.broker, self._ledger, chassis.teller, self._clock, self._metrics
        )
        self._letters = Letters(
            chassis.broker,
            self._config,
            self._ledger,
            chassis.teller,
            self._clock,
            self._metrics,
            series,
        )
        self._lookout = Lookout(self._ledger, series, self._clock)
        RetryDesk(self._config, self._ledger, chassis.outbox, chassis.teller, self._clock).add_to(
            chassis.ops
        )
        self._forgetting = Forgetting(self._ledger, self._clock)
        self._public = HttpServer(
            self._doors(), settings.host, settings.port, on_malformed=self._metrics.malformed
        )

    @property
    def port(self) -> int:
        return self._public.port

    @property
    def ops_port(self) -> int:
        return self._chassis.ops.port

    async def start(self, tasks: Tasks) -> None:
        await self._chassis.open()
        await self._lookout.look()  # before the first heartbeat
        await self._public.start()
        await self._chassis.start(tasks)
        tasks.spawn("confirmations", self._confirmations.inbox.run)
        for queue, inbox in self._letters.inboxes.items():
            tasks.spawn(f"letters {queue}", inbox.run)
        tasks.spawn("lookout", self._lookout.run)
        tasks.spawn("forgetting", self._forgetting.run)

    async def drain(self) -> None:
        await self._chassis.drain(
            self._public.stop, self._confirmations.inbox.stop, self._letters.stop
        )

    async def close(self) -> None:
        await self._chassis.close()

    def _problems(self) -> Sequence[str]:
        """What keeps orders from being accepted. Without the broker they wait in the outbox."""
        problems = []
        if self._config.wix.instances and not self._settings.wix_public_key:
            problems.append("[wix] is configured, and BONFIRE_WIX_PUBLIC_KEY_FILE is not set")
        if self._desk.overfull:
            problems.append("too many messages wait for the broker")
        return problems

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
