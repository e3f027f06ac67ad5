"""The whole agent in one process: broker in memory, printers on loopback, real time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bonfire import config
from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.chassis import ChassisSettings
from bonfire.clock import Clock
from bonfire.errors import Permanent, Reason
from bonfire.messages import JobEvent, JobEventType, PrintJob, decode
from bonfire.tasks import Tasks
from print_agent.app import App
from print_agent.printers import Printer
from print_agent.printers.configured import configured
from print_agent.settings import Settings
from tests.integration.agent.configuration import write_config
from tests.integration.agent.rig import BAR, KITCHEN
from tests.support.jobs import AGENT, job
from tests.support.rabbit import soon
from virtual_printer import VirtualPrinter


def chassis_in(folder: Path) -> ChassisSettings:
    return ChassisSettings(folder / "data" / "journal.db", "amqp://nowhere", "127.0.0.1", 0)


class House:
    """An agent with its two printers; it can be stopped and started again."""

    def __init__(self, folder: Path, kitchen: VirtualPrinter, bar: VirtualPrinter) -> None:
        self.kitchen = kitchen
        self.bar = bar
        self.server = MemoryServer()
        self.settings = Settings(
            agent=AGENT,
            config=write_config(folder, kitchen.port, bar.port),
            chassis=chassis_in(folder),
            log_level="INFO",
        )
        self.app: App | None = None

    async def start(self) -> App:
        self.tasks = Tasks(lambda: None)
        self.app = App(self.settings, broker=MemoryBroker(self.server))
        await self.app.start(self.tasks)
        return self.app

    async def stop(self) -> None:
        assert self.app is not None
        await self.app.drain()
        await self.tasks.cancel()
        await self.app.close()
        self.app = None

    async def crash(self) -> None:
        """Stop without giving the ticket in hand any time."""
        assert self.app is not None
        await self.tasks.cancel()
        await self.app.close()
        self.app = None

    async def declare(self) -> None:
        ledger = MemoryBroker(self.server)
        await ledger.start()
        await ledger.declare(topology.for_agents([AGENT]))
        await ledger.close()

    def send(self, *jobs: PrintJob) -> None:
        for each in jobs:
            self.server.publish(Outgoing(topology.JOBS, AGENT, each.encode()))

    def told(self, *types: JobEventType) -> list[JobEvent]:
        """What has reached the ledger's queue."""
        found = [decode(message.body) for message in self.server.waiting(topology.LEDGER_EVENTS)]
        return [e for e in found if isinstance(e, JobEvent) and (not types or e.type in types)]

    async def get(self, path: str) -> tuple[int, str]:
        assert self.app is not None
        url = f"http://127.0.0.1:{self.app.ops_port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    before = asyncio.all_tasks()
    async with (
        VirtualPrinter(KITCHEN, speed=math.inf) as kitchen,
        VirtualPrinter(BAR, speed=math.inf) as bar,
    ):
        house = House(tmp_path, kitchen, bar)
        await house.declare()
        await house.start()
        yield house
        if house.app is not None:
            await house.stop()
    await soon(lambda: asyncio.all_tasks() - before <= {asyncio.current_task()})


async def test_jobs_become_tickets_and_what_became_of_them_is_published(house: House):
    house.send(job("A1"), job("A1", BAR), job("A2"))
    await house.kitchen.wait_for_tickets(2)
    await house.bar.wait_for_tickets(1)
    await soon(lambda: len(house.told(JobEventType.PRINTED)) == 3)
    first, second = (ticket.text for ticket in house.kitchen.tickets)
    assert "A1" in first
    assert "A2" in second
    assert "Käsespätzle" in first
    assert len(house.told(JobEventType.RECEIVED)) == 3
    assert house.server.waiting(topology.jobs_queue(AGENT)) == ()


async def test_a_ticket_that_comes_late_says_so_and_one_in_time_does_not(house: House):
    now = datetime.now(UTC)
    house.send(job("A1", due_at=now - timedelta(minutes=12)), job("A2", due_at=now))
    await house.kitchen.wait_for_tickets(2)
    late, in_time = (ticket.text for ticket in house.kitchen.tickets)
    assert "12 MIN VERSPÄTET" in late
    assert "VERSPÄTET" not in in_time


async def test_the_ops_port_says_ready_and_shows_the_metrics(house: House):
    house.send(job("A1"))
    await house.kitchen.wait_for_tickets(1)
    assert (await house.get("/livez"))[0] == 200
    assert (await house.get("/readyz"))[0] == 200
    await soon(lambda: len(house.told(JobEventType.PRINTED)) == 1)
    _, shown = await house.get("/metrics")
    assert "bonfire_broker_connected 1.0" in shown
    confirmed = 'bonfire_ticket_attempts_total{outcome="confirmed",printer="kitchen-1"} 1.0'
    assert confirmed in shown
    assert 'bonfire_outbox_publish_seconds_count{lane="@events"} 3.0' in shown


