"""Silence of a print host, and health that lasts: judged by time that passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.errors import Reason
from bonfire.messages import Event, PrinterEventType, PrinterState
from bonfire.store import StoreError
from bonfire.testing import FakeClock
from notifier.desk import Desk
from notifier.domain.signs import signs_of
from notifier.history.pages import Wanted
from notifier.intake import EventIntake, HeartbeatIntake
from notifier.metrics import NotifierMetrics
from notifier.watch import LOOK_EVERY_S, SILENT_AFTER_S, Watch
from tests.support.notifying import (
    MemoryStore,
    heartbeat,
    house,
    memory_history,
    printer_event,
    printer_state,
)


class Rig:
    """The hearing half of a notifier: no mail is sent, and notices are counted."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = MemoryServer()
        self.broker = MemoryBroker(self.server)
        self.sender = MemoryBroker(self.server)
        self.store = MemoryStore()
        self.registry = CollectorRegistry()
        self.config = house()
        self.metrics = NotifierMetrics(self.registry, self.config)
        self.wakes = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.build()

    def build(self) -> None:
        self.history = memory_history(self.store, self.config)
        desk = Desk(self.metrics, self.wake)
        parts = (self.broker, self.history, self.config, self.clock, self.metrics, desk)
        self.events, self.heartbeats = EventIntake(*parts), HeartbeatIntake(*parts)
        self.watch = Watch(
            self.broker, self.heartbeats, self.history, self.config, self.clock, desk
        )

    def wake(self) -> None:
        self.wakes += 1

    async def start(self) -> None:
        await self.sender.start()
        await self.broker.start()
        await self.broker.declare(topology.for_agents(self.config.agents))
        await self.run()

    async def run(self) -> None:
        parts = (self.events.inbox.run, self.heartbeats.inbox.run, self.watch.run)
        self.tasks = [asyncio.create_task(part()) for part in parts]
        await self.clock.settle()

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def say(self, *events: Event) -> None:
        for event in events:
            await self.sender.publish(Outgoing(topology.EVENTS, event.routing_key, event.encode()))
        await self.clock.settle()

    async def beat(self, *agents: str, printers=()) -> None:
        for agent in agents:
            await self.say(heartbeat(*printers, at=self.clock.now(), instance=agent))

    async def beat_of_altstadt(self, printers) -> None:
        """The other print host lives too, and nothing waits there."""
        await self.beat("hafen")
        await self.beat("altstadt", printers=printers)

    async def live(self, seconds: float, *agents: str) -> None:
        """Both print hosts live for so long, unless only some are named."""
        for _ in range(round(seconds / 15)):
            await self.beat(*(agents or self.config.agents))
            await self.clock.advance(15)

    async def told(self) -> list[str]:
        """Everything that people were to be told, once per person, oldest first."""
        rows = await self.history.notifications(Wanted(limit=500))
        return [f"{row['type']} {row['phase']} {row['email']}" for row in reversed(rows)]

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"bonfire_{name}", labels)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.start()
    yield rig
    await rig.stop()
    rig.store.close()


SILENT = ["agent_silent start berta@bosco.example", "agent_silent start chef@bosco.example"]
BACK = ["agent_silent end berta@bosco.example", "agent_silent end chef@bosco.example"]


async def test_print_hosts_that_live_are_never_told(rig: Rig):
    await rig.live(600)
    assert await rig.told() == []


async def test_a_print_host_that_falls_silent_is_told_once_and_its_return_after_some_health(
    rig: Rig,
):
    await rig.live(60)
    await rig.live(15, "hafen")
    assert await rig.told() == []
    await rig.live(30, "hafen")
    assert await rig.told() == SILENT
    assert rig.value("incidents_open", type="agent_silent") == 1
    await rig.live(3_600, "hafen")
    assert await rig.told() == SILENT
    await rig.beat("altstadt")
    await rig.clock.advance(10)
    assert await rig.told() == SILENT
    await rig.live(30)
    assert await rig.told() == SILENT + BACK
    assert rig.value("incidents_open", type="agent_silent") == 0


async def test_a_print_host_that_was_never_heard_is_told_after_we_listened_long_enough(rig: Rig):
    await rig.live(SILENT_AFTER_S - 15, "hafen")
    assert await rig.told() == []
    await rig.live(30, "hafen")
    assert await rig.told() == SILENT
    (incident,) = await rig.history.incidents(Wanted())
    assert "since" not in incident["circumstances"]  # type: ignore[operator]


async def test_while_we_cannot_hear_nobody_is_silent(rig: Rig):
    await rig.live(60)
    rig.server.stop()
    await rig.clock.advance(3_600)
    assert await rig.told() == []
    rig.server.start()
    await rig.clock.settle()
    await rig.clock.advance(SILENT_AFTER_S - LOOK_EVERY_S)
    assert await rig.told() == []
    await rig.clock.advance(3 * LOOK_EVERY_S)
    assert len(await rig.told()) == 3  # altstadt's two people, and hafen's one


