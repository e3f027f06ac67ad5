"""The whole notifier: what happens arrives as mail, whatever becomes of the mail server."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sized
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bonfire.broker.memory import MemoryServer
from bonfire.messages import PrinterEventType, ServiceEventType
from bonfire.testing import START
from mail_sink import MailSink
from tests.support.hostile import HOSTILE
from tests.support.notifier_site import Site, eventually, running
from tests.support.notifying import (
    BERTA,
    CHEF,
    dead_letter_event,
    heartbeat,
    printer_event,
    printer_state,
    service_event,
)
from tests.support.rabbit import soon


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with MailSink() as sink:
        yield sink


@pytest.fixture
async def site(tmp_path: Path, sink: MailSink) -> AsyncIterator[Site]:
    async with running(tmp_path, sink) as site:
        yield site


async def has_length(found: Callable[[], Awaitable[Sized]], length: int) -> bool:
    return len(await found()) == length


async def test_a_lost_printer_is_a_mail_to_each_person_in_that_persons_language(site, sink):
    await site.say(printer_event())
    mails = {mail.recipients[0]: mail for mail in await sink.wait_for_mails(2)}
    assert mails[BERTA].subject == "KITCHEN-1: Papier leer \N{EN DASH} Gasthaus Bosco Altstadt"
    assert "eine neue Rolle einlegen" in mails[BERTA].text
    assert "eine neue Rolle einlegen" in mails[BERTA].html
    assert mails[CHEF].subject.startswith("KITCHEN-1: out of paper")
    rows = await site.rows("notifications")
    assert {row["email"] for row in rows} == {BERTA, CHEF}
    (incident,) = await site.rows("incidents")
    assert (incident["type"], incident["target"]) == ("printer_lost", "altstadt/kitchen-1")
    assert incident["ended_at"] is None


async def test_every_kind_of_trouble_is_told(site, sink):
    await site.say(dead_letter_event())
    await site.say(service_event())
    late = printer_state(waiting=2, oldest_due_at="2026-05-12T17:50:00Z")
    for seconds in range(0, 150, 15):
        await site.say(heartbeat(late, at=START + timedelta(seconds=seconds)))
    subjects = [mail.subject for mail in await sink.wait_for_mails(6)]
    for words in ("Bestellung 1042 nicht gedruckt", "neu gestartet", "Bons warten"):
        assert sum(words in subject for subject in subjects) == 1


async def test_the_same_event_twice_is_one_mail_each(site, sink):
    event = printer_event()
    await site.say(event)
    await site.say(event)
    await sink.wait_for_mails(2)
    await site.say(dead_letter_event())
    assert len(await sink.wait_for_mails(4)) == 4


async def test_a_refused_recipient_is_written_down_and_the_others_get_theirs(site, sink):
    await sink.set_fault("unknown-address", address=BERTA)
    await site.say(printer_event())
    (mail,) = await sink.wait_for_mails(1)
    assert mail.recipients == (CHEF,)

    async def refused() -> bool:
        return any(row["reason"] for row in await site.rows("notifications"))

    await eventually(refused)
    (row,) = [row for row in await site.rows("notifications") if row["reason"]]
    assert (row["email"], row["state"], row["reason"]) == (BERTA, "queued", "mail_refused")
    assert "550" in row["answer"]


async def test_a_mail_server_that_is_away_loses_nothing_also_over_a_restart(tmp_path, sink):
    server = MemoryServer()
    await sink.set_fault("away")
    async with running(tmp_path, sink, server) as site:
        await site.say(printer_event())
        await site.say(dead_letter_event())

        async def two_are_postponed() -> bool:
            rows = await site.rows("notifications")
            tried = [row for row in rows if row["state"] == "queued" and row["attempts"] > 0]
            return len(tried) == 2

        await eventually(two_are_postponed)
        status, _ = await site.get("/readyz")
        assert status == 200
    make_due(tmp_path / "history.db")
    await sink.clear_fault("away")
    async with running(tmp_path, sink, server) as site:
        mails = await sink.wait_for_mails(4)
        assert len({mail.message_id for mail in mails}) == 4


def make_due(history: Path) -> None:
    """As half a minute does."""
    with closing(sqlite3.connect(history)) as db:
        db.execute("UPDATE notification_history SET next_at = 0")
        db.commit()


async def test_events_that_nobody_knows_are_shown(site):
    await site.say_bytes(b"\x00 no event at all")
    await site.say_bytes(json.dumps({"schema": "x/1", "type": "a.b", "event_id": "e"}).encode())

    async def shown() -> list[str]:
        types = [row["type"] for row in await site.rows("events")]
        return [one for one in types if one != "service.started"]  # our own

    await eventually(lambda: has_length(shown, 2))
    assert await shown() == ["a.b", "unknown"]
    assert [row["type"] for row in await site.rows("events?type=a.b&limit=5")] == ["a.b"]


async def test_a_body_that_is_nested_too_deep_is_shown_as_text_and_breaks_no_page(site):
    await site.say_bytes(b"[" * 200_000)
    await site.say_bytes(b'{"type":"a.b","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
    await eventually(lambda: has_length(lambda: site.rows("events?type=unknown"), 2))
    shallow, deep = await site.rows("events?type=unknown")
    assert shallow["body"].startswith('{"type":"a.b","x":[[[')
    assert deep["body"].startswith("[[[")


async def test_hostile_events_and_a_megabyte_reach_no_header_and_stop_nothing(site, sink):
    for text in HOSTILE:
        safe = text.encode("utf-8", "replace").decode()
        lost = printer_event(reason=safe)
        dead = dead_letter_event(order_number=safe, printer=safe)
        for event in (lost, dead, printer_event(printer=safe[:200])):
            key = event.routing_key if len(event.routing_key) < 200 else "altstadt.printer.lost"
            await site.say_bytes(event.encode(), key)
    await site.say_bytes(b'{"type": "' + b"x" * 1_000_000 + b'"}')
    await site.say_bytes(b"[" * 1_000_000)
    await site.say(service_event())
    await soon(lambda: any("neu gestartet" in mail.subject for mail in sink.mails), 20)
    for mail in sink.mails:
        assert len(mail.recipients) == 1
        head = mail.content.split(b"\r\n\r\n")[0].lower()
        assert b"\nbcc" not in head
        assert head.count(b"\nto:") == 1
        assert "<script" not in mail.html
        assert "<img" not in mail.html


async def test_without_a_mail_server_nobody_is_told_and_the_history_is_kept(tmp_path, caplog):
    async with running(tmp_path, None) as site:
        await site.say(printer_event())
        await eventually(lambda: site.rows("incidents"))
        assert await site.rows("notifications") == []
        assert (await site.get("/readyz"))[0] == 200
    warnings = [r for r in caplog.records if getattr(r, "event", "") == "mail.not_configured"]
    assert len(warnings) == 1


async def test_pages_need_a_token_and_say_what_is_wrong_with_a_question(site):
    for page in ("events", "incidents", "notifications", "fleet"):
        assert (await site.get(f"/{page}", token=""))[0] == 401
        assert (await site.get(f"/{page}"))[0] == 200
    for query in ("limit=0", "limit=501", "limit=x", "limit=\u0663", "since=yesterday"):
        status, problem = await site.get(f"/events?{query}")
        assert status == 422
        assert query.split("=")[0] in problem["detail"]
    for query in ("since=2026-05-12T18:00:00Z", "since=2026-05-12", "limit=500", "type=x"):
        assert (await site.get(f"/notifications?{query}"))[0] == 200


async def test_the_fleet_shows_the_last_heartbeat_of_every_process(site):
    await site.say(heartbeat(printer_state(near_end=True)))
    await site.say(heartbeat(service="order-ingest", instance="order-ingest"))
    await eventually(lambda: has_length(lambda: site.rows("fleet"), 3))  # our own too
    fleet = await site.rows("fleet")
    agent = next(one for one in fleet if one["service"] == "print-agent")
    assert agent["printers"][0]["near_end"] is True
    assert agent["received_at"] > agent["at"]
    assert agent["schema"] == "bonfire.heartbeat/1"
    assert "schema_" not in agent


async def test_its_metrics_are_there_from_the_start_and_follow(site, sink):
    _, before = await site.get("/metrics", token="")
    assert 'bonfire_incidents_open{type="printer_lost"} 0.0' in before
    assert 'bonfire_breaker_state{breaker="smtp"} 0.0' in before
    await site.say(printer_event())
    await site.say(printer_event(PrinterEventType.CHANGED))
    await site.say(service_event(type=ServiceEventType.STOPPING))
    await sink.wait_for_mails(2)

    async def counted() -> bool:
        _, page = await site.get("/metrics", token="")
        return (
            'bonfire_notifications_total{result="accepted",type="printer_lost"} 2.0' in page
            and 'bonfire_events_received_total{type="printer.changed"} 1.0' in page
            and "bonfire_notifications_waiting 0.0" in page
        )

    await eventually(counted)


async def test_a_broker_that_is_away_makes_it_unready_and_it_says_so(tmp_path, sink):
    server = MemoryServer()
    async with running(tmp_path, sink, server) as site:
        server.stop()
        status, body = await site.get("/readyz")
        assert status == 503
        assert body["problems"] == ["there is no connection to the broker"]
        server.start()
        await soon(lambda: not site.app.unready())
        server.delete_queue("heartbeats")
        assert "not being consumed" in site.app.unready()[0]


async def test_a_breaker_that_opens_is_an_event_of_its_own(site, sink):
    await sink.set_fault("away")
    await site.say(printer_event())
    await eventually(lambda: site.rows("events?type=breaker.changed"))
    (row,) = await site.rows("events?type=breaker.changed")
    assert (row["body"]["breaker"], row["body"]["state"]) == ("smtp", "open")
    _, status = await site.get("/health/status")
    assert [(one["name"], one["state"]) for one in status["breakers"]] == [("smtp", "open")]
