"""Each process dies in between, and nothing is lost: judged by the paper."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from dev_stack.private_broker import PrivateBroker
from tests.support.house import House, kitchen_order, open_house
from tests.support.rabbit import soon

ORDERS = 12


async def deliver_all(house: House, first: int, count: int) -> list[str]:
    """One after the other, each repeated until it is answered with 200; their numbers."""
    numbers = []
    for number in range(first, first + count):
        await house.deliver(kitchen_order(number))
        numbers.append(f"K{number}")
    return numbers


def numbers_on_paper(house: House) -> list[str]:
    """The order number of each ticket, in the order in which they came out."""
    found = []
    for ticket in house.printers["kitchen-1"].tickets:
        found += re.findall(r"\bK\d{4}\b", ticket.text)
    return found


def unmarked(house: House, number: str) -> int:
    tickets = [t for t in house.printers["kitchen-1"].tickets if number in t.text.split()]
    return sum("MÖGLICHES DUPLIKAT" not in ticket.text for ticket in tickets)


async def test_order_ingest_dies_and_every_order_that_it_answered_is_printed(house: House):
    numbers = await deliver_all(house, 1000, ORDERS // 2)
    house.kill("order-ingest")
    await house.ended("order-ingest")
    delivering = asyncio.create_task(deliver_all(house, 1000 + ORDERS // 2, ORDERS // 2))
    await house.start("order-ingest")
    numbers += await delivering
    await house.printers["kitchen-1"].wait_for_tickets(ORDERS)
    assert numbers_on_paper(house) == numbers


async def test_the_agent_dies_while_it_prints_and_no_ticket_is_lost_or_silently_doubled(
    house: House,
):
    numbers = await deliver_all(house, 2000, ORDERS)
    await house.printers["kitchen-1"].wait_for_tickets(2)
    house.kill("print-agent")
    await house.ended("print-agent")
    await house.start("print-agent")
    await soon(lambda: numbers[-1] in numbers_on_paper(house))
    on_paper = numbers_on_paper(house)
    assert list(dict.fromkeys(on_paper)) == numbers
    assert all(unmarked(house, number) <= 1 for number in numbers)
    assert len(on_paper) <= ORDERS + 1  # only the one in hand can have come out twice


async def test_the_broker_restarts_and_printing_goes_on_in_order(tmp_path: Path):
    with PrivateBroker(tmp_path / "rabbitmq") as broker:
        async with open_house(tmp_path, broker) as house:
            await house.start("order-ingest")
            await house.start("print-agent")
            numbers = await deliver_all(house, 3000, 3)
            await house.printers["kitchen-1"].wait_for_tickets(3)
            await asyncio.to_thread(broker.stop)
            numbers += await deliver_all(house, 3003, 3)  # answered while the broker is away
            await asyncio.to_thread(broker.start)
            await house.printers["kitchen-1"].wait_for_tickets(6, timeout_s=40)
            assert numbers_on_paper(house) == numbers


async def test_a_printer_without_paper_holds_its_tickets_and_nobody_elses(house: House):
    house.printers["kitchen-1"].set_fault("paper-out")
    bar_order = {
        "id": "b",
        "number": "B",
        "items": [
            {"name": "Bier", "section": {"id": "5ec00003-0000-4000-8000-000000000003"}},
        ],
    }
    numbers = await deliver_all(house, 4000, 3)
    assert (await house.submit(bar_order, key="b"))[0] == 201
    await house.printers["bar-1"].wait_for_tickets(1)
    assert house.printers["kitchen-1"].tickets == []
    house.printers["kitchen-1"].clear_fault("paper-out")
    await house.printers["kitchen-1"].wait_for_tickets(3, timeout_s=20)
    assert numbers_on_paper(house) == numbers


async def test_everything_is_switched_off_at_once_and_comes_back(house: House):
    house.printers["kitchen-1"].set_fault("refuse")
    numbers = await deliver_all(house, 5000, 4)
    for service in ("order-ingest", "print-agent"):
        house.kill(service)
        await house.ended(service)
    house.printers["kitchen-1"].clear_fault("refuse")
    await house.start("print-agent")
    await house.start("order-ingest")
    await house.printers["kitchen-1"].wait_for_tickets(4)
    assert numbers_on_paper(house) == numbers
    assert all(unmarked(house, number) == 1 for number in numbers)