async def test_a_short_loss_of_the_broker_begins_the_listening_anew(rig: Rig):
    await rig.live(60)
    await rig.live(15, "hafen")
    rig.server.drop_connections()
    await rig.live(30, "hafen")
    assert await rig.told() == []


async def test_a_process_that_stood_still_does_not_blame_the_print_hosts(rig: Rig):
    await rig.live(60)
    await rig.stop()
    rig.clock._elapsed += 300  # nothing ran, as in a suspended machine
    rig.tasks = [asyncio.create_task(rig.watch.run())]
    await rig.clock.settle()
    assert await rig.told() == []


async def test_a_restart_of_ours_tells_nothing_a_second_time(rig: Rig):
    await rig.live(60)
    await rig.live(60, "hafen")
    assert await rig.told() == SILENT
    await rig.stop()
    rig.build()
    await rig.heartbeats.load()
    await rig.run()
    await rig.live(120, "hafen")
    assert await rig.told() == SILENT


async def test_a_print_host_that_left_the_configuration_ends_its_incidents_untold(rig: Rig):
    await rig.live(60)
    await rig.live(60, "hafen")
    await rig.say(printer_event(at=rig.clock.now(), printer="gone-1"))
    told = await rig.told()
    await rig.stop()
    hafen = house().model_copy(update={"locations": house().locations[1:]})
    rig.config = hafen
    rig.build()
    await rig.run()
    await rig.live(120, "hafen")
    assert await rig.told() == told
    assert all(row["ended_at"] for row in await rig.history.incidents(Wanted()))


async def test_a_printer_is_told_lost_and_back_by_its_events(rig: Rig):
    await rig.say(printer_event(at=rig.clock.now()))
    assert await rig.told() == [
        "printer_lost start berta@bosco.example",
        "printer_lost start chef@bosco.example",
    ]
    assert rig.wakes == 1
    await rig.say(printer_event(at=rig.clock.now(), type_=PrinterEventType.BACK))
    await rig.live(15)
    assert len(await rig.told()) == 2
    await rig.live(15)
    assert [line.split()[1] for line in await rig.told()] == ["start", "start", "end", "end"]


async def test_heartbeats_alone_tell_of_a_printer_whose_events_were_lost(rig: Rig):
    lost = printer_state(ready=False, reason="cover_open", lost_at=rig.clock.now())
    await rig.beat("altstadt", printers=(lost,))
    assert len(await rig.told()) == 2
    await rig.say(printer_event(at=rig.clock.now()))  # the same trouble, told late
    assert len(await rig.told()) == 2
    await rig.beat("altstadt", printers=(printer_state(),))
    await rig.clock.advance(25)
    assert len(await rig.told()) == 4


def backlog(waiting: int, due_at: datetime, **more: Any) -> PrinterState:
    due = due_at if waiting else None
    return printer_state(waiting=waiting, oldest_due_at=due, **more)


async def test_a_backlog_that_prints_slowly_after_the_paper_is_back_is_told_to_nobody(rig: Rig):
    due_at = lost_at = rig.clock.now()
    await rig.say(printer_event(at=lost_at))
    for waiting in range(2, 18):  # four minutes without paper, and orders come
        lost = backlog(waiting, due_at, ready=False, reason="paper_out", lost_at=lost_at)
        await rig.beat_of_altstadt(printers=(lost,))
        await rig.clock.advance(15)
    await rig.say(printer_event(at=rig.clock.now(), type_=PrinterEventType.BACK))
    for waiting in range(18, -1, -1):  # a ticket a minute, and all were due long ago
        for _ in range(4):
            await rig.beat_of_altstadt(printers=(backlog(waiting, due_at),))
            await rig.clock.advance(15)
    told = await rig.told()
    assert sorted(told) == sorted(
        f"printer_lost {phase} {person}@bosco.example"
        for phase in ("start", "end")
        for person in ("berta", "chef")
    )


async def test_a_queue_that_stands_before_a_ready_printer_is_told_after_two_minutes(rig: Rig):
    due_at = rig.clock.now() - timedelta(hours=1)
    state = backlog(3, due_at)
    for _ in range(9):  # the first one tells when it was first seen
        await rig.beat_of_altstadt(printers=(state,))
        assert await rig.told() == []
        await rig.clock.advance(15)
    await rig.beat_of_altstadt(printers=(state,))
    assert {line.rsplit(" ", 1)[0] for line in await rig.told()} == {"tickets_waiting start"}
    for waiting in (2, 1):  # it moves, and is not over before nothing is late
        for _ in range(4):
            moving = backlog(waiting, due_at)
            await rig.beat_of_altstadt(printers=(moving,))
            await rig.clock.advance(15)
    assert len(await rig.told()) == 2
    await rig.beat_of_altstadt(printers=(printer_state(),))
    await rig.clock.advance(25)
    assert [line.split()[1] for line in await rig.told()] == ["start", "start", "end", "end"]


