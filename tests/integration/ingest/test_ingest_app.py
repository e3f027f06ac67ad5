"""The whole service in one process: starting, being told, stopping."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bonfire.broker import topology
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.errors import Permanent, Reason
from bonfire.messages import JobEvent, JobEventType
from bonfire.store import StoreError
from bonfire.tasks import Tasks
from bonfire.testing import FakeClock
from bonfire.tokens import TokensInvalid
from dev_stack.ports import free_ports
from order_ingest.app import App
from order_ingest.lookout import Lookout
from tests.support.rabbit import soon
from tests.support.raw_http import peer
from tests.support.webhooks import Ingest, printed, running, settings_in
from tests.support.wix import raw_line, raw_order


async def released(ingest: Ingest) -> str:
    """The id of the job of an order that was just taken in."""
    await ingest.wix(raw_order())
    return ingest.planned()[-1].job_id


async def closed(ingest: Ingest, state: str) -> float:
    return await ingest.metric("bonfire_jobs_closed_total", location="altstadt", state=state)


async def test_a_printed_ticket_closes_its_job_and_its_way_to_paper_is_measured(ingest: Ingest):
    job_id = await released(ingest)
    later = ingest.clock.now() + timedelta(seconds=2.5)

    await ingest.tell(job_id, JobEventType.PRINTED, at=later, **printed())

    assert ingest.query("SELECT state, on_paper FROM jobs") == [("printed", "yes")]
    assert await closed(ingest, "printed") == 1
    paper = "bonfire_order_to_paper_seconds"
    assert await ingest.metric(f"{paper}_count", location="altstadt") == 1
    assert await ingest.metric(f"{paper}_sum", location="altstadt") == 2.5


async def test_a_ticket_is_counted_once_however_often_it_is_told(ingest: Ingest):
    job_id = await released(ingest)
    for _ in range(3):
        await ingest.tell(job_id, JobEventType.PRINTED, **printed())

    assert await closed(ingest, "printed") == 1


async def test_only_tickets_of_those_who_cook_are_measured_on_their_way_to_paper(tmp_path):
    async with running(tmp_path, documents=True) as ingest:
        await ingest.wix(raw_order())
        for job in ingest.planned():
            later = ingest.clock.now() + timedelta(seconds=2 if job.station == "kitchen" else 900)
            await ingest.tell(job.job_id, JobEventType.PRINTED, at=later, **printed())

        assert await closed(ingest, "printed") == len(ingest.planned()) == 3
        paper = "bonfire_order_to_paper_seconds"
        assert await ingest.metric(f"{paper}_count", location="altstadt") == 1
        assert await ingest.metric(f"{paper}_sum", location="altstadt") == 2


async def test_a_dead_job_is_counted_and_not_measured(ingest: Ingest):
    await ingest.tell(await released(ingest), JobEventType.DEAD, reason="render_error")

    assert await closed(ingest, "dead") == 1
    assert await ingest.metric("bonfire_order_to_paper_seconds_count", location="altstadt") == 0


async def test_an_agent_whose_clock_is_behind_ours_makes_no_sum_fall(ingest: Ingest):
    earlier = ingest.clock.now() - timedelta(minutes=5)

    await ingest.tell(await released(ingest), JobEventType.PRINTED, at=earlier, **printed())

    assert await ingest.metric("bonfire_order_to_paper_seconds_sum", location="altstadt") == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"no json", "unreadable_message"),
        (b'{"schema": "bonfire.job-event/1", "type": "job.eaten"}', "unreadable_message"),
        (b'{"schema": "bonfire.job-event/9"}', "unknown_version"),
    ],
)
async def test_an_event_that_cannot_be_read_goes_to_the_dead_letters(ingest: Ingest, body, reason):
    await ingest.deliver(body)

    await soon(lambda: ingest.count("dead_letters") == 1)
    row = ("events.ledger", reason, body, "unsettled")
    assert ingest.query("SELECT queue, reason, sample, state FROM dead_letters") == [row]
    assert await ingest.metric("bonfire_events_unreadable_total", reason=reason) == 1


async def test_a_job_of_ours_that_strays_into_the_events_goes_to_the_dead_letters(ingest: Ingest):
    await released(ingest)

    await ingest.deliver(ingest.planned()[0].encode())

    await soon(lambda: ingest.count("dead_letters") == 1)
    row = ("events.ledger", "rejected", "bonfire.print-job", None)
    assert ingest.query("SELECT queue, reason, kind, job FROM dead_letters") == [row]
    assert ingest.query("SELECT state FROM jobs") == [("open",)]


async def test_an_order_is_accepted_while_the_broker_is_away_and_goes_out_when_it_is_back(
    tmp_path,
):
    async with running(tmp_path, broker_away=True) as ingest:
        assert (await ingest.wix(raw_order(raw_line(), raw_line("Cola")))).status == 200
        assert (await ingest.ready()).status == 200
        assert await ingest.metric("bonfire_broker_connected") == 0
        assert await ingest.metric("bonfire_outbox_waiting_messages", lane="altstadt") == 2

        ingest.server.start()

        await ingest.published(2)
        assert await ingest.metric("bonfire_broker_connected") == 1
        assert await ingest.metric("bonfire_outbox_waiting_messages", lane="altstadt") == 0


async def test_what_was_not_published_before_a_stop_is_published_after_the_start(ingest: Ingest):
    ingest.server.stop()
    await ingest.wix(raw_order())
    await ingest.stop()

    ingest.server.start()
    await ingest.start()

    await ingest.published(1)


async def test_a_job_of_a_print_host_without_a_queue_waits_in_the_outbox_until_it_has_one(
    tmp_path,
):
    async with running(tmp_path, declared=False) as ingest:
        ingest.server.declare(topology.for_agents(["hafen"]))
        assert (await ingest.wix(raw_order())).status == 200
        lane = {"lane": "altstadt"}
        failures = "bonfire_outbox_publish_failures_total"
        await soon(lambda: ingest.in_outbox() == 1)
        await ingest.clock.advance(1)
        assert await ingest.metric(failures, **lane, reason="unroutable") >= 1
        assert await ingest.metric("bonfire_outbox_waiting_messages", **lane) == 1

        ingest.server.declare(topology.for_agents(["altstadt", "hafen"]))
        await ingest.clock.advance(10)

        await ingest.published(1)
        assert ingest.server.waiting(topology.UNROUTABLE_QUEUE) == ()


async def test_published_messages_leave_the_ledger(ingest: Ingest):
    await ingest.wix(raw_order())
    await ingest.published(1)

    await ingest.clock.advance(1)

    await soon(lambda: ingest.in_outbox() == 0)


async def test_what_the_broker_lacks_is_named_once_and_its_presence_too(tmp_path, caplog):
    caplog.set_level("INFO")
    async with running(tmp_path, declared=False) as ingest:
        await ingest.clock.advance(120)

        missing = [
            r.__dict__ for r in caplog.records if r.__dict__.get("event") == "topology.missing"
        ]
        assert len(missing) == 1
        assert "queue jobs.altstadt" in missing[0]["objects"]
        gauge = "bonfire_topology_missing_objects"
        assert await ingest.metric(gauge) == len(missing[0]["objects"])

        ingest.server.declare(topology.for_agents(["altstadt", "hafen"]))
        await ingest.clock.advance(30)

        events = [record.__dict__.get("event") for record in caplog.records]
        assert events.count("topology.complete") == 1
        assert await ingest.metric(gauge) == 0


async def test_a_print_host_that_was_never_declared_is_named(tmp_path, caplog):
    async with running(tmp_path, declared=False) as ingest:
        ingest.server.declare(topology.for_agents(["altstadt"]))
        await ingest.clock.advance(30)

        missing = [
            r.__dict__ for r in caplog.records if r.__dict__.get("event") == "topology.missing"
        ]
        assert missing[-1]["objects"] == ("queue jobs.hafen", "queue commands.hafen")


async def test_a_broker_that_goes_while_it_is_looked_at_is_looked_at_again(ingest: Ingest, caplog):
    look = ingest.app._chassis.broker.missing

    async def lost(needed):
        ingest.server.stop()
        return await look(needed)

    ingest.app._chassis.broker.missing = lost  # type: ignore[method-assign]
    await ingest.clock.advance(30)

    assert ingest.tasks.dead is None
    assert "topology.missing" not in [r.__dict__.get("event") for r in caplog.records]


async def test_a_fresh_service_is_ready_and_alive(ingest: Ingest):
    ready = await ingest.ready()

    assert (ready.status, ready.body["problems"]) == (200, [])
    ops = f"http://127.0.0.1:{ingest.app.ops_port}"
    assert (await ingest.request("GET", f"{ops}/livez")).status == 200
    info = {"service": "order-ingest", "version": "0.1.0"}
    assert await ingest.metric("bonfire_build_info", **info) == 1


async def test_the_public_port_shows_no_metrics(ingest: Ingest):
    for path in ("/metrics", "/readyz", "/livez", "/"):
        answer = await ingest.request("GET", path)
        assert (answer.status, answer.reason) == (404, "not_found")


async def test_a_request_in_hand_is_finished_before_the_service_stops(ingest: Ingest, monkeypatch):
    accept = ingest.app._ledger.accept
    stopping = asyncio.Event()

    async def held(*arguments):
        await stopping.wait()
        return await accept(*arguments)

    monkeypatch.setattr(ingest.app._ledger, "accept", held)
    answering = asyncio.create_task(ingest.wix(raw_order()))
    await asyncio.sleep(0.05)
    draining = asyncio.create_task(ingest.app._public.stop())
    await asyncio.sleep(0.05)
    stopping.set()

    assert (await answering).status == 200
    await draining
    assert ingest.count("jobs") == 1


async def test_nothing_of_a_service_stays_behind(tmp_path):
    before = asyncio.all_tasks()

    async with running(tmp_path) as ingest:
        await ingest.wix(raw_order())

    await soon(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})


async def test_two_services_never_share_a_ledger(ingest: Ingest):
    second = App(ingest.settings, ingest.clock)

    with pytest.raises(Permanent) as caught:
        await second.start(Tasks(lambda: None))

    assert caught.value.reason is Reason.STORE_LOCKED


async def test_a_start_that_fails_keeps_neither_the_ports_nor_the_ledger(
    tmp_path, monkeypatch: pytest.MonkeyPatch
):
    public, ops = free_ports(2)
    settings = settings_in(tmp_path, port=public)
    settings = replace(settings, chassis=replace(settings.chassis, ops_port=ops))

    async def refused(_lookout: Lookout) -> None:
        raise StoreError(Reason.STORE_LOCKED, "somebody else writes")

    for look in (refused, Lookout.look):
        monkeypatch.setattr(Lookout, "look", look)
        app = App(settings, FakeClock(), MemoryBroker(MemoryServer()))
        tasks = Tasks(lambda: None)
        if look is refused:
            with pytest.raises(StoreError):
                await app.start(tasks)
        else:
            await app.start(tasks)
            assert app.port == public
            await app._public.stop()
        await tasks.cancel()
        await app.close()


def test_an_unusable_public_key_is_named(tmp_path):
    with pytest.raises(Permanent, match="Wix public key cannot be used"):
        App(settings_in(tmp_path, wix_public_key="nonsense"))


def test_an_unusable_file_of_tokens_is_named(tmp_path):
    with pytest.raises(TokensInvalid, match="cannot read"):
        App(settings_in(tmp_path, api_tokens=tmp_path / "nowhere"))


def test_an_impossible_broker_is_named(tmp_path):
    settings = settings_in(tmp_path)
    with pytest.raises(Permanent, match="amqp://"):
        App(replace(settings, chassis=replace(settings.chassis, amqp_url="http://broker")))


async def test_what_is_no_http_at_the_public_port_is_counted(ingest: Ingest):
    async with peer(ingest.app.port) as stranger:
        await stranger.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        assert (await stranger.answer()).status == 400
    assert await ingest.metric("bonfire_requests_malformed_total") == 1


async def ignored(ingest: Ingest, reason: str) -> float:
    return await ingest.metric("bonfire_events_ignored_total", reason=reason)


@pytest.mark.parametrize("schema", ["bonfire.job-event/1", "bonfire.job-story/1"])
async def test_an_event_of_a_newer_agent_is_acknowledged_and_counted(ingest: Ingest, schema):
    assert await ignored(ingest, "unknown_type") == 0
    told = {"schema": schema, "event_id": "e-1", "type": "job.weird", "more": [1]}

    await ingest.deliver(json.dumps(told | {"at": "2026-05-12T18:00:00Z"}).encode())

    assert await ignored(ingest, "unknown_type") == 1
    assert ingest.count("dead_letters") == 0


@pytest.mark.parametrize(
    "told",
    [
        {"type": "job.printed"},
        {"type": "job.weird"},  # nothing of what every event has
        {"type": "printer.weird", "event_id": "e-1", "at": "2026-05-12T18:00:00Z"},
        {"type": 7},
        ["job.weird"],
    ],
)
async def test_what_is_no_event_about_a_job_goes_to_the_dead_letters(ingest: Ingest, told):
    body = told if isinstance(told, list) else {"schema": "bonfire.job-event/1", **told}

    await ingest.deliver(json.dumps(body).encode())

    assert await ignored(ingest, "unknown_type") == 0
    await soon(lambda: ingest.count("dead_letters") == 1)
    query = "SELECT reason, queue, location FROM dead_letters"
    assert ingest.query(query) == [("unreadable_message", "events.ledger", "")]


@pytest.mark.parametrize(
    ("key", "sender"),
    [
        ("hafen", {"location": "altstadt"}),
        ("hafen", {"location": "hafen", "agent": "hafen"}),
        ("altstadt", {"agent": "hafen"}),
    ],
)
async def test_what_nobody_may_say_of_this_job_changes_nothing_and_is_counted(
    ingest: Ingest, caplog, key, sender
):
    job_id = await released(ingest)
    fields = {"location": "altstadt", "agent": "altstadt"} | sender
    event = JobEvent(
        event_id="e-1", type=JobEventType.PRINTED, at=ingest.clock.now(), job_id=job_id, **fields
    )

    await ingest.deliver(event.encode(), key)

    assert await ignored(ingest, "misattributed") == 1
    assert ingest.query("SELECT state FROM jobs") == [("open",)]
    assert ingest.count("dead_letters") == 0
    assert "event.misattributed" in [getattr(each, "event", "") for each in caplog.records]
