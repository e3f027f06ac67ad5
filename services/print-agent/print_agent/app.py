"""Builds an agent from its settings, and starts and stops its parts in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from bonfire import config
from bonfire.breaker import BreakerSeries
from bonfire.broker import Broker, topology
from bonfire.chassis import Chassis
from bonfire.clock import Clock
from bonfire.errors import Permanent, Reason
from bonfire.heartbeat import Standing
from bonfire.identity import Identity
from bonfire.tasks import Tasks
from print_agent.intake import Intake
from print_agent.journal import LANES, MIGRATIONS, Journal
from print_agent.metrics import AgentMetrics
from print_agent.pages import Pages
from print_agent.printers.configured import configured
from print_agent.probing import pace_of
from print_agent.profiles import Profiles
from print_agent.recognition import Recognition
from print_agent.renderer import Renderer
from print_agent.reports import Reports
from print_agent.settings import Settings
from print_agent.spooler import Spooler

# The ticket in hand may take this long after SIGTERM; the process is killed after 30 s.
TICKET_DEADLINE_S: Final = 20.0


class App:
    """Implements `bonfire.lifecycle.Service`."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, broker: Broker | None = None
    ) -> None:
        """`clock` and `broker` are for tests. Raises `Permanent` on an unusable configuration."""
        loaded = config.load(settings.config)
        self._printers = loaded.printers_of(settings.agent)
        if not self._printers:
            raise Permanent(Reason.CONFIG_INVALID, _unknown_agent(settings, loaded.agents))
        self._chassis = chassis = Chassis(
            Identity("print-agent", settings.agent, _only_location(loaded, settings.agent)),
            settings.chassis,
            migrations=MIGRATIONS,
            topology=topology.needed_by_agent(settings.agent),
            lanes=LANES,
            problems=self._problems,
            standing=self._standing,
            clock=clock,
            broker=broker,
        )
        self._clock = chassis.clock
        printers = [printer.id for printer in self._printers]
        self._metrics = AgentMetrics(chassis.registry, printers)
        self._journal = Journal(chassis.store, settings.agent, chassis.outbox.wake)
        self._recognition = Recognition(self._journal, set(printers))
        self._locations = {
            printer.id: location.id
            for location in loaded.locations_of(settings.agent)
            for printer in location.printers
        }
        self._renderer = Renderer(Profiles(loaded, settings.agent))
        self._reports = Reports(
            chassis.identity,
            self._locations,
            self._journal,
            self._clock,
            BreakerSeries(chassis.registry, [f"printer {printer}" for printer in printers]),
        )
        self._spoolers: dict[str, Spooler] = {}
        pages = Pages(self._printers, self._locations, self._spoolers, self._recognition)
        pages.add_to(chassis.ops)
        self._intake = Intake(
            settings.agent,
            chassis.broker,
            self._journal,
            self._spoolers,
            self._clock,
            self._metrics,
        )

    @property
    def ops_port(self) -> int:
        return self._chassis.ops.port

    async def start(self, tasks: Tasks) -> None:
        await self._chassis.open()
        await self._journal.open()
        await self._recognition.load()
        interrupted = await self._journal.interrupted_printers()
        for printer in self._printers:
            spooler = self._spooler(printer, printer.id in interrupted)
            await spooler.load()
            self._spoolers[printer.id] = spooler
        await self._chassis.start(tasks)
        # Neither is started again within the process (docs/adr/0013): what was in hand when it died
        # is judged from the journal, and that is done once, when the process starts.
        for spooler in self._spoolers.values():
            tasks.spawn(f"printer {spooler.id}", spooler.run, restartable=False)
        tasks.spawn("reports", self._reports.run)
        tasks.spawn("intake", self._intake.run, restartable=False)

    async def drain(self) -> None:
        await self._chassis.drain(self._intake.inbox.stop, self._end_tickets, self._reports.settle)

    async def close(self) -> None:
        await self._chassis.close()

    def _problems(self) -> Sequence[str]:
        """What keeps new orders from being taken in. A printer is no part of it: it waits."""
        if not self._chassis.broker.connected:
            return ["there is no connection to the broker"]
        if not self._intake.inbox.active:
            return ["the queue of this print host is not being consumed"]
        return []

    def _standing(self) -> Standing:
        spoolers = self._spoolers.values()
        printers = tuple(spooler.state(self._locations[spooler.id]) for spooler in spoolers)
        due_at = [printer.oldest_due_at for printer in printers if printer.oldest_due_at]
        return Standing(
            journal=self._journal.id,
            printers=printers,
            backlog=sum(printer.waiting for printer in printers),
            oldest_waiting_at=min(due_at, default=None),
        )

    async def _end_tickets(self) -> None:
        spoolers = self._spoolers.values()
        await asyncio.gather(*(spooler.drain(TICKET_DEADLINE_S) for spooler in spoolers))

    def _spooler(self, printer: config.Printer, interrupted: bool) -> Spooler:
        connected = configured(printer, self._clock, interrupted=interrupted)
        return Spooler(
            connected,
            self._journal,
            self._recognition,
            self._reports,
            partial(self._renderer.render, printer),
            self._clock,
            self._metrics,
            pace_of(connected.settings, printer.idle_close_s),
        )


def _only_location(loaded: config.Config, agent: str) -> str:
    """The location that this print host serves; empty where it serves several."""
    served = [location.id for location in loaded.locations if location.agent == agent]
    return served[0] if len(served) == 1 else ""


def _unknown_agent(settings: Settings, known: Sequence[str]) -> str:
    return (
        f"{settings.config} has no print host {settings.agent!r}"
        f" (BONFIRE_AGENT); known: {', '.join(known)}"
    )
