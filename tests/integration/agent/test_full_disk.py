"""The disk refuses: nothing is acknowledged and nothing printed that it does not know of."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from bonfire.broker import topology
from bonfire.messages import JobEventType
from bonfire.store import StoreError
from bonfire.teller import LANE
from print_agent.domain.ended import after_printing
from print_agent.domain.numbering import TicketNumber
from print_agent.printers import Outcome, PrintResult
from print_agent.printers.fake import (
    CUT_OFF,
    NO_BYTE_SENT,
    SILENT,
    SILENT_BUT_PRINTED,
    Attempt,
    Ending,
)
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import AGENT, job, jobs

QUEUE = topology.jobs_queue(AGENT)


def fills(rig: Rig) -> Callable[[Attempt], None]:
    """The disk is full from the next ticket's first byte on."""
    return lambda _attempt: setattr(rig.disk, "full", True)


async def back(rig: Rig) -> None:
    rig.kitchen.on_first_byte = lambda _attempt: None
    rig.disk.full = False
    await rig.wait(10)


async def test_a_job_that_cannot_be_written_is_not_acknowledged_and_not_printed(rig: Rig):
    rig.disk.full = True
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(20)
    assert rig.kitchen.attempts == []
    rig.server.drop_connections()  # what was not acknowledged comes back
    await rig.settle()
    rig.disk.full = False
    await rig.wait(20)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.server.waiting(QUEUE) == ()


async def test_without_sending_on_disk_no_byte_leaves_and_the_number_is_not_lost(
    make_rig: MakeRig,
):
    rig = await make_rig().open()
    await rig.load(*jobs("A1", "A2"))
    rig.disk.full = True
    rig.spool()
    await rig.wait(20)
    assert rig.kitchen.attempts == []
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_a_printed_ticket_whose_end_cannot_be_written_is_not_printed_again(rig: Rig):
    rig.kitchen.on_first_byte = fills(rig)
    await rig.send(job("A1"))
    await rig.wait(20)
    assert rig.state(job("A1")) == "sending"
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.state(job("A1")) == "done"
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_neither_the_end_of_one_nor_the_begin_of_the_next_is_written_without_the_other(
    rig: Rig,
):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    rig.disk.full = True
    rig.kitchen.release()
    await rig.wait(20)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert [rig.state(each) for each in jobs("A1", "A2")] == ["sending", "ready"]
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.outcomes(job("A1")) == ["confirmed"]
    assert len(rig.events(JobEventType.PRINTED)) == 2


@pytest.mark.parametrize("ending", [CUT_OFF, SILENT])
async def test_an_unknown_ticket_whose_end_cannot_be_written_is_reprinted_only_marked(
    rig: Rig, ending: Ending
):
    rig.kitchen.script(ending)
    rig.kitchen.on_first_byte = fills(rig)
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(20)
    assert len(rig.kitchen.attempts) == 1
    await back(rig)
    assert rig.tasks.dead is None
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00", "A2 0002"]
    assert rig.outcomes(job("A1")) == ["unknown", "confirmed"]


async def test_a_ticket_that_never_left_and_could_not_be_written_stays_unmarked(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT)
    rig.kitchen.on_first_byte = fills(rig)
    await rig.send(job("A1"))
    await rig.wait(20)
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.outcomes(job("A1")) == ["failed", "confirmed"]


async def test_a_second_unknown_that_cannot_be_written_is_still_the_last_ticket(rig: Rig):
    rig.kitchen.script(CUT_OFF, CUT_OFF)

    def fill_at_the_second(_attempt: Attempt) -> None:
        rig.disk.full = len(rig.kitchen.attempts) == 1

    rig.kitchen.on_first_byte = fill_at_the_second
    await rig.send(*jobs("A1", "A2"))
    await rig.wait(20)
    assert len(rig.kitchen.attempts) == 2
    await back(rig)
    assert rig.kitchen.numbers == ["A2 0002"]
    assert rig.state(job("A1")) == "dead"
    assert len(rig.events(JobEventType.DEAD)) == 1


async def test_a_late_word_that_cannot_be_written_is_not_forgotten(rig: Rig):
    rig.kitchen.script(SILENT_BUT_PRINTED)
    rig.kitchen.on_first_byte = lambda attempt: rig.kitchen.late_words.add(attempt.process_id)

    async def fill() -> None:
        rig.disk.full = True

    rig.kitchen.before_late_word = fill
    await rig.send(job("A1"))
    await rig.wait(20)
    assert rig.state(job("A1")) == "unknown"
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.state(job("A1")) == "done"


