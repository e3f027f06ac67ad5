"""Every outcome of an attempt, and what follows on paper, on disk and in what is told."""

from __future__ import annotations

import logging

import pytest

from bonfire.errors import Reason
from bonfire.messages import Confirmation, JobEventType, OnPaper
from print_agent.printers.fake import (
    CUT_OFF,
    CUT_OFF_BUT_PRINTED,
    NO_BYTE_SENT,
    PRINTED,
    SILENT,
    SILENT_BUT_PRINTED,
    STALLED,
    Ending,
)
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import job, jobs


@pytest.mark.parametrize("ending", [CUT_OFF, STALLED, SILENT])
async def test_an_unknown_ticket_is_printed_once_more_and_says_so(rig: Rig, ending: Ending):
    rig.kitchen.script(ending)
    await rig.send(*jobs("A1", "A2"))
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00", "A2 0002"]
    (first, _) = rig.events(JobEventType.PRINTED)
    assert (first.ticket_number, first.attempt) == ("0001/2", 2)
    assert first.possible_duplicate
    assert rig.outcomes(job("A1")) == ["unknown", "confirmed"]


async def test_an_unknown_ticket_that_came_out_makes_a_marked_double_and_never_a_silent_one(
    rig: Rig,
):
    rig.kitchen.script(CUT_OFF_BUT_PRINTED)
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A1 0001", "A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_a_late_word_of_the_printer_saves_the_second_ticket(rig: Rig):
    rig.kitchen.script(SILENT_BUT_PRINTED)
    rig.kitchen.on_first_byte = lambda attempt: rig.kitchen.late_words.add(attempt.process_id)
    await rig.send(*jobs("A1", "A2"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.state(job("A1")) == "done"
    (first, _) = rig.events(JobEventType.PRINTED)
    assert (first.ticket_number, first.attempt) == ("0001", 1)
    assert (first.confirmation, first.on_paper) == (Confirmation.PROCESS_ID, OnPaper.YES)
    assert not first.possible_duplicate, "the only ticket on paper carries no mark"


async def test_the_late_word_is_listened_for_on_the_tickets_own_connection_first(rig: Rig):
    rig.kitchen.script(SILENT_BUT_PRINTED)
    listened_on: list[int] = []

    async def note() -> None:
        listened_on.append(rig.kitchen.connections)

    rig.kitchen.before_late_word = note
    await rig.send(job("A1"))
    assert listened_on == [1, 2], "where the ticket went, and again before it is printed anew"


async def test_a_second_unknown_is_dead_and_there_is_never_a_third_ticket(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    rig.kitchen.script(CUT_OFF, SILENT)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(3_600)
    assert len(rig.kitchen.attempts) == 3
    assert rig.kitchen.numbers == ["A2 0002"]
    assert (rig.state(job("A1")), rig.cell("on_paper", job("A1"))) == ("dead", "maybe")
    (dead,) = rig.events(JobEventType.DEAD)
    assert (dead.on_paper, dead.reason) == (OnPaper.MAYBE, Reason.STILL_UNKNOWN)
    assert dead.possible_duplicate
    assert rig.outcomes(job("A1")) == ["unknown", "unknown"]
    reasons = [row["reason"] for row in rig.rows("SELECT reason FROM attempts ORDER BY id")]
    assert reasons[:2] == ["connection_lost", "not_confirmed"]
    assert [r.levelno for r in caplog.records if getattr(r, "event", "") == "job.dead"] == [
        logging.ERROR
    ]


async def test_a_marked_ticket_of_which_no_byte_left_keeps_its_mark_its_number_and_its_chance(
    rig: Rig,
):
    rig.kitchen.script(CUT_OFF, NO_BYTE_SENT, NO_BYTE_SENT, PRINTED)
    await rig.send(job("A1"))
    await rig.wait(60)
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]
    assert rig.outcomes(job("A1")) == ["unknown", "failed", "failed", "confirmed"]


async def test_the_late_word_on_the_first_ticket_counts_also_after_a_marked_one_that_never_left(
    rig: Rig,
):
    rig.kitchen.script(SILENT_BUT_PRINTED, NO_BYTE_SENT)
    await rig.send(job("A1"))
    rig.kitchen.late_words.add(rig.kitchen.attempts[0].process_id)
    await rig.wait(5)
    assert rig.kitchen.numbers == ["A1 0001"]
    (printed,) = rig.events(JobEventType.PRINTED)
    assert (printed.ticket_number, printed.possible_duplicate) == ("0001", False)


async def test_while_the_printer_is_lost_an_unknown_ticket_waits_and_is_then_printed_marked(
    rig: Rig,
):
    rig.kitchen.script(CUT_OFF)
    rig.kitchen.on_first_byte = lambda _attempt: setattr(rig.kitchen, "refuses", Reason.REFUSED)
    await rig.send(job("A1"))
    await rig.wait(600)
    assert rig.state(job("A1")) == "unknown"
    (waiting,) = rig.events(JobEventType.WAITING)
    assert waiting.on_paper is OnPaper.MAYBE
    rig.kitchen.refuses = None
    rig.kitchen.on_first_byte = lambda _attempt: None
    await rig.wait(30)
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_a_ticket_that_cannot_be_rendered_is_dead_at_once_and_the_next_one_prints(rig: Rig):
    await rig.send(job("A1"), job(UNPRINTABLE), job("A2"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    (dead,) = rig.events(JobEventType.DEAD)
    assert (dead.job_id, dead.reason) == (job(UNPRINTABLE).job_id, Reason.RENDER_ERROR)
    assert (dead.on_paper, dead.ticket_number, dead.attempt) == (OnPaper.NO, "", 0)
    assert "ValueError" in dead.detail
    assert rig.kitchen.connections == 1, "the printer did nothing wrong"


async def test_a_last_ticket_that_cannot_be_rendered_is_on_disk_at_once(rig: Rig):
    await rig.send(job(UNPRINTABLE))
    assert rig.state(job(UNPRINTABLE)) == "dead"
    assert rig.spoolers[KITCHEN].waiting == 0


async def test_a_weak_printer_that_breaks_off_gives_an_unknown_and_not_a_weak(make_rig: MakeRig):
    rig = make_rig()
    rig.kitchen.knows = Confirmation.CLOSE
    rig.kitchen.script(CUT_OFF)
    await rig.start()
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]
    assert rig.outcomes(job("A1")) == ["unknown", "weak"]
