"""A service that is nothing but its chassis, with a broker in memory."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bonfire.broker import topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.chassis import LAST_WORDS_S, Chassis, ChassisSettings, read_chassis_settings
from bonfire.errors import Permanent, Reason
from bonfire.heartbeat import Standing
from bonfire.identity import Identity
from bonfire.messages import Ending, Heartbeat, ServiceEvent, ServiceEventType, decode
from bonfire.settings import Environment, SettingsInvalid
from bonfire.store import StoreUnusable
from bonfire.tasks import Tasks
from bonfire.testing import START, FakeClock
from bonfire.tokens import TokensInvalid
from bonfire.web.server import PortTaken
from tests.support.notes import locked, until

MIGRATIONS = "print_agent.journal.migrations"
IDENTITY = Identity("print-agent", "oslo", "oslo")


class Service:
    """It can be started and stopped again and again."""

    def __init__(self, folder: Path) -> None:
        self.server = MemoryServer()
        self.server.declare(topology.for_agents(["oslo"]))
        self.clock = FakeClock()
        self.settings = ChassisSettings(folder / "journal.db", "amqp://nowhere", "127.0.0.1", 0)
        self.problems: list[str] = []
        self.steps: list[str] = []
        self.chassis = self.build()

    def build(self, settings: ChassisSettings | None = None) -> Chassis:
        return Chassis(
            IDENTITY,
            settings or self.settings,
            migrations=MIGRATIONS,
            topology=topology.needed_by_agent("oslo"),
            problems=lambda: self.problems,
            standing=lambda: Standing(journal="j-1", backlog=3, oldest_waiting_at=START),
            clock=self.clock,
            broker=MemoryBroker(self.server),
        )

    async def start(self) -> None:
        self.chassis = self.build()
        self.tasks = Tasks(lambda: None, self.clock)
        await self.chassis.open()
        await self.chassis.start(self.tasks)

    async def stop(self) -> None:
        await self.chassis.drain(self.step)
        await self.tasks.cancel()
        await self.chassis.close()

    async def crash(self) -> None:
        await self.tasks.cancel()
        await self.chassis._opened.aclose()

    async def step(self) -> None:
        self.steps.append("step")

    def events(self) -> list[ServiceEvent]:
        found = [decode(m.body) for m in self.server.waiting(topology.NOTIFIER_EVENTS)]
        return [event for event in found if isinstance(event, ServiceEvent)]

    def beats(self) -> list[Heartbeat]:
        found = [decode(m.body) for m in self.server.waiting(topology.HEARTBEATS)]
        return [beat for beat in found if isinstance(beat, Heartbeat)]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.settings.store)) as db:
            return db.execute(statement).fetchall()

    async def told(self, *types: ServiceEventType) -> None:
        await until(lambda: [event.type for event in self.events()] == list(types))

    def metric(self, name: str, **labels: str) -> float | None:
        return self.chassis.registry.get_sample_value(f"bonfire_{name}", labels)

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.chassis.ops.port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    before = asyncio.all_tasks()
    service = Service(tmp_path)
    await service.start()
    yield service
    await service.crash()
    await until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})


async def test_a_start_and_a_stop_are_told_and_the_next_start_knows(service: Service):
    await service.told(ServiceEventType.STARTED)
    await service.stop()
    assert service.steps == ["step"]
    await service.start()
    await service.told(
        ServiceEventType.STARTED, ServiceEventType.STOPPING, ServiceEventType.STARTED
    )
    assert [event.before for event in service.events()][::2] == [Ending.NONE, Ending.STOPPED]


async def test_the_last_words_are_with_the_broker_before_the_tasks_are_cancelled(
    service: Service,
):
    await service.told(ServiceEventType.STARTED)
    await service.chassis.drain()
    assert [event.type for event in service.events()][-1] is ServiceEventType.STOPPING


async def test_it_says_that_it_stops_before_it_does(service: Service):
    async def see() -> None:
        await service.told(ServiceEventType.STARTED, ServiceEventType.STOPPING)

    await service.told(ServiceEventType.STARTED)
    await service.chassis.drain(see)


async def test_without_a_broker_the_last_words_wait_on_disk_and_nobody_waits_for_them(
    service: Service,
):
    await service.told(ServiceEventType.STARTED)
    service.server.stop()
    await service.chassis.drain()
    lanes = service.rows("SELECT lane, count(*) FROM outbox WHERE id > 1 GROUP BY lane")
    assert lanes == [("@events", 1)]


async def test_a_broker_that_does_not_take_the_last_words_costs_a_second_and_no_more(
    service: Service,
):
    await service.told(ServiceEventType.STARTED)
    service.server.delete_queue(topology.NOTIFIER_EVENTS)
    draining = asyncio.create_task(service.chassis.drain())
    await until(lambda: service.chassis.outbox.waiting == 1)
    await service.clock.advance(LAST_WORDS_S / 2)
    assert not draining.done()
    while not draining.done():
        await service.clock.advance(LAST_WORDS_S / 2)
    service.server.declare(topology.for_agents(["oslo"]))


async def test_after_a_crash_the_next_start_says_so(service: Service):
    await service.told(ServiceEventType.STARTED)
    await service.crash()
    await service.start()
    await service.told(ServiceEventType.STARTED, ServiceEventType.STARTED)
    assert service.events()[-1].before is Ending.CRASHED


async def test_a_stop_for_a_dead_task_is_told_as_a_restart_with_what_it_died_of(service: Service):
    async def fail() -> None:
        raise KeyError("of a guest")

    await service.told(ServiceEventType.STARTED)
    dead = service.tasks.spawn("intake", fail, restartable=False)
    await asyncio.wait([dead])
    await service.stop()
    await service.start()
    await service.told(
        ServiceEventType.STARTED, ServiceEventType.STOPPING, ServiceEventType.STARTED
    )
    _, stopping, started = service.events()
    assert started.before is Ending.RESTART
    for event in (stopping, started):
        assert (event.reason, event.detail) == (
            "internal_error",
            "the task 'intake' died of KeyError",
        )


async def test_a_disk_that_refuses_does_not_keep_it_from_stopping(service: Service):
    await service.told(ServiceEventType.STARTED)
    with locked(service.settings.store):
        await service.stop()
    assert service.steps == ["step"]
    await service.start()
    await until(lambda: service.events()[-1].before is Ending.CRASHED)


async def test_a_heartbeat_says_who_it_is_and_how_it_stands(service: Service):
    await until(lambda: len(service.beats()) == 1)
    service.problems = ["the printers have gone"]
    await service.clock.advance(15)
    await until(lambda: len(service.beats()) == 2)
    first, second = service.beats()
    assert (first.service, first.instance, first.location) == ("print-agent", "oslo", "oslo")
    assert (first.started_at, first.journal, first.backlog) == (START, "j-1", 3)
    assert first.oldest_waiting_at == START
    assert [beat.problems for beat in (first, second)] == [(), ("the printers have gone",)]


async def test_the_ops_port_and_the_series_say_how_it_stands(service: Service):
    assert (await service.get("/readyz"))[0] == 200
    assert service.metric("service_ready") == 1
    assert service.metric("service_unusable") == 0
    assert service.metric("service_start_timestamp_seconds") == START.timestamp()
    assert service.metric("broker_connected") == 1
    assert service.metric("outbox_waiting_messages", lane="@events") is not None
    service.problems = ["the printers have gone"]
    service.server.stop()
    status, body = await service.get("/readyz")
    assert (status, "the printers have gone" in body) == (503, True)
    assert service.metric("service_ready") == 0
    assert service.metric("broker_connected") == 0
    assert "bonfire_service_ready 0.0" in (await service.get("/metrics"))[1]


async def test_a_store_that_takes_no_writes_is_a_problem_of_every_service(service: Service):
    await service.told(ServiceEventType.STARTED)
    service.chassis.store.problem = Reason.STORE_FULL
    assert service.chassis.unready() == ["the journal cannot be written: store_full"]


async def test_before_it_has_started_it_is_unready_and_asks_nobody_why(tmp_path: Path):
    service = Service(tmp_path)
    service.problems = ["asked too early"]
    await service.chassis.open()
    assert (await service.get("/readyz"))[0] == 503
    assert service.chassis.unready() == ["it is still starting"]
    await service.chassis.close()


async def test_an_operations_port_that_is_taken_leaves_the_store_to_the_next_try(
    service: Service, tmp_path: Path
):
    taken = ChassisSettings(
        tmp_path / "other" / "journal.db", "amqp://nowhere", "127.0.0.1", service.chassis.ops.port
    )
    for _ in range(2):
        chassis = service.build(taken)
        with pytest.raises(PortTaken):
            await chassis.open()
        await chassis.close()


async def test_a_store_that_is_in_use_is_named_and_nothing_of_the_try_stays(service: Service):
    for _ in range(2):
        chassis = service.build()
        with pytest.raises(StoreUnusable):
            await chassis.open()
        await chassis.close()


def test_settings_that_cannot_be_used_are_named(tmp_path: Path):
    service = Service(tmp_path)
    tokens = ChassisSettings(
        tmp_path / "journal.db", "amqp://nowhere", "127.0.0.1", 0, tmp_path / "nowhere"
    )
    with pytest.raises(TokensInvalid, match="cannot read"):
        service.build(tokens)
    with pytest.raises(Permanent, match="amqp://"):
        Chassis(
            IDENTITY,
            ChassisSettings(tmp_path / "journal.db", "http://broker", "127.0.0.1", 0),
            migrations=MIGRATIONS,
            topology=topology.needed_by_agent("oslo"),
            problems=list,
        )


LEAST = {"BONFIRE_DATA": "/var/lib/bonfire", "BONFIRE_AMQP_URL": "amqp://broker"}


def test_settings_need_a_folder_and_a_broker_and_have_defaults_for_the_rest():
    assert read_chassis_settings(Environment(LEAST), "x.db", 8083) == ChassisSettings(
        Path("/var/lib/bonfire/x.db"), "amqp://broker", "127.0.0.1", 8083
    )


def test_settings_say_where_tokens_are_and_whether_faults_may_be_made():
    given = {
        **LEAST,
        "BONFIRE_OPS_TOKENS_FILE": "/run/tokens",
        "BONFIRE_FAULT_INJECTION": "1",
        "BONFIRE_OPS_HOST": "::1",
        "BONFIRE_OPS_PORT": "9",
    }
    assert read_chassis_settings(Environment(given), "x.db", 8083) == ChassisSettings(
        Path("/var/lib/bonfire/x.db"), "amqp://broker", "::1", 9, Path("/run/tokens"), True
    )


def test_settings_that_are_missing_or_wrong_are_told_by_the_environment():
    environment = Environment({"BONFIRE_FAULT_INJECTION": "yes"})
    read_chassis_settings(environment, "x.db", 8083)
    with pytest.raises(SettingsInvalid) as refused:
        environment.check()
    for name in ("DATA", "AMQP_URL", "FAULT_INJECTION"):
        assert f"BONFIRE_{name}" in refused.value.detail
