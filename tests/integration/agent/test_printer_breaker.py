"""The breaker of a printer watches the contacts; it never makes a ticket later."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bonfire.errors import Reason
from bonfire.messages import BreakerEvent, BreakerState
from print_agent.printers.fake import NO_BYTE_SENT, FakeSession
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job

NAME = f"printer {KITCHEN}"
OPEN = 2


def state(rig: Rig) -> float | None:
    return rig.metric("bonfire_breaker_state", breaker=NAME)


def told(rig: Rig) -> list[BreakerEvent]:
    return [event for event in rig.all_events() if isinstance(event, BreakerEvent)]


async def test_it_opens_after_five_failed_contacts_in_a_row_and_says_why(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    await rig.wait(40)
    assert len(rig.kitchen.tried_at) == 4
    assert state(rig) == 0
    await rig.wait(1)
    assert state(rig) == OPEN
    (opened,) = told(rig)
    assert (opened.breaker, opened.state, opened.before) == (NAME, "open", "closed")
    assert (opened.reason, opened.instance, opened.location) == ("cover_open",) + ("altstadt",) * 2
    assert rig.metric("bonfire_breaker_state", breaker=f"printer {BAR}") == 0


async def test_a_long_outage_is_told_once_when_it_opens_and_once_when_it_closes(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    await rig.wait(3_600)
    rig.kitchen.trouble = None
    await rig.wait(30)
    assert [event.state for event in told(rig)] == [BreakerState.OPEN, BreakerState.CLOSED]
    probes = rig.metric("bonfire_breaker_changes_total", breaker=NAME, state="half-open")
    assert probes == len(rig.kitchen.tried_at) - 5


async def test_while_it_is_open_a_ticket_is_tried_exactly_as_often_as_without_it(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    await rig.wait(200)
    pauses = [later - earlier for earlier, later in pairwise(rig.kitchen.tried_at)]
    assert pauses == pytest.approx([5, 7.5, 11.25, 16.875, 25.3125, 30, 30, 30, 30])


async def test_after_an_outage_it_asks_three_times_at_once_and_the_ticket_prints_in_that_moment(
    rig: Rig,
):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    await rig.wait(100)
    asked: list[bool] = []

    async def count(_session: FakeSession) -> None:
        asked.append(bool(rig.kitchen.attempts))

    rig.kitchen.before_status = count
    rig.kitchen.trouble = None
    tried = len(rig.kitchen.tried_at)
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert len(rig.kitchen.tried_at) == tried + 1, "on one connection"
    assert asked == [False] * 4, "three for the breaker, one for the ticket"
    assert state(rig) == 0


async def test_a_printer_that_fails_the_second_of_three_questions_gets_no_ticket(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    await rig.wait(100)
    asked = 0

    async def fail_the_second(_session: FakeSession) -> None:
        nonlocal asked
        asked += 1
        rig.kitchen.trouble = Reason.COVER_OPEN if asked == 2 else None

    rig.kitchen.before_status = fail_the_second
    await rig.wait(30)
    assert asked == 2
    assert rig.kitchen.numbers == []
    assert state(rig) == OPEN
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001"]


async def test_a_printer_that_says_it_is_ready_and_takes_no_byte_opens_it_too(rig: Rig):
    rig.kitchen.script(*[NO_BYTE_SENT] * 5)
    await rig.send(job("A1"))
    await rig.wait(41)
    assert [(event.state, event.reason) for event in told(rig)] == [("open", "reset_before_bytes")]
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.outcomes(job("A1")) == ["failed"] * 5 + ["confirmed"]


async def test_a_success_in_between_begins_the_count_anew(rig: Rig):
    for name in ("A1", "A2"):
        rig.kitchen.refuses = Reason.REFUSED
        await rig.send(job(name))
        await rig.wait(30)
        rig.kitchen.refuses = None
        await rig.wait(30)
    assert len(rig.kitchen.tried_at) > 8
    assert told(rig) == []


async def test_a_full_disk_speaks_against_no_printer(make_rig: MakeRig):
    rig = await make_rig().open()
    await rig.load(job("A1"))
    rig.disk.full = True
    rig.spool()
    await rig.wait(60)
    assert len(rig.kitchen.tried_at) > 5
    assert state(rig) == 0
