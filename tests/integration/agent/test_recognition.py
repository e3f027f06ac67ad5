"""Which printer answers at an address, and how it confirms."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Fingerprint
from print_agent.printers.fake import CUT_OFF, EPSON
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from tests.support.jobs import job

SPARE = Fingerprint("EPSON", "TM-T20III", "X5T9", "1.06 ESC/POS")
NAMELESS = Fingerprint("POS", "POS-80")


def confirmed_by(rig: Rig) -> list[Confirmation]:
    return [attempt.confirmation for attempt in rig.kitchen.attempts]


async def reconnect(rig: Rig) -> None:
    """The connection is idle, and closes."""
    await rig.wait(3)


async def test_a_printer_is_probed_once_and_remembered_over_a_restart(rig: Rig, make_rig: MakeRig):
    await rig.send(job("A1"))
    await reconnect(rig)
    await rig.send(job("A2"))
    assert rig.kitchen.probed == 1
    after = await make_rig(rig.crashed()).start()
    await after.send(job("A3"))
    assert after.kitchen.probed == 0
    assert confirmed_by(after) == [Confirmation.PROCESS_ID]


@pytest.mark.parametrize("knows", list(Confirmation))
async def test_tickets_are_confirmed_as_the_printer_can(make_rig: MakeRig, knows: Confirmation):
    rig = make_rig()
    rig.kitchen.knows = knows
    await rig.start()
    await rig.send(job("A1"))
    assert confirmed_by(rig) == [knows]


async def test_a_configured_confirmation_wins_over_the_remembered_one(rig: Rig, make_rig: MakeRig):
    await rig.send(job("A1"))
    folder = rig.crashed()
    configured = rig.printer(KITCHEN, confirmation=Confirmation.STATUS)
    after = await make_rig(folder, printers=[configured]).start()
    await after.send(job("A2"))
    assert confirmed_by(after) == [Confirmation.STATUS]
    assert after.kitchen.probed == 0


async def test_a_confirmation_that_was_only_configured_is_not_remembered_as_probed(
    make_rig: MakeRig, rig: Rig
):
    weak = rig.printer(KITCHEN, confirmation=Confirmation.CLOSE)
    before = await make_rig(rig.folder / "before", printers=[weak]).start()
    await before.send(job("A1"))
    after = await make_rig(before.crashed()).start()
    await after.send(job("A2"))
    assert confirmed_by(after) == [Confirmation.PROCESS_ID]
    assert after.kitchen.probed == 1


async def test_another_printer_of_the_house_at_this_address_gets_no_ticket(
    rig: Rig, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await rig.send(job("A1"), job("A1", BAR))
    await reconnect(rig)
    rig.kitchen.fingerprint, rig.bar.fingerprint = rig.bar.fingerprint, rig.kitchen.fingerprint
    await rig.send(job("A2"), job("A2", BAR))
    await rig.wait(600)
    assert (rig.kitchen.numbers, rig.bar.numbers) == (["A1 0001"], ["A1 0001"])
    assert rig.spoolers[KITCHEN].trouble is Reason.WRONG_PRINTER
    assert rig.spoolers[BAR].trouble is Reason.WRONG_PRINTER
    rig.kitchen.fingerprint, rig.bar.fingerprint = rig.bar.fingerprint, rig.kitchen.fingerprint
    await rig.wait(30)
    assert (rig.kitchen.numbers, rig.bar.numbers) == (["A1 0001", "A2 0002"],) * 2


async def test_a_swap_is_noticed_also_after_a_restart_and_after_a_firmware_update(
    rig: Rig, make_rig: MakeRig
):
    await rig.send(job("A1"), job("A1", BAR))
    after = make_rig(rig.crashed())
    after.kitchen.fingerprint = Fingerprint("EPSON", "TM-T20III", "X5T2", "9.99")
    await after.start()
    await after.send(job("A2"))
    assert after.kitchen.attempts == []
    assert after.spoolers[KITCHEN].trouble is Reason.WRONG_PRINTER


async def test_a_new_spare_printer_is_welcome_and_asked_how_it_confirms(rig: Rig):
    await rig.send(job("A1"))
    await reconnect(rig)
    rig.kitchen.fingerprint, rig.kitchen.knows = SPARE, Confirmation.STATUS
    await rig.send(job("A2"))
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002"]
    assert confirmed_by(rig) == [Confirmation.PROCESS_ID, Confirmation.STATUS]
    known = await rig.journal.known_printers()
    assert known[KITCHEN].fingerprint == SPARE


async def test_the_printer_that_a_spare_replaced_may_come_back_at_another_address(rig: Rig):
    await rig.send(job("A1"))
    await reconnect(rig)
    rig.kitchen.fingerprint = SPARE
    await rig.send(job("A2"))
    rig.bar.fingerprint = EPSON  # repaired, it stands in the bar now
    await rig.send(job("A1", BAR))
    assert rig.bar.numbers == ["A1 0001"]


async def test_a_printer_that_left_the_configuration_blocks_no_address(rig: Rig, make_rig: MakeRig):
    await rig.send(job("A1"))
    renamed = rig.printer("grill-1")  # the same machine under a new id
    after = await make_rig(rig.crashed(), printers=[renamed]).start()
    await after.send(job("A2", "grill-1"))
    assert [text.decode() for text in renamed.paper] == ["A2 0001"]


@pytest.mark.parametrize("fingerprint", [None, NAMELESS])
async def test_a_printer_without_a_serial_number_never_blocks(
    rig: Rig, make_rig: MakeRig, fingerprint: Fingerprint | None
):
    alike = [rig.printer(name, fingerprint=fingerprint) for name in (KITCHEN, BAR)]
    twins = await make_rig(rig.folder / "twins", printers=alike).start()
    for name in ("A1", "A2"):
        await twins.send(job(name), job(name, BAR))
        await reconnect(twins)
    assert (twins.kitchen.numbers, twins.bar.numbers) == (["A1 0001", "A2 0002"],) * 2


async def test_a_printer_without_a_serial_number_is_asked_again_only_after_something_went_wrong(
    rig: Rig, make_rig: MakeRig
):
    """It lets us wait for answers that it does not give."""
    nameless = rig.printer(KITCHEN, fingerprint=NAMELESS)
    twin = await make_rig(rig.folder / "twin", printers=[nameless]).start()
    for name in ("A1", "A2"):
        await twin.send(job(name))
        await reconnect(twin)
    assert (nameless.connections, nameless.identified) == (2, 1)
    nameless.script(CUT_OFF)
    nameless.fingerprint, nameless.knows = SPARE, Confirmation.STATUS
    await twin.send(job("A3"))
    assert nameless.identified == 2
    assert confirmed_by(twin)[-1] is Confirmation.STATUS


async def test_a_printer_with_a_serial_number_is_asked_on_every_connection(rig: Rig):
    for name in ("A1", "A2", "A3"):
        await rig.send(job(name))
        await reconnect(rig)
    assert (rig.kitchen.identified, rig.kitchen.probed) == (3, 1)


@pytest.mark.parametrize("answer", [None, replace(EPSON, serial=""), Fingerprint("EPSON")])
async def test_a_known_printer_that_is_too_busy_to_say_who_it_is_is_not_taken_for_a_new_one(
    rig: Rig, answer: Fingerprint | None
):
    await rig.send(job("A1"))
    await reconnect(rig)
    rig.kitchen.fingerprint, rig.kitchen.knows = answer, Confirmation.CLOSE
    await rig.send(job("A2"))
    await reconnect(rig)
    assert (await rig.journal.known_printers())[KITCHEN].fingerprint == EPSON
    rig.kitchen.fingerprint, rig.kitchen.knows = EPSON, Confirmation.PROCESS_ID
    await rig.send(job("A3"))
    # Its silence is not believed: a ticket that it does not confirm is no printed ticket.
    assert confirmed_by(rig) == [Confirmation.PROCESS_ID] * 3
    assert rig.kitchen.numbers == ["A1 0001", "A2 0002", "A3 0003"]


async def test_a_nameless_spare_may_confirm_in_its_own_way(rig: Rig):
    await rig.send(job("A1"))
    await reconnect(rig)
    rig.kitchen.fingerprint, rig.kitchen.knows = None, Confirmation.STATUS
    await rig.send(job("A2"))
    assert confirmed_by(rig) == [Confirmation.PROCESS_ID, Confirmation.STATUS]


async def test_a_nameless_spare_of_another_make_is_a_new_printer(rig: Rig):
    await rig.send(job("A1"))
    await reconnect(rig)
    rig.kitchen.fingerprint, rig.kitchen.knows = NAMELESS, Confirmation.STATUS
    await rig.send(job("A2"))
    assert (await rig.journal.known_printers())[KITCHEN].fingerprint == NAMELESS
    assert confirmed_by(rig)[-1] is Confirmation.STATUS


async def test_a_printer_that_is_not_to_be_asked_is_used_as_it_is(rig: Rig, make_rig: MakeRig):
    mute = rig.printer(KITCHEN, status="none", confirmation=Confirmation.CLOSE)
    twin = await make_rig(rig.folder / "mute", printers=[mute]).start()
    await twin.send(job("A1"))
    assert confirmed_by(twin) == [Confirmation.CLOSE]


async def test_a_forgotten_printer_is_met_as_a_new_one(rig: Rig, make_rig: MakeRig):
    await rig.send(job("A1"), job("A1", BAR))
    after = make_rig(rig.crashed())
    kitchen, bar = after.kitchen.fingerprint, after.bar.fingerprint
    after.kitchen.fingerprint, after.bar.fingerprint = bar, kitchen
    await after.open()
    assert await after.journal.forget_printers() == [BAR, KITCHEN]
    await after.recognition.load()
    after.spool()
    await after.load(job("A2"), job("A2", BAR))
    await after.settle()
    assert (after.kitchen.numbers, after.bar.numbers) == (["A2 0002"],) * 2
    assert await after.journal.forget_printers() == [BAR, KITCHEN]
    assert await after.journal.forget_printers() == []
