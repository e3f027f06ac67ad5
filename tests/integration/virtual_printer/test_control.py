"""The control port: state, paper, faults, and the stream that the page lives on."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.integration.virtual_printer.host import Host, eot, ticket
from tests.unit.escpos_paper.real_world import full_ticket
from virtual_printer import Darkroom, VirtualPrinter
from virtual_printer.control import control_app, live

Client = TestClient[Any, Any]


@pytest.fixture
async def bar() -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("bar-1", speed=math.inf) as printer:
        yield printer


@pytest.fixture
async def client(printer: VirtualPrinter, bar: VirtualPrinter) -> AsyncIterator[Client]:
    app = control_app({printer.name: printer, bar.name: bar})
    async with TestClient(TestServer(app)) as client:
        yield client


async def get(client: Client, path: str, status: int = 200) -> Any:
    async with client.get(path) as answer:
        assert answer.status == status
        assert answer.content_type == "application/json"
        return await answer.json()


async def test_every_printer_is_listed_with_its_state(client, printer):
    printers = await get(client, "/printers")
    assert [entry["name"] for entry in printers] == ["kitchen-1", "bar-1"]
    assert printers[0] == {
        "name": "kitchen-1",
        "place": f"127.0.0.1:{printer.port}",
        "port": printer.port,
        "columns": 48,
        "width_dots": 576,
        "maker": "BONFIRE",
        "model": "VP-80",
        "serial": printer.identity.serial,
        "online": True,
        "printing": False,
        "connected": None,
        "buffered_bytes": 0,
        "tickets": 0,
        "cutter": True,
        "red": False,
        "impact": False,
        "enpc_port": None,
        "faults": [],
    }
    assert await get(client, "/printers/bar-1") == printers[1]


async def test_tickets_are_listed_and_read(client, printer):
    async with Host(printer.port) as host:
        host.send(ticket("one"), ticket("zwei Käse"))
        await printer.wait_for_tickets(2)
    one, two = await get(client, "/printers/kitchen-1/tickets")
    assert (one["seq"], one["text"], two["text"]) == (1, "one", "zwei Käse")
    assert one["t_first_byte"] <= one["t_printed"] <= two["t_printed"]
    assert await get(client, "/printers/kitchen-1/tickets?since=1") == [two]
    async with client.get("/printers/kitchen-1/tickets/2.txt") as answer:
        assert await answer.text() == "zwei Käse\n"
    async with client.get("/printers/kitchen-1/tickets/000001.bin") as answer:
        assert await answer.read() == ticket("one")


async def test_a_picture_is_served_when_it_has_been_drawn(tmp_path):
    async with (
        Darkroom() as darkroom,
        VirtualPrinter("bar-1", speed=math.inf, paper_dir=tmp_path, darkroom=darkroom) as printer,
        TestClient(TestServer(control_app({"bar-1": printer}))) as client,
        Host(printer.port) as host,
    ):
        host.send(ticket())
        for _ in range(200):
            if (await client.get("/printers/bar-1/tickets/1.png")).status == 200:
                break
            await asyncio.sleep(0.05)
        async with client.get("/printers/bar-1/tickets/1.png") as answer:
            assert (await answer.read()).startswith(b"\x89PNG")


async def test_a_fault_is_set_and_cleared(client, printer):
    fault = {"fault": "slow", "value": 20}
    async with client.post("/printers/kitchen-1/faults", json=fault) as answer:
        assert answer.status == 201
        assert (await answer.json())["faults"] == [
            {"fault": "slow", "value": 20.0, "at_byte": None}
        ]
    await client.post("/printers/kitchen-1/faults", json={"fault": "cover-open"})
    await client.post("/printers/kitchen-1/faults", json={"fault": "rst", "at_byte": 9})
    assert (await get(client, "/printers/kitchen-1"))["online"] is False
    assert (await get(client, "/printers/bar-1"))["online"] is True
    async with client.delete("/printers/kitchen-1/faults/cover-open") as answer:
        assert (await answer.json())["online"] is True
    async with client.delete("/printers/kitchen-1/faults") as answer:
        assert (await answer.json())["faults"] == []
    assert printer.faults == []


async def test_the_faults_explain_themselves(client):
    faults = await get(client, "/faults")
    assert faults["black-hole"] == "takes everything, says that all is well, prints nothing"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"fault": "fire"}, "no fault 'fire'"),
        ({}, "no fault ''"),
        ({"fault": "slow"}, "slow needs a value"),
        ({"fault": "slow", "value": "much"}, "value must be a number"),
        ({"fault": "slow", "value": True}, "value must be a number"),
        ({"fault": "rst", "at_byte": 1.5}, "at_byte must be a whole number"),
        ({"fault": "rst", "at_byte": True}, "at_byte must be a whole number"),
        ({"fault": "silent", "for": 3}, "unknown fields: for"),
        (["silent"], "must be a JSON object"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_with_a_reason(client, body, complaint):
    async with client.post("/printers/kitchen-1/faults", json=body) as answer:
        assert answer.status == 400
        assert complaint in (await answer.json())["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 10_000])
async def test_a_body_that_is_no_json_is_refused(client, body):
    headers = {"Content-Type": "application/json"}
    async with client.post("/printers/kitchen-1/faults", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "no JSON" in (await answer.json())["error"]


async def test_a_form_on_a_foreign_page_cannot_break_a_printer(client, printer):
    async with client.post("/printers/kitchen-1/faults", data='{"fault": "silent"}') as answer:
        assert answer.status == 415
    assert printer.faults == []


async def test_a_body_that_is_too_long_is_refused(client):
    body = b'{"fault": "' + b"x" * 20_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    async with client.post("/printers/kitchen-1/faults", data=body, headers=headers) as answer:
        assert answer.status == 413


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/printers/grill", "no printer 'grill'; there are: kitchen-1, bar-1"),
        ("/printers/kitchen-1/tickets/7.txt", "kitchen-1 has no ticket 7"),
        ("/printers/kitchen-1/tickets/7.png", "--no-png"),
        ("/nowhere", "Not Found"),
    ],
)
async def test_what_is_not_there_is_told_in_json(client, path, complaint):
    assert complaint in (await get(client, path, 404))["error"]


async def test_since_must_be_a_number(client):
    assert "number" in (await get(client, "/printers/bar-1/tickets?since=x", 400))["error"]


async def test_an_unknown_fault_cannot_be_cleared(client):
    async with client.delete("/printers/bar-1/faults/fire") as answer:
        assert answer.status == 400


class Stream:
    """Reads server-sent events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> tuple[str, Any]:
        kind = (await self._answer.content.readline()).decode().removeprefix("event: ").strip()
        data = (await self._answer.content.readline()).decode().removeprefix("data: ")
        await self._answer.content.readline()
        return kind, json.loads(data)

    async def until(self, kind: str, **fields: object) -> Any:
        async with asyncio.timeout(5):
            while True:
                found, body = await self.next()
                if found == kind and fields.items() <= body.items():
                    return body