async def test_the_same_event_twice_changes_nothing(rig: Rig):
    event = printer_event(at=rig.clock.now())
    await rig.say(event, event)
    await rig.say(event)
    assert len(await rig.told()) == 2
    assert rig.value("events_received_total", type="printer.lost") == 1
    assert len(await rig.history.events(Wanted())) == 1


async def test_what_nobody_knows_is_kept_counted_and_shown(rig: Rig):
    bodies = [b"no event at all \x00\xff", b'{"type":"printer.melted","event_id":"m","heat":9}']
    for body in bodies:
        await rig.sender.publish(Outgoing(topology.EVENTS, "altstadt.printer.melted", body))
    await rig.clock.settle()
    melted, garbage = await rig.history.events(Wanted())
    assert (melted["type"], garbage["type"]) == ("printer.melted", "unknown")
    assert melted["body"] == {"type": "printer.melted", "event_id": "m", "heat": 9}
    assert isinstance(garbage["body"], str)
    assert rig.value("events_received_total", type="unknown") == 2
    assert rig.server.waiting(topology.NOTIFIER_EVENTS) == ()
    assert rig.server.waiting(topology.DEAD_LETTERS) == ()


async def test_an_event_is_acknowledged_only_once_it_is_on_disk(rig: Rig):
    rig.store.refusals += [StoreError(Reason.STORE_FULL, "no room")] * 3
    await rig.say(printer_event(at=rig.clock.now()))
    assert rig.wakes == 0
    rig.server.stop()  # what was not acknowledged goes back
    assert len(rig.server.waiting(topology.NOTIFIER_EVENTS)) == 1
    rig.server.start()
    await rig.clock.advance(5)
    assert len(await rig.told()) == 2


async def test_strangers_open_no_incident_and_what_they_said_is_kept(rig: Rig):
    for number in range(20):
        await rig.say(printer_event(at=rig.clock.now(), printer=f"made-up-{number}"))
        await rig.say(printer_event(at=rig.clock.now(), agent=f"stranger-{number}"))
    assert await rig.told() == []
    assert await rig.history.incidents(Wanted()) == []
    assert len(await rig.history.events(Wanted())) == 40


async def test_an_incident_about_nothing_that_we_know_ends_untold_while_we_run(rig: Rig):
    (sign,) = signs_of(printer_event(), rig.config)
    gone = sign.circumstances.model_copy(update={"printer": "gone-1"})
    stray = replace(sign, target="altstadt/gone-1", circumstances=gone)
    await rig.history.judge([stray], rig.clock.now())
    told = await rig.told()
    await rig.live(60)
    assert await rig.told() == told
    (incident,) = await rig.history.incidents(Wanted())
    assert incident["ended_at"]


@pytest.mark.parametrize("key", ["hafen.heartbeat", "-.heartbeat", "altstadt.printer.heartbeat"])
async def test_a_heartbeat_under_a_key_that_is_not_its_own_is_not_believed(rig: Rig, key):
    body = heartbeat().encode()
    await rig.sender.publish(Outgoing(topology.EVENTS, key, body))
    await rig.clock.settle()
    assert await rig.history.fleet() == []


@pytest.mark.parametrize(
    "more", [{"location": "hafen"}, {"location": ""}, {"service": "notifier", "location": "hafen"}]
)
async def test_a_heartbeat_of_another_ones_name_does_not_take_its_place(rig: Rig, more):
    await rig.say(heartbeat(**more))
    assert await rig.history.fleet() == []
    assert rig.heartbeats.heard_s == {}


@pytest.mark.parametrize("body", [b"garbage", printer_event().encode(), b" " * 300_000])
async def test_a_heartbeat_that_cannot_be_read_leaves_its_print_host_silent(rig: Rig, body):
    await rig.sender.publish(Outgoing(topology.EVENTS, "-.heartbeat", body))
    await rig.clock.settle()
    assert rig.server.waiting(topology.HEARTBEATS) == ()
    assert await rig.history.fleet() == []


async def test_the_fleet_is_known_from_its_last_heartbeats_also_after_a_restart(rig: Rig):
    await rig.beat("altstadt")
    await rig.clock.advance(5)
    await rig.beat("altstadt")
    await rig.say(heartbeat(service="order-ingest", instance="order-ingest"))
    assert [(one.service, one.instance) for one, _ in await rig.history.fleet()] == [
        ("order-ingest", "order-ingest"),
        ("print-agent", "altstadt"),
    ]
    before = rig.value("agent_heartbeat_timestamp_seconds", agent="altstadt")
    rig.registry = CollectorRegistry()
    rig.metrics = NotifierMetrics(rig.registry, rig.config)
    assert rig.value("agent_heartbeat_timestamp_seconds", agent="altstadt") == 0
    rig.build()
    await rig.heartbeats.load()
    assert rig.value("agent_heartbeat_timestamp_seconds", agent="altstadt") == before
