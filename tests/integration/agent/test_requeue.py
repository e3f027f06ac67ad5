"""A dead job that a person wants printed after all comes again with a higher generation (P4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bonfire.errors import Reason
from bonfire.messages import JobEventType, OnPaper, PrintJob
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import ACCEPTED, job

LATER = ACCEPTED + timedelta(hours=1)


def again(first: PrintJob, generation: int = 2, **changes: Any) -> PrintJob:
    return first.model_copy(update={"generation": generation, "due_at": LATER, **changes})


async def die(rig: Rig, name: str = "A1") -> PrintJob:
    """It may be on paper, once or twice."""
    rig.kitchen.script(CUT_OFF, CUT_OFF)
    await rig.send(job(name))
    assert rig.state(job(name)) == "dead"
    return job(name)


async def test_what_may_be_on_paper_prints_marked_with_its_number_and_time(rig: Rig):
    first = await die(rig)
    await rig.send(job("A2"))
    await rig.wait(600)
    await rig.send(again(first))
    assert rig.kitchen.numbers == ["A2 0002", "A1 0001/3 PERHAPS 0001 OF 18:00:00"]
    (printed,) = [e for e in rig.events(JobEventType.PRINTED) if e.job_id == first.job_id]
    assert (printed.generation, printed.ticket_number) == (2, "0001/3")
    assert printed.possible_duplicate
    assert rig.outcomes(first) == ["unknown", "unknown", "confirmed"]


async def test_what_was_never_sent_prints_unmarked(rig: Rig):
    broken = job(UNPRINTABLE)
    await rig.send(broken)
    mended = again(broken, order=job("A1").order)
    await rig.send(mended)
    assert rig.kitchen.numbers == ["A1 0001"]
    (dead,) = rig.events(JobEventType.DEAD)
    _, received = rig.events(JobEventType.RECEIVED)
    assert (dead.generation, received.generation) == (1, 2)
    assert received.on_paper is OnPaper.NO


async def test_its_age_counts_from_the_new_due_time(rig: Rig):
    first = await die(rig)
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(again(first))
    assert rig.spoolers[KITCHEN].state("altstadt").oldest_due_at == LATER
    received = rig.events(JobEventType.RECEIVED)[-1]
    assert (received.generation, received.on_paper) == (2, OnPaper.MAYBE)
    assert received.attempt == 2, "the attempts of its history are numbered on"
    rig.clock.jump((LATER - ACCEPTED).total_seconds())
    rig.kitchen.refuses = None
    await rig.wait(30)
    assert rig.slips[-1].late_minutes is None


async def test_if_its_word_comes_after_all_nothing_is_printed(rig: Rig):
    first = await die(rig)
    rig.kitchen.late_words.add(rig.kitchen.attempts[-1].process_id)
    await rig.send(again(first))
    assert len(rig.kitchen.attempts) == 2
    (printed,) = rig.events(JobEventType.PRINTED)
    assert printed.generation == 2


async def test_it_may_die_again_and_be_asked_for_again(rig: Rig):
    first = await die(rig)
    rig.kitchen.script(CUT_OFF)
    await rig.send(again(first, 2))
    assert rig.state(first) == "dead", "a marked ticket is not repeated without a person"
    letters = rig.dead_letters()
    assert [letter.job.generation for letter in letters] == [1, 2]
    assert len({letter.event_id for letter in letters}) == 2
    assert len(letters[1].attempts) == 3
    await rig.send(again(first, 3))
    assert rig.kitchen.numbers == ["A1 0001/4 PERHAPS 0001 OF 18:00:00"]


async def test_a_ticket_that_died_before_any_byte_has_its_two_tries_again(rig: Rig):
    broken = job(UNPRINTABLE)
    await rig.send(broken)
    rig.kitchen.script(CUT_OFF)
    await rig.send(again(broken, order=job("A1").order))
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


@pytest.mark.parametrize("generation", [1, 2])
async def test_an_older_or_equal_generation_is_told_the_present_state_and_prints_nothing(
    rig: Rig, generation: int
):
    first = await die(rig)
    rig.kitchen.script(CUT_OFF)
    await rig.send(again(first, 2))
    await rig.send(again(first, generation))
    assert len(rig.kitchen.attempts) == 3
    *_, before, answer = rig.events(JobEventType.DEAD)
    assert before == answer
    assert answer.generation == 2


async def test_a_generation_that_was_left_out_changes_nothing(rig: Rig):
    first = await die(rig)
    await rig.send(again(first, 7))
    assert rig.kitchen.numbers == ["A1 0001/3 PERHAPS 0001 OF 18:00:00"]
    await rig.send(again(first, 6))
    assert [e.generation for e in rig.events(JobEventType.PRINTED)] == [7, 7]


async def test_a_printed_job_is_told_as_printed_in_the_generation_that_was_asked_for(rig: Rig):
    await rig.send(job("A1"))
    await rig.send(again(job("A1")))
    assert rig.kitchen.numbers == ["A1 0001"]
    first, second = rig.events(JobEventType.PRINTED)
    assert (first.generation, second.generation) == (1, 2)
    assert (first.at, first.ticket_number) == (second.at, second.ticket_number)
    assert first.event_id != second.event_id


async def test_a_job_that_waits_is_not_added_and_its_end_is_told_in_the_new_generation(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job("A1"), again(job("A1")))
    assert rig.spoolers[KITCHEN].waiting == 1
    rig.kitchen.refuses = None
    await rig.wait(10)
    assert rig.kitchen.numbers == ["A1 0001"]
    (printed,) = rig.events(JobEventType.PRINTED)
    assert printed.generation == 2


async def test_a_job_in_the_printers_hands_ends_in_the_new_generation(rig: Rig):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    await rig.send(again(job("A1")))
    assert [e.generation for e in rig.events(JobEventType.RECEIVED)] == [1, 2]
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001"]
    (printed,) = rig.events(JobEventType.PRINTED)
    assert printed.generation == 2


async def test_a_job_that_dies_in_the_new_generation_is_revived_only_by_a_newer_one(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job(UNPRINTABLE), again(job(UNPRINTABLE)))
    rig.kitchen.refuses = None
    await rig.wait(10)
    (letter,) = rig.dead_letters()
    assert letter.job.generation == 2
    await rig.send(again(job(UNPRINTABLE)))
    assert rig.dead_letters() == [letter, letter]


# Another printer.


async def test_another_printer_gives_it_a_number_of_its_own_and_says_which_one_it_may_repeat(
    rig: Rig,
):
    await rig.send(job("B1", BAR))
    first = await die(rig)
    await rig.send(again(first, printer=BAR))
    assert rig.bar.numbers == ["B1 0001", "A1 0002 PERHAPS 0001 OF 18:00:00"]
    await rig.send(job("A2"), job("B2", BAR))
    assert rig.kitchen.numbers == ["A2 0002"]
    assert rig.bar.numbers[2:] == ["B2 0003"]
    (printed,) = [e for e in rig.events(JobEventType.PRINTED) if e.job_id == first.job_id]
    assert printed.possible_duplicate
    assert printed.printer == BAR


async def test_the_number_that_it_leaves_behind_is_not_given_twice_also_after_a_restart(
    rig: Rig, make_rig: MakeRig
):
    first = await die(rig)
    await rig.send(again(first, printer=BAR))
    after = await make_rig(rig.crashed()).start()
    await after.send(job("A2"), job("B1", BAR))
    assert after.kitchen.numbers == ["A2 0002"]
    assert after.bar.numbers == ["B1 0002"]


async def test_a_late_word_of_the_printer_before_means_nothing_to_another_one(rig: Rig):
    first = await die(rig)
    rig.bar.late_words.update(attempt.process_id for attempt in rig.kitchen.attempts)
    await rig.send(again(first, printer=BAR))
    assert rig.bar.numbers == ["A1 0001 PERHAPS 0001 OF 18:00:00"]


async def test_a_moved_ticket_of_which_no_byte_left_keeps_its_new_number(rig: Rig):
    first = await die(rig)
    rig.bar.script(NO_BYTE_SENT)
    await rig.send(again(first, printer=BAR))
    await rig.wait(10)
    assert rig.bar.numbers == ["A1 0001 PERHAPS 0001 OF 18:00:00"]


async def test_a_moved_ticket_that_stays_unknown_there_too_repeats_its_newer_number(rig: Rig):
    await rig.send(job("B1", BAR))
    first = await die(rig)
    rig.bar.script(CUT_OFF)
    await rig.send(again(first, 2, printer=BAR))
    await rig.send(again(first, 3, printer=BAR))
    assert rig.bar.numbers == ["B1 0001", "A1 0002/2 PERHAPS 0002 OF 18:00:00"]


async def test_a_printer_that_was_added_to_the_configuration_prints_what_died_for_it(
    rig: Rig, make_rig: MakeRig
):
    lost = job("A1", "grill-1")
    await rig.send(lost)
    after = make_rig(rig.crashed(), printers=[rig.printer("grill-1")])
    await after.start()
    await after.send(again(lost))
    assert after.printers["grill-1"].numbers == ["A1 0001"]


async def test_one_that_is_still_unknown_is_a_dead_letter_again(rig: Rig):
    lost = job("A1", "grill-9")
    await rig.send(lost, again(lost))
    assert [letter.job.generation for letter in rig.dead_letters()] == [1, 2]


# A kill in between.


async def test_after_a_kill_between_the_journal_and_the_printer_it_prints_once(
    rig: Rig, make_rig: MakeRig
):
    first = await die(rig)
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(again(first))
    after = await make_rig(rig.crashed()).start()
    await after.send(again(first))  # the broker had no acknowledgement
    assert after.kitchen.numbers == ["A1 0001/3 PERHAPS 0001 OF 18:00:00"]


async def test_after_a_kill_while_it_was_sent_it_is_dead_again(rig: Rig, make_rig: MakeRig):
    first = await die(rig)
    rig.kitchen.hold()
    await rig.send(again(first))
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.attempts == []
    assert after.state(first) == "dead"
    assert after.dead_letters()[-1].job.generation == 2
    await after.send(again(first, 3))
    assert after.kitchen.numbers == ["A1 0001/4 PERHAPS 0001 OF 18:00:00"]


async def test_after_a_kill_before_the_journal_had_it_the_broker_brings_it_again(
    rig: Rig, make_rig: MakeRig
):
    first = await die(rig)
    there = rig.crashed()
    after = await make_rig(there).start()
    assert after.state(first) == "dead"
    await after.send(again(first))
    assert after.kitchen.numbers == ["A1 0001/3 PERHAPS 0001 OF 18:00:00"]


async def test_a_raised_generation_survives_a_restart(rig: Rig, make_rig: MakeRig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(job("A1"), again(job("A1")))
    after = await make_rig(rig.crashed()).start()
    (printed,) = after.events(JobEventType.PRINTED)
    assert printed.generation == 2


async def test_a_full_disk_revives_nothing_and_acknowledges_nothing(rig: Rig):
    first = await die(rig)
    rig.disk.full = True
    await rig.send(again(first))
    await rig.wait(20)
    assert (rig.state(first), rig.spoolers[KITCHEN].waiting) == ("dead", 0)
    rig.disk.full = False
    await rig.wait(5)
    assert rig.kitchen.numbers == ["A1 0001/3 PERHAPS 0001 OF 18:00:00"]
