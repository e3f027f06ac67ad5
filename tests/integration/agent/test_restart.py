"""The power goes, or somebody stops the agent: what the next start makes of the journal."""

from __future__ import annotations

import asyncio

import pytest

from bonfire.errors import Reason
from bonfire.messages import JobEventType, OnPaper
from print_agent.printers.fake import (
    CUT_OFF,
    NO_BYTE_SENT,
    SILENT_BUT_PRINTED,
    Attempt,
    FakeSession,
)
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job, jobs


async def test_what_was_ready_prints_in_order_and_unmarked(rig: Rig, make_rig: MakeRig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(*jobs("A1", "A2", "A3"))
    after = await make_rig(rig.crashed()).start()
    await after.send(job("A4"))
    assert after.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003", "A4 0004"]


async def test_what_was_being_sent_becomes_a_marked_reprint_with_its_number(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00", "A2 0002"]
    assert after.outcomes(job("A1")) == [None, "confirmed"], "nobody saw how the first one ended"


async def test_what_was_being_sent_for_the_second_time_is_dead_and_nothing_is_printed(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.script(CUT_OFF)
    rig.kitchen.on_first_byte = lambda _attempt: (
        rig.kitchen.hold() if rig.kitchen.attempts else None
    )
    await rig.send(job("A1"))
    assert rig.state(job("A1")) == "sending"
    after = await make_rig(rig.crashed()).start()
    await after.send(job("A2"))
    assert after.kitchen.numbers == ["A2 0002"]
    (dead,) = after.events(JobEventType.DEAD)
    assert (dead.job_id, dead.on_paper) == (job("A1").job_id, OnPaper.MAYBE)
    assert dead.possible_duplicate
    assert after.metric("bonfire_jobs_dead_total", printer=KITCHEN, reason="still_unknown") == 1


async def test_an_unknown_ticket_goes_on_as_unknown(rig: Rig, make_rig: MakeRig):
    rig.kitchen.script(CUT_OFF)
    rig.kitchen.on_first_byte = lambda _attempt: setattr(rig.kitchen, "refuses", Reason.REFUSED)
    await rig.send(job("A1"))
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_the_late_word_on_a_ticket_of_an_earlier_run_saves_the_second_one(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    after.kitchen.late_words.add(rig.kitchen.attempts[0].process_id)
    await after.start()
    assert after.kitchen.attempts == []
    assert after.state(job("A1")) == "done"


async def test_a_ticket_of_which_no_byte_left_prints_unmarked_with_its_number_after_a_restart(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.script(NO_BYTE_SENT)
    await rig.send(job("A1"))
    after = await make_rig(rig.crashed()).start()
    await after.send(job("A2"))
    assert after.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_a_printed_ticket_whose_done_was_not_on_disk_yet_comes_marked_and_never_silent(
    rig: Rig, make_rig: MakeRig
):
    await rig.send(job("A0"))
    rig.disk.slow = None

    def hold_the_disk(_attempt: Attempt) -> None:
        rig.disk.slow = asyncio.Event()

    rig.kitchen.on_first_byte = hold_the_disk
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A0 0001", "A1 0002"]
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0002/2 PERHAPS 0002 OF 18:00:00"]
    assert rig.disk.slow is not None
    rig.disk.slow.set()


@pytest.mark.parametrize("crashes", [1, 2, 5])
async def test_restarts_leave_no_gap_in_the_numbers(rig: Rig, make_rig: MakeRig, crashes: int):
    numbers = []
    for turn in range(crashes):
        await rig.send(job(f"A{turn}"), job(f"A{turn}", BAR))
        numbers += rig.kitchen.numbers
        rig = await make_rig(rig.crashed(f"crash {turn}")).start()
    await rig.send(job("last"))
    assert [text.split()[1] for text in numbers + rig.kitchen.numbers] == [
        f"{number:04d}" for number in range(1, crashes + 2)
    ]


async def test_a_stop_lets_the_ticket_in_hand_end_and_begins_no_other(rig: Rig):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    draining = asyncio.create_task(rig.spoolers[KITCHEN].drain(20))
    await rig.wait(10)
    assert not draining.done()
    rig.kitchen.release()
    await rig.settle()
    assert draining.done()
    await rig.tasks.cancel()
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.state(job("A1")) == "done"
    assert rig.state(job("A2")) == "ready"
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_a_stop_waits_no_longer_than_it_was_given_and_the_ticket_is_judged_at_the_next_start(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    draining = asyncio.create_task(rig.spoolers[KITCHEN].drain(20))
    await rig.wait(20)
    assert draining.done()
    await rig.tasks.cancel()
    assert rig.state(job("A1")) == "sending"
    assert rig.kitchen.open_sessions == 0
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_a_stop_while_the_printer_is_lost_takes_no_time(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job("A1"))
    await rig.spoolers[KITCHEN].drain(20)
    rig.kitchen.refuses = None
    await rig.wait(60)
    assert rig.kitchen.numbers == []
    assert rig.state(job("A1")) == "ready"


async def test_a_stop_while_the_printer_is_asked_for_its_state_begins_no_ticket(rig: Rig):
    answer = asyncio.Event()

    async def take_long(_session: FakeSession) -> None:
        await answer.wait()

    rig.kitchen.before_status = take_long
    await rig.send(job("A1"))
    await rig.spoolers[KITCHEN].drain(20)
    answer.set()
    await rig.wait(60)
    assert rig.kitchen.attempts == []
    assert rig.state(job("A1")) == "ready"


async def test_a_stop_waits_also_while_a_late_word_is_listened_for(rig: Rig, make_rig: MakeRig):
    """Else the ticket would begin after the stop believes that nothing is in hand."""
    rig.kitchen.hold()
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    asked, answer = asyncio.Event(), asyncio.Event()

    async def take_long() -> None:
        asked.set()
        await answer.wait()

    after.kitchen.before_late_word = take_long
    await after.start()
    assert asked.is_set()
    draining = asyncio.create_task(after.spoolers[KITCHEN].drain(20))
    await after.settle()
    assert not draining.done(), "what has begun is waited for"
    answer.set()
    await after.settle()
    assert draining.done()
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_a_job_that_arrives_during_the_stop_stays_in_the_journal(rig: Rig, make_rig: MakeRig):
    await rig.spoolers[KITCHEN].drain(20)
    await rig.send(job("A1"))
    await rig.wait(10)
    assert rig.kitchen.numbers == []
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0001"]


async def test_a_ticket_that_has_just_printed_is_on_disk_however_the_task_ends(rig: Rig):
    """Cancelled while DONE is still waiting for the next ticket's commit."""
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    asked = asyncio.Event()

    async def never_answers(_session: FakeSession) -> None:
        asked.set()
        await asyncio.Event().wait()

    rig.kitchen.before_status = never_answers
    rig.kitchen.release()
    await asked.wait()
    assert rig.state(job("A1")) == "sending"
    await rig.tasks.cancel()
    assert rig.state(job("A1")) == "done"
    assert rig.state(job("A2")) == "ready"
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_a_stop_in_the_midst_of_the_shared_commit_tells_done_once(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    rig.disk.slow = slow = asyncio.Event()
    rig.kitchen.release()
    await rig.settle()
    cancelling = asyncio.create_task(rig.tasks.cancel())
    await rig.settle()
    rig.disk.slow = None
    slow.set()
    await cancelling
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.state(job("A1")) == "done"
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_a_silent_ticket_that_was_printed_before_the_crash_is_never_doubled_unmarked(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.script(SILENT_BUT_PRINTED)
    rig.kitchen.on_first_byte = lambda _attempt: setattr(rig.kitchen, "refuses", Reason.REFUSED)
    await rig.send(job("A1"))
    paper = list(rig.kitchen.numbers)
    after = await make_rig(rig.crashed()).start()
    paper += after.kitchen.numbers
    assert paper == ["A1 0001", "A1 0001/2 PERHAPS 0001 OF 18:00:00"]
