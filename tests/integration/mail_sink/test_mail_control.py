"""The web port: the API for scripts, and what protects the page from the mails it shows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from mail_sink import MailSink
from mail_sink.control import control_app, live
from tests.integration.mail_sink.conftest import letter, send

Client = TestClient[Any, Any]
HOSTILE = "<script>top.document.title = 'broken'</script><img src=x onerror=alert(1)>"


@pytest.fixture
async def client(sink: MailSink) -> AsyncIterator[Client]:
    async with TestClient(TestServer(control_app(sink))) as client:
        yield client


async def get(client: Client, path: str, status: int = 200) -> Any:
    async with client.get(path) as answer:
        assert answer.status == status
        assert answer.content_type == "application/json"
        return await answer.json()


async def test_the_state_is_shown(client, sink):
    assert await get(client, "/api/state") == {
        "host": "127.0.0.1",
        "port": sink.port,
        "tls": "none",
        "login": None,
        "connections": 0,
        "mails": 0,
        "taken": 0,
        "bytes": 0,
        "faults": [],
    }


async def test_mails_are_listed_and_read(client, sink):
    message = letter()
    message["Message-ID"] = "<1@bosco.example>"
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(b"123", maintype="application", subtype="pdf", filename="a.pdf")
    await send(sink, message)
    await send(sink, letter("two", to="kueche@bosco.example"))
    one, two = await get(client, "/api/mails")
    assert (one["number"], one["subject"], two["subject"]) == (1, "Papier ist aus: Küche", "two")
    assert one["message_id"] == "<1@bosco.example>"
    assert await get(client, "/api/mails?since=1") == [two]
    assert await get(client, "/api/mails?to=Kueche@bosco.example") == [two]
    whole = await get(client, "/api/mails/1")
    assert (whole["text"].strip(), whole["html"].strip()) == ("Grüße", "<p>Grüße</p>")
    assert ["Subject", "Papier ist aus: Küche"] in whole["headers"]
    assert whole["attachments"] == [{"name": "a.pdf", "type": "application/pdf", "bytes": 3}]
    assert (await get(client, "/api/mails/2"))["html"] is None


async def test_a_mails_bytes_are_a_download(client, sink):
    await send(sink)
    async with client.get("/api/mails/1.eml") as answer:
        assert answer.content_type == "message/rfc822"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="1.eml"'
        assert await answer.read() == sink.mails[0].content


async def test_mails_are_forgotten(client, sink):
    await send(sink)
    async with client.delete("/api/mails") as answer:
        assert await answer.json() == {"forgotten": 1}
    assert await get(client, "/api/mails") == []


async def test_faults_are_set_and_cleared(client, sink):
    for fault in ({"fault": "greylist", "value": 2}, {"fault": "away"}):
        async with client.post("/api/faults", json=fault) as answer:
            assert answer.status == 201
    unknown = {"fault": "unknown-address", "address": "A@x.example"}
    async with client.post("/api/faults", json=unknown) as answer:
        assert (await answer.json())["faults"] == [
            {"fault": "greylist", "value": 2.0, "address": None},
            {"fault": "away", "value": None, "address": None},
            {"fault": "unknown-address", "value": None, "address": "a@x.example"},
        ]
    async with client.delete("/api/faults/greylist") as answer:
        assert len((await answer.json())["faults"]) == 2
    async with client.delete("/api/faults") as answer:
        assert (await answer.json())["faults"] == []
    await send(sink)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"fault": "fire"}, "no fault 'fire'"),
        ({}, "no fault ''"),
        ({"fault": "slow"}, "slow takes a value"),
        ({"fault": "slow", "value": "much"}, "value must be a number"),
        ({"fault": "slow", "value": True}, "value must be a number"),
        ({"fault": "unknown-address", "address": 7}, "address must be a mail address"),
        ({"fault": "unknown-address", "address": "x" * 400}, "address must be a mail address"),
        ({"fault": "hang", "for": 3}, "unknown fields: for"),
        (["hang"], "must be a JSON object"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_with_a_reason(client, sink, body, complaint):
    async with client.post("/api/faults", json=body) as answer:
        assert answer.status == 400
        assert complaint in (await answer.json())["error"]
    assert sink.faults == []


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 10_000])
async def test_a_body_that_is_no_json_is_refused(client, body):
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/faults", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "no JSON" in (await answer.json())["error"]


async def test_a_form_on_a_foreign_page_cannot_break_the_server(client, sink):
    async with client.post("/api/faults", data='{"fault": "hang"}') as answer:
        assert answer.status == 415
    assert sink.faults == []


@pytest.mark.parametrize(
    ("path", "status", "complaint"),
    [
        ("/api/mails/7", 404, "there is no mail 7"),
        ("/api/mails/7.eml", 404, "there is no mail 7"),
        ("/api/mails/1.html", 404, "mail 1 has no HTML"),
        ("/api/mails?since=x", 400, "number"),
        ("/nowhere", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_is_told_in_json(client, sink, path, status, complaint):
    await send(sink)
    assert complaint in (await get(client, path, status))["error"]


async def test_an_unknown_fault_cannot_be_cleared(client):
    async with client.delete("/api/faults/fire") as answer:
        assert answer.status == 400


async def test_a_mails_html_may_run_nothing_and_load_nothing(client, sink):
    message = letter()
    message.add_alternative(HOSTILE, subtype="html")
    await send(sink, message)
    async with client.get("/api/mails/1.html") as answer:
        assert HOSTILE in await answer.text()
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert "sandbox" in policy  # and nothing that it allows
        assert "default-src 'none'" in policy
        assert not any(each.startswith(("script-src", "connect-src")) for each in policy)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_everything_else_is_never_taken_for_a_page(client, sink):
    await send(sink, letter(HOSTILE))
    for path in ("/api/mails", "/api/mails/1", "/api/mails/1.eml", "/nowhere"):
        async with client.get(path) as answer:
            assert answer.content_type != "text/html"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_the_page_runs_its_own_script_only_and_builds_no_markup_from_text(client):
    async with client.get("/") as answer:
        assert answer.content_type == "text/html"
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", page)
    async with client.get("/page.js") as answer:
        assert answer.content_type in ("text/javascript", "application/javascript")
        script = await answer.text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert not re.search(r"https?://", page + script)
    assert 'setAttribute("sandbox", "")' in script
    async with client.get("/page.css") as answer:
        assert answer.content_type == "text/css"


async def test_every_fault_has_a_button(client):
    async with client.get("/page.js") as answer:
        buttons = set(re.findall(r'\["([a-z-]+)", "[^"]+"(?:, \d)?\]', await answer.text()))
    assert buttons - {"text", "html", "headers", "raw"} == set(await get(client, "/api/faults")) - {
        "unknown-address"
    }


async def next_event(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while True:
            line = (await answer.content.readline()).decode()
            if line.startswith("data: "):
                state: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return state


async def test_the_stream_tells_of_each_change(client, sink):
    async with client.get("/api/events") as answer:
        assert answer.content_type == "text/event-stream"
        assert (await next_event(answer))["mails"] == 0
        await send(sink)
        assert (await next_event(answer))["mails"] == 1
        await sink.set_fault("refuse")
        assert (await next_event(answer))["faults"][0]["fault"] == "refuse"


async def test_a_stream_without_news_finds_out_that_its_page_has_gone(client, sink, monkeypatch):
    monkeypatch.setattr(live, "QUIET_S", 0.02)
    async with client.get("/api/events") as answer:
        await next_event(answer)
        async with asyncio.timeout(5):
            while b"still here" not in await answer.content.readline():
                pass
    for _ in range(500):
        if not sink.mailbox.listeners:
            break
        await asyncio.sleep(0.01)
    assert not sink.mailbox.listeners


async def test_watchers_have_a_maximum(client, monkeypatch):
    monkeypatch.setattr(live, "MOST_WATCHERS", 1)
    async with client.get("/api/events") as first:
        await next_event(first)
        assert "watching already" in (await get(client, "/api/events", 503))["error"]
