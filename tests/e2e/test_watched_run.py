"""`make run` shows what happens when something needs a hand: mails, alerts, and their end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import aiohttp
import pytest

from dev_stack.house import House
from dev_stack.places import places
from tests.support.house import ROOT
from tests.support.local_run import (
    assert_nothing_runs,
    free_base_port,
    processes_of,
    said_until_end,
    start_and_wait_until_it_stays,
)
from tests.support.monitoring import tool
from tests.support.watched_house import GUEST_ROOM as MANAGER
from tests.support.watched_house import OPERATOR, until

PATIENCE_S: Final = 90
SILENCE_S: Final = 4
"""Longer than the hurried Alertmanager waits before a second mail."""

# What takes minutes takes seconds here: how often Prometheus looks, how long an alert has to hold,
# and how long Alertmanager waits for more of the same.
_HURRIED: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "prometheus/prometheus.yml": [(r"_interval: \w+", "_interval: 1s")],
    "prometheus/rules/*.yaml": [(r"for: \w+", "for: 2s")],
    "alertmanager/alertmanager.yml": [
        (r'group_wait: "\w+"', 'group_wait: "1s"'),
        (r'group_interval: "\w+"', 'group_interval: "2s"'),
    ],
}


class Run:
    """A house that `make run` has started, as a person with a browser sees it."""

    def __init__(self, house: House, http: aiohttp.ClientSession) -> None:
        self._house = house
        self._http = http

    def hurry(self) -> None:
        """Hurry the configuration that the run has written, and have it read again."""
        for pattern, changes in _HURRIED.items():
            for path in self._house.directory.glob(pattern):
                text = path.read_text("utf-8")
                for old, new in changes:
                    text = re.sub(old, new, text)
                path.write_text(text, "utf-8")
        for number, command in processes_of(self._house.base_port).items():
            if "--config.file=" in command:
                os.kill(number, signal.SIGHUP)

    async def get(self, url: str) -> Any:
        async with self._http.get(url) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def pages(self) -> dict[str, int]:
        """The status of each page that `make run` names and a browser can open, by its name."""
        named = places(self._house, ROOT / "order.json", monitoring=True)
        found = {}
        for name, place in named.items():
            if place.startswith("http") and " " not in place and name != "Wix's webhook":
                async with self._http.get(place) as answer:
                    found[name] = answer.status
        return found

    async def paper_out(self) -> None:
        url = f"{self._house.paper_url}printers/kitchen-1/faults"
        async with self._http.post(url, json={"fault": "paper-out"}) as answer:
            assert answer.status == 201

    async def paper_back(self) -> None:
        async with self._http.delete(f"{self._house.paper_url}printers/kitchen-1/faults") as answer:
            assert answer.status == 200

    async def subjects(self, recipient: str) -> list[str]:
        """Of the mails in the sink for this person, oldest first."""
        mails = await self.get(f"{self._house.mails_url}api/mails?to={recipient}")
        return [mail["subject"] for mail in mails]

    async def forget_mails(self) -> None:
        async with self._http.delete(f"{self._house.mails_url}api/mails") as answer:
            assert answer.status == 200

    async def asked(self, query: str) -> list[Any]:
        """What Prometheus answers."""
        url = f"{self._house.monitoring_url('prometheus')}/api/v1/query"
        async with self._http.get(url, params={"query": query}) as answer:
            return list((await answer.json())["data"]["result"])

    async def firing(self) -> list[tuple[str, str]]:
        """Name and printer of each alert that fires, but for the one that always does."""
        answer = await self.get(f"{self._house.monitoring_url('prometheus')}/api/v1/alerts")
        return [
            (alert["labels"]["alertname"], alert["labels"].get("printer", ""))
            for alert in answer["data"]["alerts"]
            if alert["state"] == "firing" and alert["labels"]["alertname"] != "Watchdog"
        ]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    async with aiohttp.ClientSession() as http:
        yield Run(House(ROOT, base_port), http)
    process.send_signal(signal.SIGINT)
    said = await said_until_end(process)
    assert process.returncode == 0, said
    assert_nothing_runs(base_port)


@pytest.fixture
async def calm_run(run: Run) -> Run:
    """Hurried, and what came with the start is over."""
    for program in ("prometheus", "prometheus-alertmanager"):
        tool(program)
    run.hurry()
    ready = "min(bonfire_fleet_printer_ready) == 1 and sum(up) == 3"
    await until(lambda: run.asked(ready), "every printer ready", PATIENCE_S)
    await until(lambda: run.asked('absent(ALERTS{alertname!="Watchdog"})'), "peace", PATIENCE_S)
    return run


async def test_paper_that_is_out_is_told_to_each_once_and_so_is_its_end(calm_run: Run):
    run = calm_run
    assert await run.subjects(MANAGER) == [], "the start is no news for a restaurant"
    await asyncio.sleep(SILENCE_S)
    await run.forget_mails()

    await run.paper_out()
    (told,) = await until(lambda: run.subjects(MANAGER), "a mail", PATIENCE_S)
    assert "KITCHEN-1: Papier leer" in told
    assert await until(run.firing, "an alert", PATIENCE_S) == [("PrinterDown", "kitchen-1")]
    (alarm,) = await until(lambda: run.subjects(OPERATOR), "the alert's mail", PATIENCE_S)
    assert alarm.startswith("Urgent: ")

    await run.paper_back()

    async def all_told_its_end() -> bool:
        both = [len(await run.subjects(person)) for person in (MANAGER, OPERATOR)]
        return both == [2, 2] and not await run.firing()

    await until(all_told_its_end, "the end", PATIENCE_S)
    await asyncio.sleep(SILENCE_S)
    assert await run.firing() == []
    first, over = await run.subjects(MANAGER)
    assert first == told
    assert "KITCHEN-1 druckt wieder" in over
    first, over = await run.subjects(OPERATOR)
    assert first == alarm
    assert over.startswith("Over: ")


async def test_what_is_printed_leads_to_every_place(run: Run):
    pages = await run.pages()
    assert {"the paper, live", "the mails, live", "the alerts", "Alertmanager"} <= pages.keys()
    assert set(pages.values()) == {200}, pages
