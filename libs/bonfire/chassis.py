"""What every service is built on: store, outbox, broker, its own life told, the operations port.

A service composes it, adds what makes it this service, and passes its steps on: `open`, `start`,
`drain`, `close`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire import metrics
from bonfire.broker import Broker
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.broker.topology import Topology
from bonfire.clock import Clock, SystemClock
from bonfire.errors import Reason
from bonfire.health import Health
from bonfire.health.faults import add_faults
from bonfire.heartbeat import Heartbeats, Standing
from bonfire.identity import Identity
from bonfire.messages import Ending, Heartbeat
from bonfire.ops_api import OpsApi
from bonfire.outbox import Outbox
from bonfire.runs import Runs
from bonfire.settings import Environment
from bonfire.store import Store, StoreError
from bonfire.store.migrations import read_migrations
from bonfire.tasks import Tasks
from bonfire.teller import LANE, Teller
from bonfire.tokens import Tokens
from bonfire.topology_watch import TopologyWatch

LAST_WORDS_S: Final = 1.0
"""How long a stop waits for the broker to take the last events."""


@dataclass(frozen=True, slots=True)
class ChassisSettings:
    store: Path
    amqp_url: str
    ops_host: str
    ops_port: int
    ops_tokens: Path | None = None  # None: whatever needs a token answers 403
    fault_injection: bool = False  # for tests only


def read_chassis_settings(environment: Environment, store: str, ops_port: int) -> ChassisSettings:
    """`store` is the file's name in the folder of data. `Environment.check` tells mistakes."""
    tokens = environment.text("OPS_TOKENS_FILE", "")
    return ChassisSettings(
        store=environment.path("DATA") / store,
        amqp_url=environment.secret("AMQP_URL"),
        ops_host=environment.text("OPS_HOST", "127.0.0.1"),
        ops_port=environment.integer("OPS_PORT", ops_port, 0, 65_535),
        ops_tokens=Path(tokens) if tokens else None,
        fault_injection=environment.integer("FAULT_INJECTION", 0, 0, 1) == 1,
    )


class Chassis:
    """Raises `Permanent` where the settings cannot be used."""

    def __init__(
        self,
        identity: Identity,
        settings: ChassisSettings,
        *,
        migrations: str,
        topology: Topology,
        lanes: Iterable[str] = (),
        problems: Callable[[], Sequence[str]],
        standing: Callable[[], Standing] = Standing,
        clock: Clock | None = None,
        broker: Broker | None = None,
    ) -> None:
        """`migrations` is a package, `lanes` are those of the outbox beside `@events`.

        `problems` tells in words what keeps the service from its work, beside a store that refuses
        writes; `standing` what its heartbeats say. Both are called again and again, but not before
        `start`. `clock` and `broker` are for tests.
        """
        self.identity = identity
        self.clock = clock or SystemClock()
        self.rng = random.Random()  # noqa: S311 -- jitter, no secret
        self.registry = metrics.new_registry(identity.service)
        self.broker = broker or RabbitBroker(
            settings.amqp_url, name=identity.name, clock=self.clock, rng=self.rng
        )
        self.store = Store(settings.store, read_migrations(migrations))
        self._store_name = settings.store.stem
        lanes = (LANE, *lanes)
        series = metrics.OutboxSeries(self.registry, lanes)
        self.outbox = Outbox(self.store, self.broker, self.clock, lanes, series, self.rng)
        self.teller = Teller(self.store, self.outbox)
        self.health = self._health()
        self.ops = self._ops(settings)
        self._problems = problems
        self._standing = standing
        self._runs = Runs(identity, self.store, self.clock, self.teller.woke)
        self._heartbeats = Heartbeats(self.broker, self.clock, self._heartbeat)
        self._series = metrics.ServiceSeries(self.registry)
        self._series.ready.set_function(lambda: float(not self.unready()))
        broker_series = metrics.BrokerSeries(self.registry)
        broker_series.connected.set_function(lambda: float(self.broker.connected))
        self._topology = TopologyWatch(self.broker, topology, self.clock, broker_series)
        self._tasks: Tasks | None = None
        self._opened = AsyncExitStack()

    def unready(self) -> Sequence[str]:
        """What keeps the service from its work, in words; nothing means ready."""
        if self._tasks is None:
            return ["it is still starting"]
        refused = self.store.problem
        ours = [f"the {self._store_name} cannot be written: {refused}"] if refused else []
        return [*ours, *self._problems()]

    async def open(self) -> None:
        """Open the store and the operations port. Raises `Permanent`, or `StoreError`."""
        self._opened.callback(self.health.stop)  # after all else: what hangs until then is noticed
        self.store.open()
        self._opened.push_async_callback(self.store.close)
        await self.outbox.load()
        await self.ops.start()
        self._opened.push_async_callback(self.ops.stop)

    async def start(self, tasks: Tasks) -> None:
        """Begin: from now on this is a run. Whatever else may fail to start comes before it."""
        self._tasks = tasks
        self.health.start(tasks)
        self._started_at = self.clock.now()
        self._series.started.set(self._started_at.timestamp())
        await self.broker.start()
        self._opened.push_async_callback(self.broker.close)
        tasks.spawn("broker", self.broker.watch, restartable=False)
        for name, function in self.outbox.tasks().items():
            tasks.spawn(name, function)
        tasks.spawn("topology", self._topology.run)
        tasks.spawn("run", self._runs.run)
        tasks.spawn("heartbeat", self._heartbeats.run)

    async def drain(self, *steps: Callable[[], Awaitable[None]]) -> None:
        """Tell that we stop, do the service's own steps one by one, let the events get out."""
        _, reason, detail = self._ending()
        with suppress(StoreError):  # to stop is more important than to tell
            await self._runs.stopping(reason, detail)
        for step in steps:
            await step()
        if self.broker.connected:
            await self.outbox.wait_published(LANE, LAST_WORDS_S)

    async def close(self) -> None:
        """Let go of everything; also after an `open` or `start` that failed half-way."""
        if self._tasks is not None:
            with suppress(StoreError):  # then the next start says that we crashed
                await self._runs.ended(*self._ending())
        await self._opened.aclose()

    def _ending(self) -> tuple[Ending, Reason | None, str]:
        if self._tasks is None or self._tasks.dead is None:
            return Ending.STOPPED, None, ""
        return Ending.RESTART, Reason.INTERNAL_ERROR, self._tasks.why

    def _health(self) -> Health:
        return Health(
            self.identity,
            self.registry,
            self.clock,
            unready=self.unready,
            store_problem=lambda: self.store.problem,
            tell=self.teller.tell,
        )

    def _ops(self, settings: ChassisSettings) -> OpsApi:
        tokens = settings.ops_tokens
        ops = OpsApi(
            settings.ops_host,
            settings.ops_port,
            self.registry,
            self.unready,
            unalive=self.health.unalive,
            tokens=Tokens.read(tokens, scoped=True) if tokens is not None else None,
            clock=self.clock,
        )
        self.health.add_to(ops)
        if settings.fault_injection:
            add_faults(ops)
        return ops

    def _heartbeat(self) -> Heartbeat:
        standing = self._standing()
        return Heartbeat(
            started_at=self._started_at,
            journal=standing.journal,
            problems=tuple(self.unready()),
            printers=standing.printers,
            backlog=standing.backlog,
            oldest_waiting_at=standing.oldest_waiting_at,
            **self.identity.sign(self.clock.now()),
        )
