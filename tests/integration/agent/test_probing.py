"""An idle printer is asked now and then, and what it says is told before the next order comes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import JobEventType, PrinterEventType
from print_agent.printers import PrinterSettings
from print_agent.printers.fake import CUT_OFF, CUT_OFF_BUT_PRINTED, NO_BYTE_SENT, FakeSession
from print_agent.probing import Pace, pace_of
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, Rig
from tests.support.jobs import job, jobs

ASKED = Pace(probe_every_s=20)
AT_ONCE = (
    Reason.COVER_OPEN,
    Reason.PAPER_OUT,
    Reason.CUTTER_ERROR,
    Reason.HEAD_HOT,
    Reason.PRINTER_ERROR,
)


@pytest.fixture
async def rig(make_rig: MakeRig) -> Rig:
    return await make_rig(pace=ASKED).start()


def told(rig: Rig) -> Sequence[tuple[PrinterEventType, str]]:
    return [(event.type, event.reason) for event in rig.printer_events()]


async def test_it_is_asked_a_second_after_the_start_and_then_every_20_s(rig: Rig):
    await rig.wait(70)
    assert rig.kitchen.tried_at == [1, 21, 41, 61]
    assert rig.kitchen.open_sessions == 0, "it may print for others in between"
    assert rig.kitchen.identified == 1, "nothing but its status is asked once it is known"
    assert rig.kitchen.probed == rig.kitchen.examined == 1
    assert told(rig) == []
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 1


async def test_it_is_known_to_be_ready_only_after_it_was_asked(rig: Rig):
    state = rig.spoolers[KITCHEN].state("altstadt")
    assert (state.ready, state.reason, state.lost_at) == (False, "", None)
    await rig.wait(1)
    assert rig.spoolers[KITCHEN].state("altstadt").ready


@pytest.mark.parametrize("reason", AT_ONCE)
async def test_what_it_says_in_its_own_words_is_told_at_the_next_question(rig: Rig, reason: Reason):
    await rig.wait(2)
    rig.kitchen.trouble = reason
    await rig.wait(20)
    assert told(rig) == [(PrinterEventType.LOST, reason)]
    (lost,) = rig.printer_events()
    assert (lost.waiting, lost.lost_at) == (0, lost.at)
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 0
    rig.kitchen.trouble = None
    await rig.wait(5)
    assert told(rig)[1:] == [(PrinterEventType.BACK, reason)]


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.UNREACHABLE])
async def test_silence_is_told_only_when_it_lasts_for_5_s(rig: Rig, reason: Reason):
    await rig.wait(2)
    rig.kitchen.refuses = reason
    await rig.wait(20)
    assert told(rig) == []
    await rig.wait(5)
    assert told(rig) == [(PrinterEventType.LOST, reason)]


async def test_silence_that_passes_is_not_told_and_asking_goes_on_as_before(rig: Rig):
    await rig.wait(2)
    rig.kitchen.mute = Reason.NO_ANSWER
    await rig.wait(20)
    rig.kitchen.mute = None
    await rig.wait(30)
    assert told(rig) == []
    assert rig.kitchen.tried_at == [1, 21, 26, 46]
    rig.kitchen.mute = Reason.NO_ANSWER
    await rig.wait(16)
    assert told(rig) == [], "the one before is forgotten"


async def test_paper_that_nears_its_end_is_seen_between_two_orders(rig: Rig):
    await rig.wait(2)
    rig.kitchen.near_end = True
    await rig.wait(20)
    assert rig.spoolers[KITCHEN].state("altstadt").near_end
    assert rig.metric("bonfire_printer_paper_near_end", printer=KITCHEN) == 1


async def test_a_lost_one_is_asked_after_5_s_and_ever_later_up_to_30_s(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.wait(200)
    pauses = [later - earlier for earlier, later in pairwise(rig.kitchen.tried_at)]
    assert pauses[:7] == pytest.approx([5, 7.5, 11.25, 16.875, 25.3125, 30, 30])


async def test_a_ticket_for_a_lost_one_tries_at_once_and_then_as_often_as_for_a_new_trouble(
    rig: Rig,
):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.wait(300)
    tried = len(rig.kitchen.tried_at)
    await rig.send(job("A1"))
    await rig.wait(20)
    times = rig.kitchen.tried_at[tried:]
    assert times == pytest.approx([300, 305, 312.5])
    (waiting,) = rig.events(JobEventType.WAITING)
    assert waiting.reason == Reason.COVER_OPEN
    assert len(told(rig)) == 1


async def test_a_ticket_that_comes_while_it_is_asked_takes_the_connection_over(rig: Rig):
    asked = asyncio.Event()

    async def answer_later(_session: FakeSession) -> None:
        await asked.wait()

    rig.kitchen.before_status = answer_later
    await rig.wait(1)
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == []
    asked.set()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.kitchen.tried_at == [1], "no second connection"


async def test_a_ticket_that_comes_while_it_does_not_answer_asks_for_itself_at_once(rig: Rig):
    async def answer_late(_session: FakeSession) -> None:
        rig.kitchen.before_status = _at_once
        await rig.clock.sleep(2)
        rig.kitchen.mute = None

    async def _at_once(_session: FakeSession) -> None:
        pass

    rig.kitchen.mute = Reason.NO_ANSWER
    rig.kitchen.before_status = answer_late
    await rig.wait(2)
    await rig.send(job("A1"))
    await rig.wait(1)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert told(rig) == []


async def test_the_trouble_of_a_question_that_a_ticket_came_into_is_the_tickets_to_tell(rig: Rig):
    going_on = asyncio.Event()

    async def answer_later(_session: FakeSession) -> None:
        await going_on.wait()

    rig.kitchen.trouble = Reason.PAPER_OUT
    rig.kitchen.before_status = answer_later
    await rig.wait(1)
    await rig.send(job("A1"))
    going_on.set()
    await rig.settle()
    assert rig.kitchen.tried_at == [1, 1]
    (lost,) = rig.printer_events()
    assert lost.waiting == 1


async def test_while_a_ticket_is_in_hand_or_waits_nobody_else_asks(rig: Rig):
    rig.kitchen.hold(Reason.PAPER_OUT)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(300)
    assert rig.kitchen.tried_at == [0]
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    await rig.wait(30)
    assert rig.kitchen.tried_at == [0, 322], "2 s until it is idle, then 20 s"


async def test_a_printer_that_cannot_tell_is_never_asked_and_counts_as_ready(make_rig: MakeRig):
    rig = make_rig()
    silent = rig.printer(KITCHEN, status="none")
    other = make_rig(rig.folder / "silent", printers=[silent], pace=pace_of(silent.settings, 2.0))
    await other.start()
    await other.wait(600)
    assert other.kitchen.tried_at == []
    assert other.spoolers[KITCHEN].state("altstadt").ready
    assert other.metric("bonfire_printer_ready", printer=KITCHEN) == 1


@pytest.mark.parametrize(
    ("settings", "every_s"), [({}, 20), ({"shared": True}, 40), ({"status": "none"}, None)]
)
def test_a_shared_printer_is_asked_half_as_often(settings: dict[str, Any], every_s: float | None):
    pace = pace_of(PrinterSettings(KITCHEN, TcpAddress("192.0.2.1"), **settings), 7.0)
    assert (pace.probe_every_s, pace.idle_close_s) == (every_s, 7.0)


@pytest.mark.parametrize("shared", [False, True])
def test_a_trouble_is_noticed_in_time_to_be_told_within_60_s(shared: bool):
    settings = PrinterSettings(KITCHEN, TcpAddress("192.0.2.1"), shared=shared)
    pace = pace_of(settings, 2.0)
    question_s = settings.connect_timeout_s + settings.status_timeout_s
    assert (pace.probe_every_s or math.inf) + question_s + pace.ask_again_s + question_s <= 56


async def test_a_printer_that_took_no_byte_is_believed_again_once_it_took_some(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT, CUT_OFF, CUT_OFF)
    await rig.send(job("A1"))
    await rig.wait(5)
    assert rig.state(job("A1")) == "dead", "no ticket is left to show that it works"
    await rig.wait(30)
    assert [type_ for type_, _ in told(rig)] == [PrinterEventType.LOST, PrinterEventType.BACK]


async def test_a_printer_that_took_no_byte_is_back_with_the_late_word_on_what_it_has(rig: Rig):
    rig.kitchen.script(CUT_OFF_BUT_PRINTED, NO_BYTE_SENT)
    await rig.send(job("A1"))
    rig.kitchen.late_words.add(rig.kitchen.attempts[0].process_id)
    await rig.wait(6)
    assert rig.state(job("A1")) == "done"
    assert [type_ for type_, _ in told(rig)] == [PrinterEventType.LOST, PrinterEventType.BACK]


async def test_a_question_that_a_stop_interrupts_leaves_no_connection(rig: Rig):
    async def never_answer(_session: FakeSession) -> None:
        await asyncio.Event().wait()

    rig.kitchen.before_status = never_answer
    await rig.wait(1)
    assert rig.kitchen.open_sessions == 1
    await rig.tasks.cancel()
    assert rig.kitchen.open_sessions == 0
    assert rig.tasks.dead is None
