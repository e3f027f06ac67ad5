"""A job that needs a person becomes a dead letter, with all that this person has to know."""

from __future__ import annotations

import json

import pytest

from bonfire.broker import topology
from bonfire.errors import Reason
from bonfire.messages import JobEventType, OnPaper
from print_agent.journal.dead_letters import MOST_ATTEMPTS
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT, Attempt
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import AGENT, job


async def test_a_ticket_that_stayed_unknown_tells_every_attempt(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT, CUT_OFF, CUT_OFF)
    await rig.send(job("A1"))
    await rig.wait(10)
    (letter,) = rig.dead_letters()
    assert (letter.reason, letter.on_paper) == (Reason.STILL_UNKNOWN, OnPaper.MAYBE)
    assert (letter.agent, letter.journal) == (AGENT, rig.journal.id)
    assert letter.job == job("A1")
    told = [(a.number, a.outcome, a.reason, a.marked) for a in letter.attempts]
    assert told == [
        (1, "failed", "reset_before_bytes", False),
        (2, "unknown", "connection_lost", False),
        (3, "unknown", "connection_lost", True),
    ]
    first, _, last = letter.attempts
    assert (first.printer, first.bytes_sent, first.confirmation) == (KITCHEN, 0, "process-id")
    assert last.ended_at == letter.at


async def test_an_attempt_of_which_nobody_saw_the_end_says_so(rig: Rig, make_rig: MakeRig):
    rig.kitchen.script(CUT_OFF)
    rig.kitchen.on_first_byte = lambda _attempt: (
        rig.kitchen.hold() if rig.kitchen.attempts else None
    )
    await rig.send(job("A1"))
    after = await make_rig(rig.crashed()).start()
    (letter,) = after.dead_letters()
    assert [attempt.outcome for attempt in letter.attempts] == ["unknown", ""]
    assert letter.attempts[1].ended_at is None
    assert letter.attempts[1].bytes_sent is None


async def test_what_cannot_be_rendered_says_why_in_words(rig: Rig):
    await rig.send(job(UNPRINTABLE))
    (letter,) = rig.dead_letters()
    assert (letter.reason, letter.on_paper) == (Reason.RENDER_ERROR, OnPaper.NO)
    assert letter.detail == "the ticket could not be rendered: ValueError"
    assert letter.attempts == ()


async def test_a_job_for_an_unknown_printer_is_a_dead_letter(rig: Rig):
    await rig.send(job("A1", "grill-9"))
    (letter,) = rig.dead_letters()
    assert letter.reason == Reason.UNKNOWN_PRINTER
    assert "'grill-9'" in letter.detail


async def test_it_goes_by_its_place_and_reason_in_a_lane_of_its_own(rig: Rig):
    await rig.send(job("A1", "grill-9"))
    (row,) = rig.put_in("@dead")
    assert (row["exchange"], row["routing_key"]) == (topology.DEAD, "altstadt.unknown_printer")
    key = job("A1", "grill-9").job_id
    assert json.loads(row["headers"]) == {
        "x-location": "altstadt",
        "x-job-id": key,
        "x-generation": 1,
        "x-trace-id": key,
    }
    assert rig.woken["@dead"] == 1
    assert rig.woken["@events"] == len(rig.events())


async def test_it_is_on_disk_with_the_event_or_not_at_all(rig: Rig):
    rig.kitchen.script(CUT_OFF, CUT_OFF)

    def fill_at_the_second(_attempt: Attempt) -> None:
        rig.disk.full = len(rig.kitchen.attempts) == 1

    rig.kitchen.on_first_byte = fill_at_the_second
    await rig.send(job("A1"))
    await rig.wait(20)
    assert (len(rig.dead_letters()), len(rig.events(JobEventType.DEAD))) == (0, 0)
    rig.disk.full = False
    await rig.wait(10)
    assert len(rig.dead_letters()) == len(rig.events(JobEventType.DEAD)) == 1


@pytest.mark.parametrize("name", ["A1", UNPRINTABLE])
async def test_a_dead_job_that_comes_again_is_told_again_as_the_same_letter(rig: Rig, name: str):
    rig.kitchen.script(CUT_OFF, CUT_OFF)
    await rig.send(job(name))
    await rig.wait(60)
    await rig.send(job(name))
    first, second = rig.dead_letters()
    assert first == second


async def test_a_letter_of_many_attempts_has_the_newest(rig: Rig):
    rig.kitchen.script(*[NO_BYTE_SENT] * MOST_ATTEMPTS, CUT_OFF, CUT_OFF)
    await rig.send(job("A1"))
    await rig.wait(2_000)
    (letter,) = rig.dead_letters()
    numbers = [attempt.number for attempt in letter.attempts]
    assert numbers == list(range(3, MOST_ATTEMPTS + 3))


async def test_an_event_of_a_job_has_the_number_that_people_know(rig: Rig):
    await rig.send(job("A1", BAR))
    assert {event.order_number for event in rig.events()} == {"A1"}