async def test_the_stream_shows_paper_states_and_events_as_they_come(client, printer):
    async with client.get("/events") as answer:
        assert answer.content_type == "text/event-stream"
        stream = Stream(answer)
        assert (await stream.until("state", name="kitchen-1"))["online"] is True
        await stream.until("event", printer="bar-1", event="started")
        async with Host(printer.port) as host:
            host.send(full_ticket())
            kinds: set[str] = set()
            while "cut" not in kinds:
                paper = await stream.until("paper", printer="kitchen-1")
                kinds |= {block["kind"] for block in paper["blocks"]}
            assert kinds == {"line", "modules", "bars", "picture", "feed", "buzz", "cut"}
            await stream.until("event", printer="kitchen-1", event="ticket_printed", seq=1)
        printer.set_fault("paper-out")
        state = await stream.until("state", name="kitchen-1", online=False)
        assert state["faults"][0]["fault"] == "paper-out"


async def test_who_comes_later_sees_the_last_paper(client, printer):
    async with Host(printer.port) as host:
        host.send(ticket("already there"))
        await printer.wait_for_tickets(1)
    async with client.get("/events") as answer:
        paper = await Stream(answer).until("paper", printer="kitchen-1")
    assert paper["blocks"][0]["runs"][0]["text"] == "already there"
    assert paper["blocks"][-1] == {"kind": "cut"}


async def test_without_a_watcher_the_printers_work_for_nobody(client, printer):
    async with client.get("/events") as answer:
        await Stream(answer).next()
        assert printer.trail.listeners
    async with asyncio.timeout(5):
        while printer.trail.listeners:
            await asyncio.sleep(0.05)
            printer.set_fault("silent")
            printer.clear_fault()
    assert printer.mechanism.slip.on_print is None


async def test_a_watcher_that_falls_behind_is_cut_off(client, printer, monkeypatch):
    monkeypatch.setattr(live, "MOST_WAITING", 60)
    async with client.get("/events") as answer:
        stream = Stream(answer)
        await stream.until("event", printer="bar-1")
        for _ in range(100):
            printer.trail.note("noise")
        async with asyncio.timeout(5):
            rest = await answer.content.read()
        assert rest.count(b"noise") < 100


async def test_watchers_have_a_maximum(client, monkeypatch):
    monkeypatch.setattr(live, "MOST_WATCHERS", 1)
    async with client.get("/events") as first:
        await Stream(first).next()
        assert "watching already" in (await get(client, "/events", 503))["error"]


async def test_the_page_loads_nothing_from_elsewhere_and_builds_no_markup_from_text(client):
    async with client.get("/") as answer:
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", page)
    assert re.findall(r"https?://[^\"'\s]+", page) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", page)


async def test_every_fault_that_has_a_button_exists(client):
    async with client.get("/") as answer:
        page = await answer.text()
    buttons = set(re.findall(r'\["([a-z-]+)", "', page))
    assert buttons == set(await get(client, "/faults"))


async def test_the_printer_goes_on_while_it_is_watched(client, printer):
    async with client.get("/events") as answer, Host(printer.port) as host:
        await Stream(answer).next()
        assert await host.ask(eot(1)) == b"\x12"