async def test_without_a_broker_it_is_unready_and_prints_what_it_has(house: House):
    house.kitchen.set_fault("cover-open")
    house.send(job("A1"))
    await soon(lambda: len(house.told(JobEventType.WAITING)) == 1)
    house.server.stop()
    status, body = await house.get("/readyz")
    assert status == 503
    assert "there is no connection to the broker" in body
    assert (await house.get("/livez"))[0] == 200
    assert "bonfire_broker_connected 0.0" in (await house.get("/metrics"))[1]
    house.kitchen.clear_fault()
    await house.stop()  # the pause before the next question is 5 s; a start asks at once
    await house.start()
    await house.kitchen.wait_for_tickets(1)
    assert house.told(JobEventType.PRINTED) == []
    house.server.start()
    await soon(lambda: len(house.told(JobEventType.PRINTED)) == 1)


async def test_while_its_queue_is_missing_it_is_unready_and_says_so(house: House):
    house.server.delete_queue(topology.jobs_queue(AGENT))
    _, body = await house.get("/readyz")
    assert "the queue of this print host is not being consumed" in body


async def test_an_agent_that_was_never_declared_names_what_the_broker_lacks(
    house: House, caplog: pytest.LogCaptureFixture
):
    await house.stop()
    house.server.delete_queue(topology.jobs_queue(AGENT))
    await house.start()
    await soon(lambda: any("topology.missing" in str(vars(r)) for r in caplog.records))
    (told,) = [r for r in caplog.records if getattr(r, "event", "") == "topology.missing"]
    assert vars(told)["objects"] == (f"queue {topology.jobs_queue(AGENT)}",)
    _, shown = await house.get("/metrics")
    assert "bonfire_topology_missing_objects 1.0" in shown


async def test_a_printer_in_trouble_is_no_reason_to_be_unready(house: House):
    house.kitchen.set_fault("paper-out")
    house.send(job("A1"), job("A1", BAR))
    await house.bar.wait_for_tickets(1)
    await soon(lambda: len(house.told(JobEventType.WAITING)) == 1)
    assert (await house.get("/readyz"))[0] == 200


async def test_a_restart_loses_nothing_and_repeats_nothing(house: House):
    house.send(job("A1"))
    await house.kitchen.wait_for_tickets(1)
    await house.stop()
    house.send(job("A2"), job("A1"), job("A3"))
    await house.start()
    await house.kitchen.wait_for_tickets(3)
    expected = {(job(name).job_id, f"000{name[1]}") for name in ("A1", "A2", "A3")}
    await soon(lambda: told_numbers(house) == expected)
    assert len(house.kitchen.tickets) == 3


def told_numbers(house: House) -> set[tuple[str, str]]:
    """Each job with its ticket; an event may be published twice, and says the same then."""
    return {(event.job_id, event.ticket_number) for event in house.told(JobEventType.PRINTED)}


async def test_a_stop_lets_the_ticket_in_the_printer_end(house: House):
    house.kitchen.set_fault("cover-open", at_byte=200)
    house.send(job("A1"), job("A2"))
    await soon(lambda: bool(house.told(JobEventType.WAITING)))
    stopping = asyncio.create_task(house.stop())
    await asyncio.sleep(0.1)
    assert not stopping.done()
    house.kitchen.clear_fault()
    await stopping
    assert len(house.kitchen.tickets) == 1
    await house.start()
    await house.kitchen.wait_for_tickets(2)
    assert "#0002  job" in house.kitchen.tickets[1].text


async def test_a_printer_whose_ticket_was_cut_off_by_a_crash_is_treated_as_in_mid_command(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    house.kitchen.set_fault("cover-open", at_byte=200)
    house.send(job("A1"), job("A1", BAR))
    await soon(lambda: len(house.told(JobEventType.PRINTED)) == 1)
    await soon(lambda: len(house.told(JobEventType.WAITING)) == 1)
    await house.crash()
    seen: dict[str, bool] = {}

    def watched(printer: config.Printer, clock: Clock, *, interrupted: bool) -> Printer:
        seen[printer.id] = interrupted
        return configured(printer, clock, interrupted=interrupted)

    monkeypatch.setattr("print_agent.app.configured", watched)
    house.kitchen.power_cycle()
    house.kitchen.clear_fault()
    await house.start()
    assert seen == {KITCHEN: True, BAR: False}
    await soon(lambda: len(house.told(JobEventType.PRINTED)) == 2)
    assert "0001/2" in house.kitchen.tickets[-1].text


def test_an_agent_without_printers_is_told_which_ones_there_are(tmp_path: Path):
    settings = Settings(
        agent="nordend",
        config=write_config(tmp_path, 9100, 9101),
        chassis=chassis_in(tmp_path),
        log_level="INFO",
    )
    with pytest.raises(Permanent, match="known: altstadt") as refused:
        App(settings)
    assert refused.value.reason is Reason.CONFIG_INVALID


async def test_a_full_disk_is_a_reason_to_be_unready(house: House, monkeypatch: pytest.MonkeyPatch):
    assert house.app is not None
    await soon(lambda: bool(house.server.waiting(topology.NOTIFIER_EVENTS)))  # its start is written
    monkeypatch.setattr(house.app._chassis.store, "problem", Reason.STORE_FULL)
    status, body = await house.get("/readyz")
    assert status == 503
    assert "the journal cannot be written: store_full" in body
