"""Every query of every dashboard finds something in a house that works and has one trouble."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from dev_stack.private_broker import PrivateBroker
from grafana.queries import expand, queries
from tests.support.monitoring import ROOT, VERSIONS
from tests.support.watched_house import SOUP, WatchedHouse, open_watched_house, until

BOARDS = sorted((ROOT / "grafana" / "dashboards").glob("*.json"))


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_query_finds_something(
    version: str, tmp_path: Path, private_broker: PrivateBroker
):
    async with open_watched_house(tmp_path, private_broker, version) as watched:
        tickets = await watched.house.hand_in(SOUP)
        await watched.house.all_on_paper(tickets)
        watched.house.printers["bar-1"].set_fault("cover-open")
        await until(
            lambda: watched.ask('ALERTS{alertname="PrinterDown", alertstate="firing"}'),
            "an alert about the printer",
            60,
        )

        assert await fruitless(watched) == []
        assert await number(watched, "Orders") == 1
        assert await number(watched, "Tickets printed") == len(tickets) == 1
        assert 0 < await number(watched, "Half are on paper within") < math.inf
        assert await number(watched, "Printers not ready") == 1


async def number(watched: WatchedHouse, title: str) -> float:
    """What a panel of one number shows."""
    (query,) = [
        query
        for path in BOARDS
        for where, query in queries(json.loads(path.read_text("utf-8")))
        if where == f"panel {title!r}"
    ]
    (found,) = await watched.ask(expand(query))
    return float(found["value"][1])


async def fruitless(watched: WatchedHouse) -> list[str]:
    """Where the queries stand that find nothing."""
    return [
        f"{path.name}, {where}: {query}"
        for path in BOARDS
        for where, query in queries(json.loads(path.read_text("utf-8")))
        if not await watched.ask(expand(query))
    ]
