"""From an empty printer to a mail and back, through everything that is in between in real life."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev_stack.private_broker import PrivateBroker
from tests.support.monitoring import alerts
from tests.support.watched_house import (
    FIRING,
    GUEST_ROOM,
    OPERATOR,
    SOUP,
    WatchedHouse,
    open_watched_house,
    until,
)

PRINTER_DOWN = alerts()["PrinterDown"]["annotations"]
UNPRINTED = alerts()["OrderUnprinted"]["annotations"]
WATCHED_S = 12  # longer than the hurried `for` of each alert


@pytest.fixture
async def watched(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[WatchedHouse]:
    async with open_watched_house(tmp_path, private_broker) as opened:
        yield opened


async def test_an_empty_printer_is_mailed_to_the_operator_and_so_is_its_end(watched: WatchedHouse):
    kitchen = watched.house.printers["kitchen-1"]
    kitchen.set_fault("paper-out")
    tickets = await watched.house.hand_in(SOUP)

    down = await watched.mail(OPERATOR, f"Urgent: Altstadt: {PRINTER_DOWN['summary']}")
    late = await watched.mail(OPERATOR, f"Urgent: Altstadt: {UNPRINTED['summary']}")

    assert "Printer kitchen-1 at altstadt is not ready, so its tickets wait." in down.text
    assert PRINTER_DOWN["action"] in down.text
    assert "https://docs.example/runbooks/PrinterDown.md" in down.text
    assert "https://grafana.example/d/bonfire-today?var-location=altstadt" in down.text
    assert "<li>Printer kitchen-1 at altstadt is not ready" in down.html
    assert "The oldest order without a ticket at altstadt has been due for" in late.text

    kitchen.clear_fault()

    verdict = await watched.house.all_on_paper(tickets)
    assert verdict.lost == []
    over = await watched.mail(OPERATOR, f"Over: Altstadt: {PRINTER_DOWN['summary']}", 60)
    await watched.mail(OPERATOR, f"Over: Altstadt: {UNPRINTED['summary']}", 60)
    assert "What is over:\n- Printer kitchen-1 at altstadt is not ready" in over.text
    assert "What to do first" not in over.text
    # Each fact reaches a person once: the restaurant's people hear of it from the notifier.
    assert not any("Urgent" in mail.subject for mail in watched.mails_to(GUEST_ROOM))


async def test_each_trouble_is_a_mail_of_its_own_and_is_told_once(watched: WatchedHouse):
    kitchen, bar = (watched.house.printers[name] for name in ("kitchen-1", "bar-1"))
    kitchen.set_fault("paper-out")
    bar.set_fault("cover-open")
    urgent, over = (f"{word}: Altstadt: {PRINTER_DOWN['summary']}" for word in ("Urgent", "Over"))

    await until(lambda: mails(watched, 2), "a mail about each printer", 60)
    kitchen.clear_fault()
    await watched.mail(OPERATOR, over, 60)
    bar.clear_fault()
    # The printers are asked every 20 s, and their host tells it every 15 s.
    await until(lambda: mails(watched, 4), "the end of both", 90)

    assert subjects(watched) == [urgent, urgent, over, over]
    told = [mail.text for mail in watched.mails_to(OPERATOR)]
    assert [("kitchen-1" in text) + ("bar-1" in text) for text in told] == [1, 1, 1, 1]


async def mails(watched: WatchedHouse, number: int) -> bool:
    return len(subjects(watched)) >= number


def subjects(watched: WatchedHouse) -> list[str]:
    return [mail.subject for mail in watched.mails_to(OPERATOR)]


async def test_a_healthy_house_mails_nothing(watched: WatchedHouse):
    began = asyncio.get_running_loop().time()
    tickets = await watched.house.hand_in(SOUP)
    await watched.house.all_on_paper(tickets)
    await asyncio.sleep(WATCHED_S)

    seconds = math.floor(asyncio.get_running_loop().time() - began)
    assert await watched.ask(f"max_over_time({FIRING}[{seconds}s])") == []
    assert not any("Urgent" in mail.subject for mail in watched.mails_to(OPERATOR))
