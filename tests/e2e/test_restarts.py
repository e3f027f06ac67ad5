"""Each process dies in between, and nothing is lost: judged by the paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

from dev_stack.private_broker import PrivateBroker
from tests.support.checker import ExpectedTicket
from tests.support.house import House, open_house
from tests.support.rabbit import soon

BAR = {"id": "5ec00003-0000-4000-8000-000000000003"}


async def take_orders(house: House, first: int, count: int) -> list[ExpectedTicket]:
    """One after the other, each with a dish for the kitchen and every third with a drink."""
    expected = []
    for number in range(first, first + count):
        items = [{"name": "Suppe"}, *([{"name": "Bier", "section": BAR}] * (number % 3 == 0))]
        order = {"id": f"order-{number}", "number": f"K{number}", "items": items}
        expected += await house.hand_in(order)
    return expected


async def test_order_ingest_dies_and_every_order_that_it_answered_is_printed(house: House):
    expected = await take_orders(house, 1, 6)
    house.kill("order-ingest")
    await house.ended("order-ingest")
    rest = asyncio.create_task(take_orders(house, 7, 6))
    await house.start("order-ingest")
    expected += await rest
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 0


async def test_the_agent_dies_while_it_prints_and_no_ticket_is_lost_or_silently_doubled(
    house: House,
):
    expected = await take_orders(house, 1, 12)
    await house.printers["kitchen-1"].wait_for_tickets(2)
    house.kill("print-agent")
    await house.ended("print-agent")
    await house.start("print-agent")
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks <= 2  # the one in hand at each printer


async def test_the_broker_restarts_and_printing_goes_on_in_order(tmp_path: Path):
    with PrivateBroker(tmp_path / "rabbitmq") as broker:
        async with open_house(tmp_path, broker) as house:
            await house.start("order-ingest")
            await house.start("print-agent")
            expected = await take_orders(house, 1, 3)
            assert (await house.all_on_paper(expected)).ok
            await asyncio.to_thread(broker.stop)
            expected += await take_orders(house, 4, 3)  # answered while the broker is away
            await asyncio.to_thread(broker.start)
            verdict = await house.all_on_paper(expected, patience_s=60)
            assert verdict.ok, verdict.summary()
            assert verdict.marks == 0


async def test_a_printer_without_paper_holds_its_tickets_and_nobody_elses(house: House):
    kitchen, bar = house.printers["kitchen-1"], house.printers["bar-1"]
    kitchen.set_fault("paper-out")
    expected = await take_orders(house, 1, 6)
    await bar.wait_for_tickets(2)
    assert kitchen.tickets == []
    kitchen.clear_fault("paper-out")
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 0


async def test_the_power_of_a_printer_fails_in_mid_ticket_and_the_next_one_says_so(house: House):
    kitchen = house.printers["kitchen-1"]
    kitchen.set_fault("power-cycle", value=0.5, at_byte=120)
    expected = await take_orders(house, 1, 3)
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 1


async def test_everything_is_switched_off_at_once_and_comes_back(house: House):
    house.printers["kitchen-1"].set_fault("refuse")
    expected = await take_orders(house, 1, 4)
    for service in ("order-ingest", "print-agent"):
        house.kill(service)
        await house.ended(service)
    house.printers["kitchen-1"].clear_fault("refuse")
    await house.start("print-agent")
    await house.start("order-ingest")
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks <= 1  # the bar's ticket can have been in hand


async def test_a_printer_that_takes_everything_and_prints_nothing_is_not_believed(house: House):
    kitchen = house.printers["kitchen-1"]
    await take_orders(house, 1, 1)
    await kitchen.wait_for_tickets(1)
    await soon(lambda: kitchen.connected_peer is None)
    kitchen.set_fault("black-hole")
    await take_orders(house, 2, 1)
    (job,) = await house.all_jobs("order-2", "dead")
    assert job["reason"] == "still_unknown"
    assert len(kitchen.tickets) == 1
