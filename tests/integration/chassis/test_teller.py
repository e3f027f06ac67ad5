"""Events on a real store, published by the outbox to a broker in memory."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bonfire import outbox, teller
from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.identity import Identity
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    TRACE_ID,
    JobEvent,
    JobEventType,
    PrinterEvent,
    PrinterEventType,
    ServiceEvent,
    ServiceEventType,
)
from bonfire.metrics import OutboxSeries
from bonfire.outbox import Outbox
from bonfire.store import Store, StoreError
from bonfire.store.migrations import Migration
from bonfire.tasks import Tasks
from bonfire.teller import Teller
from bonfire.testing import START, FakeClock
from tests.support.notes import locked, until

JOB: str = "0123456789abcdef0123456789abcdef"
STARTED = ServiceEvent(
    type=ServiceEventType.STARTED, **Identity("notifier", "notifier").sign(START)
)
LOST = PrinterEvent(
    event_id="e-1",
    type=PrinterEventType.LOST,
    at=START,
    location="oslo",
    agent="oslo",
    printer="kitchen-1",
)
PRINTED = JobEvent(
    event_id="e-2",
    type=JobEventType.PRINTED,
    at=START,
    location="oslo",
    agent="oslo",
    job_id=JOB,
    generation=2,
)


class House:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.server = MemoryServer()
        self.server.declare(topology.for_agents(["oslo", "events"]))
        broker = MemoryBroker(self.server)
        self.broker = broker
        self.clock = FakeClock()
        self.store = Store(path, [Migration(1, outbox.SCHEMA)], probe_after_s=0.01)
        series = OutboxSeries(CollectorRegistry(), [teller.LANE, "events"])
        rng = random.Random(1)  # noqa: S311 -- jitter
        lanes = [teller.LANE, "events"]
        self.outbox = Outbox(self.store, broker, self.clock, lanes, series, rng)
        self.teller = Teller(self.store, self.outbox)
        self.tasks = Tasks(lambda: None, self.clock)

    def published(self) -> list[Outgoing]:
        return list(self.server.waiting(topology.NOTIFIER_EVENTS))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path / "store.db")
    house.store.open()
    await house.broker.start()
    await house.outbox.load()
    for name, function in house.outbox.tasks().items():
        house.tasks.spawn(name, function)
    yield house
    await house.tasks.cancel()
    await house.broker.close()
    await house.store.close()


async def test_events_are_published_in_the_order_in_which_they_were_told(house: House):
    for event in (STARTED, LOST, PRINTED):
        await house.teller.tell(event)
    await until(lambda: len(house.published()) == 3)
    assert [(message.routing_key, message.body) for message in house.published()] == [
        ("-.service.started", STARTED.encode()),
        ("oslo.printer.lost", LOST.encode()),
        ("oslo.job.printed", PRINTED.encode()),
    ]


async def test_the_headers_name_the_location_and_the_job(house: House):
    for event in (STARTED, LOST, PRINTED):
        await house.teller.tell(event)
    await until(lambda: len(house.published()) == 3)
    assert [dict(message.headers) for message in house.published()] == [
        {},
        {LOCATION: "oslo"},
        {LOCATION: "oslo", JOB_ID: JOB, GENERATION: 2, TRACE_ID: JOB},
    ]


async def test_an_event_of_the_callers_own_transaction_is_told_with_it_or_not_at_all(house: House):
    def failing(db: sqlite3.Connection) -> None:
        house.teller.put(db, LOST)
        raise ValueError("the change is undone")

    with pytest.raises(ValueError, match="undone"):
        await house.store.transact(failing)
    await house.store.transact(lambda db: house.teller.put(db, PRINTED))
    house.teller.woke(1)
    await until(lambda: bool(house.published()))
    assert [message.body for message in house.published()] == [PRINTED.encode()]


async def test_what_was_told_while_the_broker_was_away_is_published_when_it_is_back(house: House):
    house.server.stop()
    await house.teller.tell(LOST)
    house.server.start()
    await until(lambda: bool(house.published()))


async def test_a_disk_that_refuses_is_the_callers_to_know(house: House):
    with locked(house.path), pytest.raises(StoreError):
        await house.teller.tell(LOST)
    assert house.outbox.waiting == 0


async def test_a_print_host_called_events_has_a_lane_of_its_own(house: House):
    house.server.delete_queue(topology.jobs_queue("events"))
    message = Outgoing(topology.JOBS, "events", b"a job that no queue takes")
    await house.store.transact(lambda db: outbox.put(db, "events", message, 0))
    house.outbox.wake("events")
    await house.teller.tell(LOST)
    await until(lambda: bool(house.published()))
    assert await house.outbox.wait_published(teller.LANE, 1)
    assert house.outbox.waiting == 1
