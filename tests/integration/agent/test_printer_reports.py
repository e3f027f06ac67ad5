"""What is told of a printer: each change once, in order, on disk, and remembered over a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bonfire.errors import Reason
from bonfire.messages import PrinterEvent, PrinterEventType
from print_agent import reports
from print_agent.condition import PrinterChange
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import AGENT, job, jobs

LOST, CHANGED, BACK = PrinterEventType


def types(events: Sequence[PrinterEvent]) -> list[PrinterEventType]:
    return [event.type for event in events]


def change(rig: Rig, type_: PrinterEventType = LOST) -> PrinterChange:
    now = rig.clock.now()
    return PrinterChange(KITCHEN, type_, Reason.REFUSED, now, now, 0)


async def test_lost_another_trouble_and_back_are_told_with_the_same_beginning(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(*jobs("A1", "A2"))
    rig.kitchen.trouble = Reason.PAPER_OUT
    await rig.send(job("A3"))
    await rig.wait(5)
    rig.kitchen.trouble = None
    await rig.wait(10)
    lost, changed, back = rig.printer_events()
    assert [(event.type, event.reason, event.waiting) for event in (lost, changed, back)] == [
        (LOST, "cover_open", 1),
        (CHANGED, "paper_out", 3),
        (BACK, "paper_out", 3),
    ]
    assert lost.at == lost.lost_at == changed.lost_at == back.lost_at
    assert changed.at - lost.at == timedelta(seconds=5)
    assert (back.agent, back.journal, back.location) == (AGENT, rig.journal.id, "altstadt")
    assert back.routing_key == "altstadt.printer.back"
    assert rig.printer_events(BAR) == []


async def test_a_trouble_that_comes_and_goes_while_it_is_lost_is_told_once(rig: Rig):
    await rig.send(job("A0"))
    rig.kitchen.trouble = Reason.PAPER_OUT
    await rig.send(job("A1"))
    for _ in range(5):
        for reason in (Reason.COVER_OPEN, Reason.PAPER_OUT):
            rig.kitchen.trouble = reason
            await rig.wait(60)
    assert types(rig.printer_events()) == [LOST, CHANGED]


async def test_a_ticket_that_the_printer_holds_back_is_its_trouble_too(rig: Rig):
    rig.kitchen.hold(Reason.PAPER_OUT)
    await rig.send(job("A1"))
    assert types(rig.printer_events()) == [LOST]
    rig.kitchen.release()
    await rig.settle()
    assert types(rig.printer_events()) == [LOST, BACK]


async def test_two_outages_have_different_ids_and_one_told_twice_has_the_same(rig: Rig):
    for name in ("A1", "A2"):
        rig.kitchen.refuses = Reason.REFUSED
        await rig.send(job(name))
        rig.kitchen.refuses = None
        await rig.wait(20)
    events = rig.printer_events()
    assert types(events) == [LOST, BACK, LOST, BACK]
    assert len({event.event_id for event in events}) == 4
    for _ in range(2):
        rig.reports.printer_changed(change(rig))
        await rig.settle()
    again = rig.printer_events()[4:]
    assert again[0] == again[1]


async def test_a_full_disk_keeps_the_reports_in_their_order_until_it_takes_them(rig: Rig):
    await rig.send(job("A1"))
    rig.disk.full = True
    rig.reports.printer_changed(change(rig))
    rig.reports.printer_changed(change(rig, BACK))
    await rig.wait(30)
    assert rig.printer_events() == []
    rig.disk.full = False
    await rig.wait(2)
    assert types(rig.printer_events()) == [LOST, BACK]


async def test_a_ticket_does_not_wait_for_a_report(rig: Rig):
    rig.kitchen.hold(Reason.COVER_OPEN)
    await rig.send(job("A1"))
    rig.disk.slow = slow = asyncio.Event()
    rig.kitchen.release()
    await rig.settle()
    assert rig.kitchen.numbers == ["A1 0001"]
    slow.set()
    await rig.settle()
    assert types(rig.printer_events()) == [LOST, BACK]


async def test_a_restart_while_it_is_lost_tells_nothing_again_and_then_that_it_is_back(
    rig: Rig, make_rig: MakeRig
):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    after.kitchen.trouble = Reason.COVER_OPEN
    await after.start()
    await after.wait(100)
    (lost,) = after.printer_events()
    assert after.spoolers[KITCHEN].state("altstadt").lost_at == lost.lost_at
    after.kitchen.trouble = None
    await after.wait(30)
    _, back = after.printer_events()
    assert (back.type, back.reason, back.lost_at) == (BACK, "cover_open", lost.lost_at)
    assert await after.journal.trouble(KITCHEN) is None


async def test_another_trouble_after_a_restart_is_told_as_a_change(rig: Rig, make_rig: MakeRig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    after.kitchen.trouble = Reason.PAPER_OUT
    await after.start()
    assert types(after.printer_events()) == [LOST, CHANGED]
    again = await make_rig(after.crashed("again")).open()
    trouble = await again.journal.trouble(KITCHEN)
    assert trouble is not None
    assert trouble.reason is Reason.PAPER_OUT


async def test_what_a_crash_took_with_it_is_told_at_the_next_start(rig: Rig, make_rig: MakeRig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    rig.kitchen.on_connect = lambda: setattr(rig.disk, "full", True)
    await rig.send(job("A1"))
    after = make_rig(rig.crashed())
    after.kitchen.trouble = Reason.COVER_OPEN
    await after.start()
    assert types(after.printer_events()) == [LOST]


async def test_more_reports_than_memory_has_room_for_are_dropped_and_that_is_logged(
    rig: Rig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(reports, "MOST_WAITING", 2)
    rig.disk.full = True
    for type_ in (LOST, BACK, LOST):
        rig.reports.printer_changed(change(rig, type_))
    rig.disk.full = False
    await rig.wait(2)
    assert types(rig.printer_events()) == [LOST, BACK]
    (dropped,) = [r for r in caplog.records if vars(r).get("event") == "report.dropped"]
    assert vars(dropped)["report"] == "printer.lost"


async def test_a_stop_waits_a_moment_for_the_last_reports(rig: Rig):
    rig.disk.slow = slow = asyncio.Event()
    rig.reports.printer_changed(change(rig))
    settling = asyncio.create_task(rig.reports.settle())
    await rig.wait(0.5)
    assert not settling.done()
    slow.set()
    await rig.settle()
    assert settling.done()
    assert types(rig.printer_events()) == [LOST]


async def test_a_stop_waits_no_longer_for_a_disk_that_is_full(rig: Rig):
    rig.disk.full = True
    rig.reports.printer_changed(change(rig))
    settling = asyncio.create_task(rig.reports.settle())
    await rig.wait(1)
    assert settling.done()


async def test_the_task_of_the_reports_goes_on_where_it_died(rig: Rig):
    await rig.tasks.cancel()
    rig.reports.printer_changed(change(rig))
    rig.tasks.spawn("reports", rig.reports.run)
    await rig.settle()
    assert types(rig.printer_events()) == [LOST]


async def test_a_heartbeat_says_how_each_printer_is_and_what_waits(rig: Rig):
    rig.kitchen.trouble = Reason.COVER_OPEN
    rig.bar.near_end = True
    await rig.send(*jobs("A1", "A2"), job("A1", BAR))
    kitchen = rig.spoolers[KITCHEN].state("altstadt")
    assert (kitchen.id, kitchen.location, kitchen.ready) == (KITCHEN, "altstadt", False)
    assert (kitchen.reason, kitchen.lost_at) == ("cover_open", rig.clock.now())
    assert (kitchen.waiting, kitchen.oldest_due_at) == (2, job("A1").due_at)
    bar = rig.spoolers[BAR].state("altstadt")
    assert (bar.ready, bar.reason, bar.lost_at, bar.near_end) == (True, "", None, True)
    assert (bar.waiting, bar.oldest_due_at) == (0, None)
