"""The journal's own file: its identity, its rows, and what it reads back."""

from __future__ import annotations

import pytest

from bonfire.messages import Confirmation, OnPaper
from print_agent.domain.entry import Entry
from print_agent.domain.numbering import TicketNumber
from print_agent.domain.states import JobState
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT, SILENT, Ending
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job, jobs


async def test_a_journal_keeps_its_id_and_another_file_has_another(rig: Rig, make_rig: MakeRig):
    same = await make_rig(rig.crashed()).open()
    other = await make_rig(rig.folder / "other").open()
    assert same.journal.id == rig.journal.id != other.journal.id
    assert len(rig.journal.id) == 16


@pytest.mark.parametrize("state", list(JobState))
async def test_a_job_is_left_over_at_a_start_unless_it_is_done_or_dead(
    make_rig: MakeRig, state: JobState
):
    rig = await make_rig().open()
    entry = await rig.journal.receive(job("A1"), rig.clock.now())
    assert entry is not None
    await rig.disk.transact(lambda db: db.execute("UPDATE jobs SET state = ?", (state,)))
    left = await rig.journal.unfinished()
    assert [each.state for each in left] == (
        [] if state in (JobState.DONE, JobState.DEAD) else [state]
    )


async def test_an_entry_comes_back_as_it_was_written(rig: Rig, make_rig: MakeRig):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    (entry,) = await (await make_rig(rig.crashed()).open()).journal.unfinished()
    now = rig.clock.now()
    assert entry == Entry(
        id=1,
        job=job("A1"),
        state=JobState.SENDING,
        on_paper=OnPaper.NO,
        attempts=1,
        ticket=TicketNumber(now.date(), 1),
        first_sent_at=now,
        process_id=rig.kitchen.attempts[0].process_id,
    )


async def test_jobs_that_are_left_come_in_the_order_of_their_arrival(rig: Rig):
    rig.kitchen.hold()
    names = ["Z", "A", "M", "B"]
    await rig.send(*jobs(*names))
    assert [entry.job.order.number for entry in await rig.journal.unfinished()] == names


async def test_an_attempt_is_written_with_all_that_is_known_of_it(rig: Rig):
    rig.kitchen.script(CUT_OFF)
    await rig.send(job("A1"))
    first, second = rig.rows("SELECT * FROM attempts ORDER BY number")
    assert (first["number"], first["marked"], first["printer"]) == (1, 0, KITCHEN)
    assert (first["outcome"], first["reason"]) == ("unknown", "connection_lost")
    assert first["bytes_sent"] == len(b"A1 0001")
    assert (second["number"], second["marked"], second["reason"]) == (2, 1, None)
    assert (second["outcome"], second["confirmation"]) == ("confirmed", Confirmation.PROCESS_ID)
    assert first["started_at"] == second["ended_at"] == rig.clock.now().timestamp()


@pytest.mark.parametrize(
    ("endings", "interrupted"),
    [
        ([], False),
        ([CUT_OFF], False),
        ([CUT_OFF, SILENT], True),
        ([CUT_OFF, SILENT, NO_BYTE_SENT], True),
        ([NO_BYTE_SENT], False),
    ],
)
async def test_a_printer_is_interrupted_if_its_last_ticket_may_have_stopped_half_way(
    rig: Rig, endings: list[Ending], interrupted: bool
):
    rig.kitchen.script(*endings)
    await rig.send(job("A1"), job("A1", BAR))
    if NO_BYTE_SENT in endings and interrupted:
        await rig.send(job("A2"))
    assert (KITCHEN in await rig.journal.interrupted_printers()) == interrupted
    assert BAR not in await rig.journal.interrupted_printers()


async def test_a_printer_whose_ticket_was_cut_off_by_a_crash_is_interrupted(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    after = await make_rig(rig.crashed()).open()
    assert await after.journal.interrupted_printers() == {KITCHEN}


async def test_numbers_go_on_where_the_journal_ends_and_begin_anew_on_the_next_business_day(
    rig: Rig, make_rig: MakeRig
):
    await rig.send(*jobs("A1", "A2"))  # 20:00 in Berlin
    await rig.wait(8 * 3_600 - 1)
    await rig.send(job("A3"))  # 03:59:59
    after = make_rig(rig.crashed())
    after.clock.jump(8 * 3_600)
    await after.start()
    await after.send(job("A4"))  # 04:00:00
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]
    assert after.kitchen.numbers == ["A4 0001"]


async def test_a_clock_that_is_set_back_neither_repeats_a_number_nor_ends_the_day(
    rig: Rig, make_rig: MakeRig
):
    await rig.send(job("A1"))
    rig.clock.jump(-86_400)
    await rig.send(job("A2"))
    after = make_rig(rig.crashed())
    after.clock.jump(-86_400)
    await after.start()
    await after.send(job("A3"))
    assert rig.kitchen.numbers + after.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]


async def test_a_reprint_keeps_the_day_and_number_of_its_first_ticket(rig: Rig, make_rig: MakeRig):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    after.clock.jump(86_400)
    await after.start()
    await after.send(job("A2"))
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00", "A2 0001"]


async def test_a_job_of_a_zone_that_nobody_knows_prints_all_the_same(rig: Rig):
    await rig.send(job("A1", timezone="Europe/Gotham"), job("A2", timezone="../../etc/passwd"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_the_crash_copy_holds_what_was_committed(rig: Rig, make_rig: MakeRig):
    """The other tests stand on it."""
    await rig.send(job("A1"))
    there = rig.crashed()
    await rig.send(job("A2"))
    copy = await make_rig(there).open()
    assert copy.state(job("A1")) == "done"
    assert copy.cell("state", job("A2")) is None
