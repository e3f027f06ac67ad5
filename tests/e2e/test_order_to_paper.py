"""An order in, its tickets out: the main job, with real processes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.house import House, kitchen_order, sample

REAL_ORDERS = Path(__file__).resolve().parents[3] / "shared" / "samples" / "wix"


async def test_a_wix_order_comes_out_of_the_kitchens_and_the_bars_printer(house: House):
    assert await house.webhook(sample("pickup-asap-cash")) == 200

    (kitchen,) = await house.printers["kitchen-1"].wait_for_tickets(1)
    (bar,) = await house.printers["bar-1"].wait_for_tickets(1)

    for words in ("KÜCHE", "10201", "Käsespätzle", "Röstzwiebeln", "Nussallergie", "#0001  job"):
        assert words in kitchen.text
    assert "Spezi" not in kitchen.text
    assert "BAR" in bar.text
    assert "Nussallergie" in bar.text  # an allergy is on every station's ticket
    assert "Käsespätzle" not in bar.text


async def test_the_ledger_learns_that_every_ticket_was_printed(house: House):
    order = {
        "id": "a-1",
        "number": "A1",
        "items": [
            {"name": "Suppe"},
            {
                "name": "Bier",
                "section": {"id": "5ec00003-0000-4000-8000-000000000003"},
            },
        ],
    }
    status, answer = await house.submit(order, key="k-1")
    assert (status, answer["result"]) == (201, "accepted")

    await house.printers["kitchen-1"].wait_for_tickets(1)
    await house.printers["bar-1"].wait_for_tickets(1)
    jobs = await house.all_jobs("a-1", "printed")
    assert {(job["station"], job["ticket_number"]) for job in jobs} == {
        ("kitchen", "0001"),
        ("bar", "0001"),
    }


async def test_a_repeated_webhook_prints_nothing_again(house: House):
    order = kitchen_order(7)
    assert await house.webhook(order) == 200
    await house.printers["kitchen-1"].wait_for_tickets(1)
    assert await house.webhook(order) == 200
    assert await house.webhook(kitchen_order(8)) == 200
    tickets = await house.printers["kitchen-1"].wait_for_tickets(2)
    assert ["K7" in ticket.text.split() for ticket in tickets] == [True, False]
    assert len(house.printers["kitchen-1"].tickets) == 2


async def test_the_real_order_of_a_real_restaurant_prints(house: House):
    file = REAL_ORDERS / "ecom-restaurant-order-pickup-asap-cash.real-redacted.json"
    if not file.exists():
        pytest.skip("the real order is not laid beside the repository")
    order = json.loads(file.read_text())["order"]
    assert await house.webhook(order) == 200
    (ticket,) = await house.printers["kitchen-1"].wait_for_tickets(1)
    for words in (order["number"], "3x  Nam Tok", "Ente", "3x  Som Tam"):
        assert words in ticket.text


async def test_every_service_stops_in_order_when_it_is_asked_to(house: House):
    await house.webhook(sample("pickup-asap-cash"))
    await house.printers["kitchen-1"].wait_for_tickets(1)
    assert await house.stop("order-ingest") == 0
    assert await house.stop("print-agent") == 0


@pytest.mark.parametrize("service", ["order-ingest", "print-agent"])
async def test_a_service_that_is_stopped_as_soon_as_it_is_ready_stops_at_once(
    house: House, service: str
):
    await house.stop(service)
    for _ in range(4):
        await house.start(service)
        async with asyncio.timeout(10):
            assert await house.stop(service) == 0
