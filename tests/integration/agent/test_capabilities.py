"""What each printer can do is asked once, while it is idle, and remembered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bonfire.errors import Reason
from bonfire.messages import Confirmation, PrinterEventType
from bonfire.store.migrations import migrate, read_migrations
from print_agent.journal import MIGRATIONS
from print_agent.printers import Capabilities, Fingerprint, PrinterTrouble
from print_agent.printers.fake import CUT_OFF, EPSON, EPSON_CAN
from print_agent.probing import Pace
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job

ASKED = Pace(probe_every_s=20)
BEFORE_CAPABILITIES = 3


@pytest.fixture
async def rig(make_rig: MakeRig) -> Rig:
    return await make_rig(pace=ASKED).start()


def known_of(rig: Rig, printer: str = KITCHEN) -> Capabilities | None:
    known = rig.recognition.known(printer)
    return None if known is None else known.capabilities


async def on_disk(rig: Rig) -> Capabilities | None:
    return (await rig.journal.known_printers())[KITCHEN].capabilities


async def test_it_is_asked_once_before_the_first_order_and_remembered_over_a_restart(
    rig: Rig, make_rig: MakeRig
):
    await rig.wait(70)
    assert rig.kitchen.examined == 1
    assert await on_disk(rig) == known_of(rig) == EPSON_CAN
    after = await make_rig(rig.crashed(), pace=ASKED).start()
    await after.wait(70)
    assert after.kitchen.examined == 0
    assert known_of(after) == EPSON_CAN
    assert rig.kitchen.paper == after.kitchen.paper == []


async def test_the_first_ticket_does_not_wait_for_it(rig: Rig):
    await rig.send(job("A1"))
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.kitchen.examined == 0
    await rig.wait(25)
    assert known_of(rig) == EPSON_CAN


async def test_a_ticket_that_comes_meanwhile_goes_first(rig: Rig):
    await rig.wait(0.5)

    async def order(_session: object) -> None:
        rig.kitchen.before_examination = _nothing
        await rig.send(job("A1"))

    rig.kitchen.before_examination = order
    await rig.wait(1)
    assert rig.kitchen.numbers == ["A1 0001"]
    assert rig.kitchen.examined == 0
    assert rig.kitchen.tried_at == [1], "on the connection that was there"
    await rig.wait(25)
    assert rig.kitchen.examined == 1


async def test_another_printer_is_asked_for_itself(rig: Rig):
    await rig.wait(2)
    rig.kitchen.fingerprint = Fingerprint("EPSON", "TM-U220", "X9")
    rig.kitchen.capabilities = Capabilities(type_id=0, in_order=True)
    await rig.send(job("A1"))
    assert known_of(rig) is None
    await rig.wait(25)
    assert rig.kitchen.examined == 2
    assert await on_disk(rig) == Capabilities(type_id=0, in_order=True)


async def test_it_is_asked_again_when_somebody_says_so(rig: Rig):
    await rig.wait(2)
    rig.recognition.examine_anew(KITCHEN)
    rig.recognition.examine_anew("a printer that nobody has met")
    assert known_of(rig) is None
    await rig.wait(20)
    assert rig.kitchen.examined == 2
    assert known_of(rig) == EPSON_CAN


async def test_its_buffer_is_left_alone_unless_it_says_what_it_printed(make_rig: MakeRig):
    rig = make_rig(pace=ASKED)
    rig.kitchen.knows = Confirmation.STATUS
    await rig.start()
    await rig.wait(2)
    can = known_of(rig)
    assert can is not None
    assert can.buffer_clear is None
    assert known_of(rig, BAR) == EPSON_CAN


async def test_a_printer_that_tells_no_status_is_not_asked(make_rig: MakeRig):
    rig = make_rig(pace=Pace())
    await rig.start()
    await rig.wait(70)
    assert rig.kitchen.tried_at == []


async def test_what_the_disk_does_not_take_is_asked_again_and_the_printer_is_ready(rig: Rig):
    rig.disk.full = True
    await rig.wait(2)
    assert rig.spoolers[KITCHEN].state("altstadt").ready
    assert known_of(rig) is None
    rig.disk.full = False
    await rig.wait(20)
    assert await on_disk(rig) == EPSON_CAN


async def test_another_printer_of_the_house_is_told_before_the_next_order(make_rig: MakeRig):
    rig = make_rig(pace=ASKED)
    rig.kitchen.fingerprint = EPSON
    rig.bar.fingerprint = EPSON  # both cables lead to one
    await rig.start()
    await rig.wait(10)
    (told,) = rig.printer_events(BAR)
    assert (told.type, told.reason) == (PrinterEventType.LOST, Reason.WRONG_PRINTER)
    await rig.wait(100)
    assert len(rig.printer_events(BAR)) == 1, "it is not told as back in between"
    assert rig.printer_events() == []


async def test_a_printer_that_goes_away_meanwhile_is_asked_again(rig: Rig):
    async def break_off(_session: object) -> None:
        rig.kitchen.before_examination = _nothing
        raise PrinterTrouble(Reason.RESET_BEFORE_BYTES, "it was switched off")

    rig.kitchen.before_examination = break_off
    await rig.wait(2)
    assert known_of(rig) is None
    await rig.wait(20)
    assert known_of(rig) == EPSON_CAN
    assert rig.printer_events() == []


async def test_after_a_ticket_without_a_word_nothing_is_lost(rig: Rig):
    rig.kitchen.script(CUT_OFF)
    await rig.send(job("A1"))
    await rig.wait(25)
    assert rig.kitchen.numbers == ["A1 0001/2 PERHAPS 0001 OF 18:00:00"]
    assert known_of(rig) == EPSON_CAN


async def test_a_printer_that_an_earlier_release_knew_is_asked_too(
    tmp_path: Path, make_rig: MakeRig
):
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as db:
        migrate(db, read_migrations(MIGRATIONS)[:BEFORE_CAPABILITIES])
        db.execute(
            "INSERT INTO printers VALUES (?, ?, ?, ?, ?, 'process-id')",
            (KITCHEN, EPSON.maker, EPSON.model, EPSON.serial, EPSON.firmware),
        )
    rig = await make_rig(folder, pace=ASKED).start()
    known = rig.recognition.known(KITCHEN)
    assert known is not None
    assert (known.fingerprint, known.confirmation) == (EPSON, Confirmation.PROCESS_ID)
    assert known.capabilities is None
    await rig.wait(2)
    assert await on_disk(rig) == EPSON_CAN
    assert rig.kitchen.probed == 0


async def _nothing(*_: object) -> None:
    pass
