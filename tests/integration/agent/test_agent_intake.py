"""What happens to a message of the jobs queue, and when it is acknowledged."""

from __future__ import annotations

import asyncio
import json

import pytest

from bonfire.broker import topology
from bonfire.errors import Reason
from bonfire.messages import Confirmation, JobEventType, OnPaper
from print_agent.printers.fake import CUT_OFF
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import AGENT, job, jobs

QUEUE = topology.jobs_queue(AGENT)


async def test_a_message_is_acknowledged_only_after_the_journal_has_its_job(rig: Rig):
    rig.disk.slow = slow = asyncio.Event()
    await rig.send(job("A1"))
    await rig.broker.close()  # unacknowledged, so it is there for the next one
    assert len(rig.server.waiting(QUEUE)) == 1
    slow.set()
    await rig.settle()


async def test_an_acknowledged_job_is_told_as_received_in_the_same_commit(rig: Rig):
    await rig.send(job("A1"))
    await rig.broker.close()
    assert rig.server.waiting(QUEUE) == ()
    (received,) = rig.events(JobEventType.RECEIVED)
    assert (received.job_id, received.on_paper) == (job("A1").job_id, OnPaper.NO)
    assert received.journal == rig.journal.id


async def test_a_printer_in_trouble_does_not_keep_its_messages_unacknowledged(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(*jobs(*(f"A{number}" for number in range(40))))
    await rig.broker.close()
    assert rig.server.waiting(QUEUE) == ()
    assert rig.spoolers[KITCHEN].waiting == 40


async def test_a_known_job_is_not_printed_twice(rig: Rig):
    await rig.send(job("A1"), job("A1"), job("A2"), job("A1"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_a_job_that_waits_and_comes_again_waits_once(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job("A1"), job("A1"))
    assert rig.spoolers[KITCHEN].waiting == 1
    first, second = rig.events(JobEventType.RECEIVED)
    assert first == second


async def test_a_printed_job_that_comes_again_is_told_as_it_was_told_first(rig: Rig):
    await rig.send(job("A1"))
    await rig.wait(600)
    await rig.send(job("A1"))
    first, second = rig.events(JobEventType.PRINTED)
    assert first == second
    assert second.confirmation is Confirmation.PROCESS_ID


@pytest.mark.parametrize("name", ["A1", UNPRINTABLE])
async def test_a_dead_job_that_comes_again_is_told_as_dead_with_its_reason(rig: Rig, name: str):
    rig.kitchen.script(CUT_OFF, CUT_OFF)
    await rig.send(job(name))
    await rig.send(job(name))
    first, second = rig.events(JobEventType.DEAD)
    assert (first.event_id, first.at, first.reason) == (second.event_id, second.at, second.reason)
    assert first.on_paper is second.on_paper
    assert second.reason != ""


async def test_a_job_that_is_in_the_printers_hands_is_told_as_received(rig: Rig):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    await rig.send(job("A1"))
    received = rig.events(JobEventType.RECEIVED)
    assert [event.attempt for event in received] == [0, 1]


async def test_a_job_for_an_unknown_printer_is_dead_told_counted_and_acknowledged(rig: Rig):
    lost = job("A1", "grill-9")
    await rig.send(lost, job("A2"))
    assert rig.state(lost) == "dead"
    (dead,) = rig.events(JobEventType.DEAD)
    assert (dead.reason, dead.on_paper) == (Reason.UNKNOWN_PRINTER, OnPaper.NO)
    assert "'grill-9'" in dead.detail
    assert rig.metric("bonfire_jobs_received_total", result="unknown_printer") == 1
    assert rig.metric("bonfire_jobs_received_total", result="new") == 1
    assert rig.kitchen.numbers == ["A2 0001"]
    await rig.broker.close()
    assert rig.server.waiting(QUEUE) == ()


async def test_a_waiting_job_whose_printer_left_the_configuration_is_dead_at_the_next_start(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job("A1"))
    other = make_rig(rig.crashed(), printers=[rig.printer("grill-1")])
    await other.start()
    assert other.state(job("A1")) == "dead"
    (dead,) = other.events(JobEventType.DEAD)
    assert dead.reason == Reason.UNKNOWN_PRINTER
    assert other.metric("bonfire_jobs_received_total", result="unknown_printer") == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": "bonfire.print-job/2"}',
        b'{"schema": "bonfire.print-job/1"}',
        json.dumps({**json.loads(job("A1").encode()), "job_id": "../etc"}).encode(),
    ],
)
async def test_an_unreadable_message_goes_to_the_dead_letters_and_the_next_one_prints(
    rig: Rig, body: bytes
):
    rig.publish(body)
    await rig.send(job("A2"))
    assert [message.body for message in rig.server.waiting(topology.DEAD_LETTERS)] == [body]
    assert rig.metric("bonfire_jobs_received_total", result="unreadable") == 1
    assert rig.kitchen.numbers == ["A2 0001"]


async def test_fields_of_a_later_version_are_no_reason_to_refuse_a_job(rig: Rig):
    later = {**json.loads(job("A1").encode()), "colour": "red"}
    rig.publish(json.dumps(later).encode())
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001"]


async def test_jobs_that_were_left_behind_print_before_those_that_wait_in_the_broker(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(*jobs("A1", "A2"))
    after = make_rig(rig.crashed())
    await after.broker.start()
    await after.broker.declare(topology.for_agents([AGENT]))
    after.publish(job("A3").encode())
    await after.start()
    assert after.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]
