"""From the journal to the paper: what is committed when, and in which order tickets come out."""

from __future__ import annotations

import asyncio

from bonfire.messages import Confirmation, JobEventType, OnPaper
from print_agent.printers.fake import FakeSession
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import KITCHEN, Rig
from tests.support.jobs import job, jobs


async def test_a_job_becomes_one_unmarked_ticket_with_number_one(rig: Rig):
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A1 0001"]


async def test_sending_is_on_disk_before_the_first_byte_leaves(rig: Rig):
    seen: list[tuple[object, ...]] = []
    rig.kitchen.on_first_byte = lambda _attempt: seen.extend(
        map(tuple, rig.rows("SELECT state, attempts, ticket_number, process_id FROM jobs"))
    )
    await rig.send(job("A1"))
    assert seen == [("sending", 1, 1, rig.kitchen.attempts[0].process_id)]


async def test_no_byte_leaves_while_the_commit_of_sending_is_under_way(rig: Rig):
    await rig.send(job("A1"))
    await rig.load(job("A2"))
    rig.disk.slow = asyncio.Event()
    await rig.wait(60)
    assert rig.kitchen.numbers == ["A1 0001"]
    rig.disk.slow.set()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_jobs_of_a_printer_print_in_order_of_arrival_and_each_printer_has_its_numbers(
    rig: Rig,
):
    await rig.send(job("A1"), job("A1", "bar-1"), job("A2"), job("A3"), job("A2", "bar-1"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]
    assert rig.bar.numbers == ["A1 0001", "A2 0002"]


async def test_one_ticket_is_in_flight_at_a_time(rig: Rig):
    rig.kitchen.hold()
    await rig.send(*jobs("A1", "A2", "A3"))
    assert len(rig.kitchen.attempts) == 1
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]


async def test_a_confirmed_ticket_is_done_and_told_in_one_commit(rig: Rig):
    await rig.send(job("A1"))
    assert rig.state(job("A1")) == "done"
    (printed,) = rig.events(JobEventType.PRINTED)
    assert (printed.ticket_number, printed.attempt) == ("0001", 1)
    assert (printed.confirmation, printed.on_paper) == (Confirmation.PROCESS_ID, OnPaper.YES)
    assert not printed.possible_duplicate
    assert rig.outcomes(job("A1")) == ["confirmed"]


async def test_a_weak_ticket_is_done_and_told_as_confirmed_by_the_close_alone(make_rig: MakeRig):
    rig = make_rig()
    rig.kitchen.knows = Confirmation.CLOSE
    await rig.start()
    await rig.send(*jobs("A1", "A2"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.outcomes(job("A1")) == ["weak"]
    assert {event.confirmation for event in rig.events(JobEventType.PRINTED)} == {
        Confirmation.CLOSE
    }


async def test_a_printed_ticket_is_on_disk_before_a_new_connection_is_made(make_rig: MakeRig):
    rig = make_rig()
    rig.kitchen.knows = Confirmation.CLOSE
    await rig.start()
    states: list[str] = []
    rig.kitchen.on_connect = lambda: states.append(rig.state(job("A1")))
    await rig.send(*jobs("A1", "A2"))
    assert states == ["ready", "done"]


async def test_a_queue_of_tickets_takes_one_commit_each_and_one_connection(make_rig: MakeRig):
    rig = await make_rig().open()
    names = [f"A{number}" for number in range(20)]
    await rig.load(*jobs(*names))
    before = rig.disk.commits
    rig.spool()
    await rig.settle()
    assert [rig.state(job(name)) for name in names] == ["done"] * 20
    met_the_printer, last_done = 1, 1
    assert rig.disk.commits - before == met_the_printer + len(names) + last_done
    assert rig.kitchen.connections == 1


async def test_an_idle_connection_is_closed_after_two_seconds(rig: Rig):
    await rig.send(job("A1"))
    await rig.wait(1.9)
    assert rig.kitchen.open_sessions == 1
    await rig.wait(0.2)
    assert rig.kitchen.open_sessions == 0
    await rig.send(job("A2"))
    assert rig.kitchen.connections == 2


async def test_a_job_that_arrives_while_done_is_being_committed_prints_at_once(rig: Rig):
    rig.kitchen.hold()
    await rig.send(job("A1"))
    entry = await rig.journal.receive(job("A2"), rig.clock.now())
    assert entry is not None
    rig.disk.slow = asyncio.Event()
    rig.kitchen.release()
    await rig.settle()
    rig.spoolers[KITCHEN].add(entry)  # in the midst of the last commit before it is idle
    rig.disk.slow.set()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]


async def test_a_printer_in_trouble_does_not_hold_the_tickets_of_another(rig: Rig):
    rig.kitchen.hold()
    await rig.send(job("A1"), job("A1", "bar-1"))
    assert (rig.kitchen.numbers, rig.bar.numbers) == ([], ["A1 0001"])


async def test_a_printer_that_hangs_up_after_each_ticket_costs_no_pause(rig: Rig):
    await rig.send(job("A1"))

    async def is_gone(session: FakeSession) -> None:
        rig.kitchen.before_status = stays
        session.usable = False

    async def stays(_session: FakeSession) -> None:
        pass

    rig.kitchen.before_status = is_gone
    await rig.send(job("A2"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert rig.kitchen.connections == 2
    assert rig.spoolers[KITCHEN].trouble is None
    assert rig.events(JobEventType.WAITING) == []
