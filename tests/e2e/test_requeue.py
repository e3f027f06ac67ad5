"""A ticket that was given up, and a person who has it printed after all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from dev_stack.private_broker import PrivateBroker
from tests.support.house import House, kitchen_order, open_house
from tests.support.processes import PATIENCE_S

ORDER = {"id": "a-1", "number": "A1", "items": [{"name": "Suppe"}]}


@pytest.fixture
async def house(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[House]:
    """One whose print host has an older configuration: its printers have other names."""
    async with open_house(tmp_path, private_broker) as opened:
        await opened.start("order-ingest")
        file = tmp_path / "bonfire.toml"
        newest = file.read_text("utf-8")
        file.write_text(newest.replace('"kitchen-1"', '"old-kitchen"'), "utf-8")
        await opened.start("print-agent")
        file.write_text(newest, "utf-8")
        yield opened


async def letters(house: House, state: str) -> list[dict[str, Any]]:
    """The dead letters in this state, as soon as there are any."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            path = f"/retry/dead-letter?state={state}"
            status, answer = await house.ops("order-ingest", "GET", path)
            assert status == 200
            if answer["dead_letters"]:
                return list(answer["dead_letters"])
            await asyncio.sleep(0.05)


async def test_a_ticket_for_an_unknown_printer_prints_once_its_print_host_was_mended(house: House):
    expected = await house.hand_in(ORDER)
    (letter,) = await letters(house, "unsettled")
    assert (letter["reason"], letter["order_number"]) == ("unknown_printer", "A1")
    assert (letter["printer"], letter["on_paper"]) == ("kitchen-1", "no")

    await house.stop("print-agent")
    await house.start("print-agent")
    status, answer = await house.ops(
        "order-ingest", "POST", "/retry/requeue", json={"id": letter["id"]}
    )

    assert (status, answer["sent_as_generation"]) == (200, 2)
    verdict = await house.all_on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 0
    assert [job["state"] for job in await house.all_jobs("a-1", "printed")] == ["printed"]
    status, answer = await house.ops(
        "order-ingest", "POST", "/retry/requeue", json={"id": letter["id"]}
    )
    assert (status, answer["type"]) == (409, "urn:bonfire:problem:settled_already")


async def test_a_ticket_that_is_still_unknown_to_its_print_host_dies_again(house: House):
    await house.webhook(kitchen_order(1))
    (letter,) = await letters(house, "unsettled")

    await house.ops("order-ingest", "POST", "/retry/requeue", json={"id": letter["id"]})

    (again,) = await letters(house, "unsettled")
    assert again["id"] > letter["id"]
    assert (again["job_id"], again["generation"]) == (letter["job_id"], 2)
    (requeued,) = await letters(house, "requeued")
    assert (requeued["id"], requeued["settled_by"]) == (letter["id"], "anna")
