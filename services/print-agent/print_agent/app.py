"""Builds an agent from its settings, and starts and stops its parts in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from functools import partial
from typing import Final

from bonfire import config, metrics
from bonfire.broker import Broker, topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import Clock, SystemClock
from bonfire.errors import Permanent, Reason
from bonfire.ops_api import OpsApi
from bonfire.outbox import Outbox
from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from bonfire.tasks import Tasks
from bonfire.topology_watch import TopologyWatch
from print_agent.intake import Intake
from print_agent.journal import MIGRATIONS, Journal
from print_agent.journal.events import LANE
from print_agent.metrics import AgentMetrics
from print_agent.printers.configured import configured
from print_agent.recognition import Recognition
from print_agent.settings import Settings
from print_agent.spooler import Spooler
from print_agent.ticket import render_ticket

# The ticket in hand may take this long after SIGTERM; the process is killed after 30 s.
TICKET_DEADLINE_S: Final = 20.0


class App:
    """Implements `bonfire.lifecycle.Service`."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, broker: Broker | None = None
    ) -> None:
        """`clock` and `broker` are for tests. Raises `Permanent` on an unusable configuration."""
        self._settings = settings
        self._clock = clock or SystemClock()
        loaded = config.load(settings.config)
        printers = loaded.printers_of(settings.agent)
        if not printers:
            raise Permanent(Reason.CONFIG_INVALID, _unknown_agent(settings, loaded.agents))
        registry = metrics.new_registry("print-agent")
        self._metrics = AgentMetrics(registry, [printer.id for printer in printers])
        rng = random.Random()  # noqa: S311 -- jitter, no secret
        self._broker = broker or RabbitBroker(
            settings.amqp_url, name=f"print-agent {settings.agent}", clock=self._clock, rng=rng
        )
        self._metrics.broker.connected.set_function(lambda: self._broker.connected)
        self._store = Store(settings.journal, read_migrations(MIGRATIONS))
        self._outbox = Outbox(
            self._store, self._broker, self._clock, (LANE,), self._metrics.outbox, rng
        )
        self._journal = Journal(self._store, settings.agent, partial(self._outbox.wake, LANE))
        self._printers = printers
        self._recognition = Recognition(self._journal, {printer.id for printer in printers})
        self._spoolers: dict[str, Spooler] = {}
        self._intake = Intake(
            settings.agent,
            self._broker,
            self._journal,
            self._spoolers,
            self._clock,
            self._metrics,
        )
        self._topology = TopologyWatch(
            self._broker,
            topology.needed_by_agent(settings.agent),
            self._clock,
            self._metrics.broker,
        )
        self._ops = OpsApi(settings.ops_host, settings.ops_port, registry, self.unready)

    @property
    def ops_port(self) -> int:
        return self._ops.port

    def unready(self) -> Sequence[str]:
        """What keeps new orders from being taken in. A printer is no part of it: it waits."""
        problems = []
        if self._store.problem is not None:
            problems.append(f"the journal cannot be written: {self._store.problem}")
        if not self._broker.connected:
            problems.append("there is no connection to the broker")
        elif not self._intake.inbox.active:
            problems.append("the queue of this print host is not being consumed")
        return problems

    async def start(self, tasks: Tasks) -> None:
        self._store.open()
        await self._journal.open()
        await self._recognition.load()
        interrupted = await self._journal.interrupted_printers()
        for printer in self._printers:
            self._spoolers[printer.id] = self._spooler(printer, printer.id in interrupted)
        await self._outbox.load()
        await self._ops.start()
        await self._broker.start()
        # Neither is started again within the process (docs/adr/0013): what was in hand when it died
        # is judged from the journal, and that is done once, when the process starts.
        for spooler in self._spoolers.values():
            tasks.spawn(f"printer {spooler.id}", spooler.run, restartable=False)
        tasks.spawn("intake", self._intake.run, restartable=False)
        for name, function in self._outbox.tasks().items():
            tasks.spawn(name, function)
        tasks.spawn("topology", self._topology.run)

    async def drain(self) -> None:
        await self._intake.inbox.stop()
        spoolers = self._spoolers.values()
        await asyncio.gather(*(spooler.drain(TICKET_DEADLINE_S) for spooler in spoolers))

    async def close(self) -> None:
        await self._ops.stop()
        await self._broker.close()
        await self._store.close()

    def _spooler(self, printer: config.Printer, interrupted: bool) -> Spooler:
        return Spooler(
            configured(printer, self._clock, interrupted=interrupted),
            self._journal,
            self._recognition,
            partial(render_ticket, columns=printer.columns),
            self._clock,
            self._metrics,
            printer.idle_close_s,
        )


def _unknown_agent(settings: Settings, known: Sequence[str]) -> str:
    return (
        f"{settings.config} has no print host {settings.agent!r}"
        f" (BONFIRE_AGENT); known: {', '.join(known)}"
    )
