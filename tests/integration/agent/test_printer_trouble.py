"""A printer that cannot print: its tickets wait, and people are told once."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest

from bonfire.errors import Reason
from bonfire.messages import JobEventType, OnPaper
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT, Attempt
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, Rig
from tests.support.jobs import job, jobs

AT_THE_DOOR = (Reason.REFUSED, Reason.UNREACHABLE, Reason.NAME_UNKNOWN)
WITHOUT_ANSWER = (Reason.NO_ANSWER, Reason.GARBAGE_STATUS, Reason.RESET_BEFORE_BYTES)
IN_ITS_OWN_WORDS = (
    Reason.OFFLINE,
    Reason.COVER_OPEN,
    Reason.PAPER_OUT,
    Reason.CUTTER_ERROR,
    Reason.HEAD_HOT,
    Reason.PRINTER_ERROR,
)


def trouble(rig: Rig, reason: Reason | None) -> None:
    rig.kitchen.refuses = reason if reason in AT_THE_DOOR else None
    rig.kitchen.mute = reason if reason in WITHOUT_ANSWER else None
    rig.kitchen.trouble = reason if reason in IN_ITS_OWN_WORDS else None


def told(caplog: pytest.LogCaptureFixture, *events: str) -> list[str]:
    """Which of these log events were written for the kitchen, in order."""
    records = [r for r in caplog.records if getattr(r, "printer", "") == KITCHEN]
    found = [getattr(record, "event", "") for record in records]
    return [event for event in found if not events or event in events]


@pytest.mark.parametrize("reason", AT_THE_DOOR + WITHOUT_ANSWER + IN_ITS_OWN_WORDS)
async def test_in_any_trouble_tickets_wait_without_using_an_attempt_or_a_second_number(
    rig: Rig, reason: Reason
):
    trouble(rig, reason)
    await rig.send(*jobs("A1", "A2", "A3"))
    await rig.wait(600)
    assert rig.kitchen.attempts == []
    assert rig.spoolers[KITCHEN].trouble is reason
    assert rig.spoolers[KITCHEN].waiting == 3
    assert rig.cell("attempts", job("A1")) == 0
    trouble(rig, None)
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]
    assert rig.spoolers[KITCHEN].trouble is None
    assert rig.cell("attempts", job("A1")) == 1


async def test_when_the_printer_is_back_each_ticket_says_how_late_it_is(rig: Rig):
    trouble(rig, Reason.PAPER_OUT)
    await rig.send(job("A1", due_at=rig.clock.now()))
    await rig.wait(590)
    await rig.send(job("A2", due_at=rig.clock.now()))
    trouble(rig, None)
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert [slip.late_minutes for slip in rig.slips] == [10, None]


async def test_a_lost_printer_is_asked_again_after_5_s_and_ever_later_up_to_30_s(rig: Rig):
    trouble(rig, Reason.REFUSED)
    await rig.send(job("A1"))
    await rig.wait(200)
    tried = rig.kitchen.tried_at
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[:7] == pytest.approx([5, 7.5, 11.25, 16.875, 25.3125, 30, 30])


async def test_after_it_was_back_the_pauses_begin_at_5_s_again(rig: Rig):
    trouble(rig, Reason.REFUSED)
    await rig.send(job("A1"))
    await rig.wait(100)
    trouble(rig, None)
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001"]
    await rig.wait(5)
    trouble(rig, Reason.UNREACHABLE)
    await rig.send(job("A2"))
    tries = len(rig.kitchen.tried_at)
    await rig.wait(4.9)
    assert len(rig.kitchen.tried_at) == tries
    await rig.wait(0.2)
    assert len(rig.kitchen.tried_at) == tries + 1


async def test_a_trouble_is_logged_once_when_it_begins_and_once_when_it_is_over(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    trouble(rig, Reason.COVER_OPEN)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(600)
    trouble(rig, None)
    await rig.wait(30)
    events = told(caplog, "printer.lost", "printer.still_lost", "printer.back")
    assert events == ["printer.lost", "printer.back"]


async def test_the_waiting_job_is_told_once_for_each_trouble(rig: Rig):
    trouble(rig, Reason.UNREACHABLE)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(600)
    (waiting,) = rig.events(JobEventType.WAITING)
    assert (waiting.job_id, waiting.reason) == (job("A1").job_id, "unreachable")
    assert (waiting.on_paper, waiting.ticket_number) == (OnPaper.NO, "")


async def test_a_printer_that_changes_between_troubles_is_told_once_for_each_of_them(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    trouble(rig, Reason.UNREACHABLE)
    await rig.send(job("A1"))
    for _ in range(5):
        trouble(rig, Reason.REFUSED)
        await rig.wait(60)
        trouble(rig, Reason.UNREACHABLE)
        await rig.wait(60)
    waiting = rig.events(JobEventType.WAITING)
    assert [event.reason for event in waiting] == ["unreachable", "refused"]
    assert len({event.event_id for event in waiting}) == 2
    events = told(caplog, "printer.lost", "printer.still_lost", "printer.back")
    assert events == ["printer.lost", "printer.still_lost"]
    assert rig.metric("bonfire_printer_troubles_total", printer=KITCHEN, reason="refused") == 1


async def test_a_second_trouble_after_the_printer_was_back_is_told_again(rig: Rig):
    for name in ("A1", "A2"):
        trouble(rig, Reason.PAPER_OUT)
        await rig.send(job(name))
        await rig.wait(60)
        trouble(rig, None)
        await rig.wait(60)
    waiting = rig.events(JobEventType.WAITING)
    assert [event.job_id for event in waiting] == [job("A1").job_id, job("A2").job_id]


async def test_a_connection_is_given_back_while_the_printer_is_in_trouble(rig: Rig):
    await rig.send(job("A1"))
    trouble(rig, Reason.COVER_OPEN)
    await rig.send(job("A2"))
    assert rig.kitchen.open_sessions == 0


async def test_the_end_of_a_ticket_is_on_disk_before_the_next_trouble_is_waited_out(rig: Rig):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    trouble(rig, Reason.COVER_OPEN)
    rig.kitchen.release()
    await rig.settle()
    assert rig.state(job("A1")) == "done"
    assert rig.state(job("A2")) == "ready"


async def test_paper_that_nears_its_end_is_no_trouble(rig: Rig):
    rig.kitchen.near_end = True
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.metric("bonfire_printer_paper_near_end", printer=KITCHEN) == 1


async def test_a_ticket_of_which_no_byte_left_is_sent_again_with_its_number_and_no_mark(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT)
    await rig.send(*jobs("A1", "A2"))
    assert rig.kitchen.numbers == []
    assert rig.cell("ticket_number", job("A1")) == 1
    await rig.wait(5)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.outcomes(job("A1")) == ["failed", "confirmed"]


async def test_a_printer_that_takes_no_byte_is_left_alone_for_a_while_like_any_other_trouble(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    rig.kitchen.script(*[NO_BYTE_SENT] * 6)
    await rig.send(job("A1"))
    await rig.wait(95)
    tried = rig.kitchen.tried_at
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == pytest.approx([5, 7.5, 11.25, 16.875, 25.3125])
    assert rig.spoolers[KITCHEN].trouble is Reason.RESET_BEFORE_BYTES
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 0
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert told(caplog, "printer.lost", "printer.still_lost", "printer.back") == [
        "printer.lost",
        "printer.back",
    ]
    assert len(rig.events(JobEventType.WAITING)) == 1


async def test_a_possible_duplicate_names_the_time_of_the_attempt_that_may_be_on_paper(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT, CUT_OFF)
    await rig.send(job("A1"))  # at 18:00:00, and not a byte of it
    await rig.wait(5)
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:05"]


async def test_a_ticket_that_the_printer_holds_back_is_told_once_and_comes_out_unmarked(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    rig.kitchen.hold(Reason.PAPER_OUT)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(1_000)
    assert rig.spoolers[KITCHEN].trouble is Reason.PAPER_OUT
    (waiting,) = rig.events(JobEventType.WAITING)
    assert (waiting.reason, waiting.on_paper) == ("paper_out", OnPaper.MAYBE)
    assert not waiting.possible_duplicate
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.spoolers[KITCHEN].trouble is None
    assert told(caplog, "printer.lost", "printer.back") == ["printer.lost", "printer.back"]


async def test_a_full_disk_while_the_printer_holds_a_ticket_does_not_disturb_the_ticket(rig: Rig):
    rig.kitchen.on_first_byte = lambda _attempt: setattr(rig.disk, "full", True)
    rig.kitchen.hold(Reason.COVER_OPEN)
    await rig.send(job("A1"))
    rig.disk.full = False
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.outcomes(job("A1")) == ["confirmed"]


async def test_nearly_empty_paper_is_not_forgotten_when_another_trouble_ends(rig: Rig):
    rig.kitchen.near_end = True
    rig.kitchen.hold(Reason.COVER_OPEN)
    await rig.send(job("A1"))
    rig.kitchen.release()
    await rig.settle()
    assert rig.metric("bonfire_printer_paper_near_end", printer=KITCHEN) == 1


async def test_a_trouble_that_cannot_be_told_yet_is_told_when_the_disk_is_back(
    make_rig: MakeRig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    rig = await make_rig().open()
    await rig.load(job("A1"))
    trouble(rig, Reason.REFUSED)
    rig.disk.full = True
    rig.spool()
    await rig.wait(10)
    assert rig.events(JobEventType.WAITING) == []
    rig.disk.full = False
    await rig.wait(10)
    assert len(rig.events(JobEventType.WAITING)) == 1
    assert told(caplog, "printer.lost") == ["printer.lost"]


async def test_a_printer_error_that_nobody_foresaw_ends_the_task_and_leaves_the_rest_on_disk(
    make_rig: MakeRig,
):
    rig = await make_rig().open()
    await rig.load(*jobs("A1", "A2"))

    def break_at_the_second(_attempt: Attempt) -> None:
        if rig.kitchen.paper:
            rig.kitchen.breaks = OSError("the port promised not to raise this")

    rig.kitchen.on_first_byte = break_at_the_second
    rig.spool()
    await rig.settle()
    assert rig.tasks.dead == f"printer {KITCHEN}"
    assert rig.state(job("A1")) == "done"
    assert rig.state(job("A2")) == "sending"
    assert rig.kitchen.open_sessions == 0
