"""`/printers` at the operations port of a whole agent, its printers on loopback and behind a
device file, in real time.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bonfire.broker import topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.chassis import ChassisSettings
from bonfire.tasks import Tasks
from print_agent.app import App
from print_agent.settings import Settings
from tests.integration.agent.configuration import write_config
from tests.integration.agent.rig import BAR, KITCHEN
from tests.support.jobs import AGENT
from virtual_printer import VirtualPrinter

LOOKER, ANNA = "looker-0123456789abcdef0123456789", "anna-0123456789abcdef0123456789ab"


GRILL = "grill"
_GRILL = """
[[locations.printers]]
id = "grill"
address = "serial:///dev/ttyS99?baud=9600"
status = "none"
confirmation = "close"
accept_weak = true
"""


class Site:
    """An agent with a network printer and a USB one."""

    def __init__(self, app: App, kitchen: VirtualPrinter, bar: VirtualPrinter) -> None:
        self.app = app
        self.kitchen = kitchen
        self.bar = bar

    async def ask(self, method: str, path: str, token: str = LOOKER) -> tuple[int, Any]:
        url = f"http://127.0.0.1:{self.app.ops_port}{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            aiohttp.ClientSession() as client,
            client.request(method, url, headers=headers) as answer,
        ):
            return answer.status, json.loads(await answer.text())

    async def printers(self) -> dict[str, dict[str, Any]]:
        status, body = await self.ask("GET", "/printers")
        assert status == 200
        return {printer["id"]: printer for printer in body["printers"]}

    async def examined(self) -> bool:
        shown = await self.printers()
        said = (shown[name]["says"] for name in (KITCHEN, BAR))
        return all(one and one["capabilities"] for one in said)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"looker {LOOKER}\nanna {ANNA} read,operate\n")
    device = tmp_path / "lp0"
    async with (
        VirtualPrinter(KITCHEN, speed=math.inf) as kitchen,
        VirtualPrinter(BAR, speed=math.inf, pty=device) as bar,
    ):
        config = write_config(tmp_path, kitchen.port, 1)
        text = config.read_text("utf-8")
        text = text.replace('"tcp://127.0.0.1:1"', f'"usb://{device}"\nshared = true')
        config.write_text(text + _GRILL, "utf-8")
        chassis = ChassisSettings(
            tmp_path / "data" / "journal.db", "amqp://nowhere", "127.0.0.1", 0, tokens
        )
        server, tasks = MemoryServer(), Tasks(lambda: None)
        ledger = MemoryBroker(server)
        await ledger.start()
        await ledger.declare(topology.for_agents([AGENT]))
        app = App(Settings(AGENT, config, chassis, "INFO"), broker=MemoryBroker(server))
        await app.start(tasks)
        yield Site(app, kitchen, bar)
        await app.drain()
        await tasks.cancel()
        await app.close()
        await ledger.close()


async def _until_examined(site: Site) -> None:
    async with asyncio.timeout(10):
        while not await site.examined():  # noqa: ASYNC110 -- it is another side of a wire
            await asyncio.sleep(0.05)


async def test_it_shows_who_they_are_what_they_can_do_and_what_is_only_configured(site: Site):
    await _until_examined(site)
    shown = await site.printers()
    kitchen, bar = shown[KITCHEN], shown[BAR]
    assert kitchen["address"] == f"tcp://127.0.0.1:{site.kitchen.port}"
    assert bar["address"].startswith("usb:///")
    assert (kitchen["state"], kitchen["trouble"], kitchen["waiting"]) == ("ready", None, 0)
    assert kitchen["confirmation"] == {"by": "process-id", "source": "asked"}
    assert kitchen["says"]["model"] == "VP-80"
    assert kitchen["says"]["capabilities"] | {"fonts": ""} == {
        "model_id": 32,
        "type_id": 2,
        "rom_id": 1,
        "fonts": "",
        "process_id": True,
        "in_order": True,
        "buffer_clear": True,
        "cutter": True,
    }
    assert bar["says"]["capabilities"]["buffer_clear"] is None, "somebody else prints there"
    assert kitchen["configured"] == {
        "technology": "thermal",
        "columns": 48,
        "code_page": "cp858",
        "code_page_number": 19,
        "buzzer": "none",
        "raster": True,
        "red": False,
    }
    assert site.kitchen.tickets == site.bar.tickets == []
    assert list(site.bar.recent_paper) == []


async def test_a_trouble_is_shown_with_what_to_do(site: Site):
    assert (await site.printers())[KITCHEN]["state"] == "not asked yet"
    site.kitchen.set_fault("cover-open")
    async with asyncio.timeout(10):
        while (shown := (await site.printers())[KITCHEN])["state"] != "trouble":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    since = shown["trouble"].pop("since")
    assert datetime.fromisoformat(since).tzinfo is not None
    assert shown["trouble"] == {
        "reason": "cover_open",
        "problem": "the cover is open",
        "remedy": "Close the lid until it clicks.",
    }
    assert (shown["says"], shown["confirmation"]["by"]) == (None, None)


async def test_it_is_asked_anew_when_somebody_says_so(site: Site):
    await _until_examined(site)
    assert await site.ask("POST", f"/printers/{KITCHEN}/examine", ANNA) == (
        202,
        {"printer": KITCHEN},
    )
    assert (await site.printers())[KITCHEN]["says"]["capabilities"] is None


async def test_one_that_tells_no_status_is_not_asked_and_that_is_said(site: Site):
    status, body = await site.ask("POST", f"/printers/{GRILL}/examine", ANNA)
    assert status == 422
    assert 'status = "none"' in body["detail"]
    grill = (await site.printers())[GRILL]
    assert (grill["state"], grill["confirmation"]["by"]) == ("ready", "close")
    assert grill["confirmation"]["source"] == "configured"


async def test_who_may_only_read_starts_nothing_and_who_has_no_token_sees_nothing(site: Site):
    assert (await site.ask("GET", "/printers", ""))[0] == 401
    assert (await site.ask("POST", f"/printers/{KITCHEN}/examine"))[0] == 403


async def test_a_printer_that_is_not_there_is_told_with_those_that_are(site: Site):
    status, body = await site.ask("POST", "/printers/pass/examine", ANNA)
    assert status == 404
    assert "known: kitchen-1, bar-1, grill" in body["detail"]