async def test_a_render_error_that_cannot_be_written_holds_the_next_ticket_until_it_can(rig: Rig):
    rig.kitchen.hold()
    await rig.send(job("A1"), job(UNPRINTABLE), job("A2"))
    rig.disk.full = True
    rig.kitchen.release()
    await rig.wait(20)
    assert rig.kitchen.numbers == ["A1 0001"]
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.state(job(UNPRINTABLE)) == "dead"
    assert rig.metric("bonfire_jobs_dead_total", printer=KITCHEN, reason="render_error") == 1


async def test_a_printer_that_cannot_be_remembered_is_met_again_and_then_used(make_rig: MakeRig):
    rig = await make_rig().open()
    await rig.load(job("A1"))
    rig.disk.full = True
    rig.spool()
    await rig.wait(20)
    assert rig.kitchen.open_sessions == 0
    await back(rig)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert set(await rig.journal.known_printers()) == {KITCHEN}


async def test_a_stop_with_a_full_disk_ends_and_the_ticket_is_judged_at_the_next_start(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.on_first_byte = fills(rig)
    await rig.send(job("A1"))
    await rig.tasks.cancel()
    assert rig.tasks.dead is None, "a task that was cancelled has not died"
    assert rig.kitchen.open_sessions == 0
    after = await make_rig(rig.crashed()).start()
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]


async def test_a_start_with_a_full_disk_waits_and_judges_when_the_disk_is_back(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2"))
    after = make_rig(rig.crashed())
    after.disk.full = True
    await after.start()
    await after.wait(20)
    assert after.kitchen.attempts == []
    assert not after.intake.inbox.active, "no new job before the old ones"
    await back(after)
    assert after.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00", "A2 0002"]
    assert after.intake.inbox.active


async def test_a_job_for_an_unknown_printer_is_acknowledged_only_once_it_is_dead_on_disk(rig: Rig):
    lost = job("A1", "grill-9")
    rig.disk.full = True
    await rig.send(lost)
    await rig.wait(20)
    assert rig.cell("state", lost) is None
    rig.disk.full = False
    await rig.wait(10)
    assert rig.state(lost) == "dead"


# The shared commit itself.


async def test_a_begin_that_the_journal_does_not_agree_with_undoes_the_end_in_the_same_commit(
    make_rig: MakeRig,
):
    rig = await make_rig().open()
    now, day = rig.clock.now(), rig.clock.now().date()
    first = await rig.journal.receive(job("A1"), now)
    second = await rig.journal.receive(job("A2"), now)
    assert first is not None
    assert second is not None
    sending = await rig.journal.begin(first, TicketNumber(day, 1), b"!!!!", now)
    await rig.journal.begin(second, TicketNumber(day, 2), b"!!!#", now)
    result = PrintResult(Outcome.UNKNOWN, 9, rig.kitchen.knows)
    ended = after_printing(first, sending, result, now)
    with pytest.raises(sqlite3.IntegrityError):
        await rig.journal.begin(second, TicketNumber(day, 3), b"!!!$", now, ended)
    assert rig.state(job("A1")) == "sending"
    assert rig.outcomes(job("A1")) == [None]
    await rig.journal.end(ended)
    assert rig.state(job("A1")) == "unknown"
    assert rig.rows("SELECT max(ticket_number) FROM jobs")[0][0] == 2


async def test_a_journal_that_does_not_agree_ends_the_task_before_a_byte_and_keeps_the_end(
    make_rig: MakeRig,
):
    rig = await make_rig().open()
    await rig.load(*jobs("A1", "A2"))
    rig.kitchen.hold()
    rig.spool()
    await rig.settle()
    _, second = await rig.journal.unfinished()
    now = rig.clock.now()
    await rig.journal.begin(second, TicketNumber(now.date(), 2), b"!!!!", now)
    rig.kitchen.release()
    await rig.settle()
    assert rig.tasks.dead == f"printer {KITCHEN}"
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.state(job("A1")) == "done"
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_an_end_that_was_committed_for_a_cancelled_caller_is_not_told_twice(
    make_rig: MakeRig,
):
    rig = await make_rig().open()
    now, day = rig.clock.now(), rig.clock.now().date()
    entry = await rig.journal.receive(job("A1"), now)
    assert entry is not None
    sending = await rig.journal.begin(entry, TicketNumber(day, 1), b"!!!!", now)
    result = PrintResult(Outcome.CONFIRMED, 9, rig.kitchen.knows)
    ended = after_printing(entry, sending, result, now)
    for _ in range(3):
        await rig.journal.end(ended)
    assert len(rig.events(JobEventType.PRINTED)) == 1


async def test_a_refused_change_counts_no_event_as_told(make_rig: MakeRig):
    rig = await make_rig().open()
    rig.disk.full = True
    with pytest.raises(StoreError):
        await rig.journal.receive(job("A1"), rig.clock.now())
    rig.disk.full = False
    await rig.journal.receive(job("A1"), rig.clock.now())
    assert rig.woken == {LANE: 1}
