"""The whole agent in one process while no order comes: what it tells of its printers by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bonfire.broker import topology
from bonfire.messages import DeadLetter, Heartbeat, PrinterEvent, PrinterEventType, decode
from print_agent.printers import PrinterSettings
from print_agent.probing import Pace
from tests.integration.agent.rig import BAR, KITCHEN
from tests.integration.agent.test_agent_app import House
from tests.support.jobs import AGENT, job
from tests.support.rabbit import soon
from virtual_printer import VirtualPrinter

EVERY_S = 0.3


def often(_settings: PrinterSettings, idle_close_s: float) -> Pace:
    return Pace(idle_close_s, first_probe_s=0.05, probe_every_s=EVERY_S, ask_again_s=0.1)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr("print_agent.app.pace_of", often)
    monkeypatch.setattr("print_agent.condition.FIRST_PROBE_S", 0.1)
    async with VirtualPrinter(KITCHEN) as kitchen, VirtualPrinter(BAR) as bar:
        house = House(tmp_path, kitchen, bar)
        await house.declare()
        await house.start()
        yield house
        if house.app is not None:
            await house.stop()


def told(house: House) -> list[PrinterEvent]:
    found = [decode(message.body) for message in house.server.waiting(topology.NOTIFIER_EVENTS)]
    return [event for event in found if isinstance(event, PrinterEvent)]


def beats(house: House) -> list[Heartbeat]:
    found = [decode(message.body) for message in house.server.waiting(topology.HEARTBEATS)]
    return [beat for beat in found if isinstance(beat, Heartbeat)]


async def test_paper_that_ends_between_two_orders_is_told_at_once_and_so_is_the_new_roll(
    house: House,
):
    await soon(lambda: "1.0" in ready(house))
    house.kitchen.set_fault("paper-out")
    await soon(lambda: len(told(house)) == 1, patience_s=2)
    house.kitchen.clear_fault()
    await soon(lambda: len(told(house)) == 2, patience_s=2)
    lost, back = told(house)
    assert (lost.type, lost.reason, lost.printer) == (PrinterEventType.LOST, "paper_out", KITCHEN)
    assert (lost.location, lost.agent, lost.waiting) == ("altstadt", AGENT, 0)
    assert (back.type, back.lost_at) == (PrinterEventType.BACK, lost.lost_at)
    assert house.kitchen.tickets == [], "a question prints nothing"


async def test_a_printer_that_is_switched_off_while_idle_is_told_and_orders_print_when_it_is_back(
    house: House,
):
    house.kitchen.set_fault("refuse")
    await soon(lambda: len(told(house)) == 1, patience_s=3)
    assert told(house)[0].reason == "refused"
    house.kitchen.clear_fault()
    await soon(lambda: len(told(house)) == 2, patience_s=3)
    house.send(job("A1"))
    await house.kitchen.wait_for_tickets(1)


async def test_an_idle_printer_is_left_free_for_others_between_two_questions(house: House):
    await soon(lambda: "1.0" in ready(house))
    await soon(lambda: house.kitchen.connected_peer is None)


async def test_its_heartbeat_tells_of_every_printer_and_of_its_journal(house: House):
    house.kitchen.set_fault("cover-open")
    house.send(job("A1"))
    await soon(lambda: len(told(house)) == 1)
    await house.crash()
    before = len(beats(house))
    await house.start()
    await soon(lambda: len(beats(house)) > before)
    beat = beats(house)[before]
    assert len(beat.journal) == 16
    kitchen, bar = beat.printers
    assert (kitchen.id, kitchen.ready, kitchen.reason) == (KITCHEN, False, "cover_open")
    assert kitchen.lost_at == told(house)[0].lost_at, "remembered over the crash"
    assert (bar.id, bar.lost_at, bar.location) == (BAR, None, "altstadt")


async def test_a_dead_letter_reaches_the_exchange_of_dead_letters(house: House):
    house.send(job("A1", "grill-9"))
    await soon(lambda: bool(house.server.waiting(topology.DEAD_LETTERS)))
    (message,) = house.server.waiting(topology.DEAD_LETTERS)
    letter = decode(message.body)
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.job) == ("unknown_printer", job("A1", "grill-9"))


def ready(house: House) -> str:
    assert house.app is not None
    value = house.app._chassis.registry.get_sample_value(
        "bonfire_printer_ready", {"printer": KITCHEN}
    )
    return str(value)
