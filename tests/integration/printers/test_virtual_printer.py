"""The TCP adapter against the virtual printer: its paper is the judge of every fault."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bonfire.clock import SystemClock
from bonfire.config import TcpAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.doctor.examination import examine
from print_agent.printers import Outcome, PrinterSettings, PrinterTrouble
from print_agent.printers.tcp import TcpPrinter
from tests.support.scripted_printer import eventually
from virtual_printer.printer import VirtualPrinter

LINES = [f"{number} Kaiserschmarrn" for number in range(1, 13)]
TICKET = b"\x1b@" + "".join(f"{line}\n" for line in LINES).encode() + b"\x1dV\x00"
LONG_LINES = [f"line {number:04} of a very long ticket" for number in range(400)]
LONG_TICKET = b"\x1b@" + "".join(f"{line}\n" for line in LONG_LINES).encode() + b"\x1dV\x00"
# GS v 0: a raster image of 48 bytes by 200 lines, of which only the beginning is sent.
BROKEN_RASTER = b"\x1b@\x1dv0\x00\x30\x00\xc8\x00" + b"\xaa" * 2000
ID = b"aaab"


@pytest.fixture
async def virtual() -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("kitchen-1", speed=math.inf) as running:
        yield running


def _settings(virtual: VirtualPrinter, **changes: Any) -> PrinterSettings:
    quick: dict[str, Any] = {
        "connect_timeout_s": 1.0,
        "status_timeout_s": 0.3,
        "send_timeout_s": 1.0,
        "confirm_timeout_s": 0.3,
        "grace_s": 0.1,
        "ask_again_s": 0.05,
        "hold_timeout_s": 10.0,
        "close_timeout_s": 0.5,
    }
    return PrinterSettings(
        virtual.name, TcpAddress(virtual.host, virtual.port), **(quick | changes)
    )


def _printer(virtual: VirtualPrinter, **changes: Any) -> TcpPrinter:
    return TcpPrinter(_settings(virtual, **changes), SystemClock())


async def test_the_ticket_on_paper_is_the_ticket_that_was_sent(virtual):
    session = await _printer(virtual).connect()
    assert await session.probe() is Confirmation.PROCESS_ID
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert result.outcome is Outcome.CONFIRMED
    await session.close()
    assert [ticket.text.split("\n")[: len(LINES)] for ticket in virtual.tickets] == [LINES]


async def test_an_answer_in_two_pieces_is_not_waited_for(virtual):
    # The virtual printer keeps the second back until the first is acknowledged, as TCP does unless
    # told otherwise: with our acknowledgement 40 ms late, this would take 0.8 s.
    session = await _printer(virtual).connect()
    began = time.monotonic()
    for _ in range(20):
        assert (await session.status()).ready
    assert time.monotonic() - began < 0.4
    await session.close()


@pytest.mark.parametrize("fault", ["no-process-id", "no-status"])
async def test_a_probe_leaves_nothing_on_the_paper_of_a_clone(virtual, fault):
    virtual.set_fault(fault)
    session = await _printer(virtual).connect()
    confirmation = await session.probe()
    await session.print(TICKET, confirmation, ID)
    await session.close()
    await virtual.wait_for_tickets(1)
    assert virtual.tickets[0].text.split("\n")[: len(LINES)] == LINES


@pytest.mark.parametrize("k", [1, 2, 50, 150, len(TICKET)])
async def test_a_reset_at_any_byte_is_unknown_and_never_a_second_clean_ticket(virtual, k):
    printer = _printer(virtual)
    session = await printer.connect()
    assert (await session.status()).ready
    virtual.set_fault("rst", at_byte=k)
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    assert result.bytes_sent >= k
    await session.close()


async def test_a_command_that_was_broken_off_eats_nothing_of_the_next_ticket(virtual):
    printer = _printer(virtual)
    session = await printer.connect()
    virtual.set_fault("rst", at_byte=1500)
    result = await session.print(BROKEN_RASTER, Confirmation.PROCESS_ID, ID)
    assert result.outcome is Outcome.UNKNOWN
    await session.close()
    session = await printer.connect()
    assert (await session.status()).ready
    result = await session.print(TICKET, Confirmation.PROCESS_ID, b"aaac")
    assert result.outcome is Outcome.CONFIRMED
    await session.close()
    assert LINES[0] in virtual.tickets[-1].text
    assert LINES[-1] in virtual.tickets[-1].text


async def test_empty_paper_before_the_ticket_is_trouble_and_nothing_is_sent(virtual):
    virtual.set_fault("paper-out")
    session = await _printer(virtual).connect()
    assert (await session.status()).trouble is Reason.PAPER_OUT
    await session.close()
    assert virtual.tickets == []


@pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.STATUS])
async def test_empty_paper_in_mid_ticket_ends_in_one_confirmed_ticket(virtual, confirmation):
    told: list[Reason | None] = []
    session = await _printer(virtual).connect()
    virtual.set_fault("paper-out", at_byte=60)
    printing = asyncio.create_task(session.print(TICKET, confirmation, ID, told.append))
    await eventually(lambda: told == [Reason.PAPER_OUT])
    await asyncio.sleep(0.6)
    assert virtual.tickets == []
    virtual.clear_fault("paper-out")
    assert (await printing).outcome is Outcome.CONFIRMED
    await session.close()
    assert len(virtual.tickets) == 1


async def test_empty_paper_that_blocks_a_long_ticket_is_told_and_waited_out(virtual):
    told: list[Reason | None] = []
    session = await _printer(virtual, send_timeout_s=0.5).connect()
    virtual.set_fault("paper-out", at_byte=1000)
    printing = asyncio.create_task(
        session.print(LONG_TICKET * 4, Confirmation.PROCESS_ID, ID, told.append)
    )
    await eventually(lambda: told == [Reason.PAPER_OUT])
    await asyncio.sleep(1.0)  # longer than the send deadline
    assert not printing.done()
    virtual.clear_fault("paper-out")
    result = await printing
    assert result.outcome is Outcome.CONFIRMED
    assert result.send_s > 1.0
    await session.close()
    assert len(virtual.tickets) == 4


async def test_a_power_cycle_in_mid_ticket_is_unknown(virtual):
    session = await _printer(virtual).connect()
    virtual.set_fault("paper-out", at_byte=60)
    told: list[Reason | None] = []
    printing = asyncio.create_task(session.print(TICKET, Confirmation.PROCESS_ID, ID, told.append))
    await eventually(lambda: told == [Reason.PAPER_OUT])
    virtual.power_cycle()
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()
    assert virtual.tickets == []


async def test_a_late_confirmation_is_heard_after_the_ticket_was_given_up(virtual):
    virtual.set_fault("late-confirmation", value=0.8)
    session = await _printer(virtual).connect()
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    assert await session.late_word(ID, 2)
    await session.close()
    assert len(virtual.tickets) == 1


async def test_a_black_hole_is_unknown(virtual):
    virtual.set_fault("black-hole")
    session = await _printer(virtual).connect()
    assert (await session.status()).ready
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    await session.close()


async def test_a_black_hole_that_closes_cleanly_is_weak(virtual):
    # It cannot be told from a printer, which is why accept_weak has to be set by a person.
    virtual.set_fault("black-hole")
    session = await _printer(virtual, status="none").connect()
    result = await session.print(TICKET, Confirmation.CLOSE, ID)
    assert result.outcome is Outcome.WEAK
    await session.close()


async def test_a_slow_printer_is_waited_for(virtual):
    virtual.set_fault("slow", value=200)
    session = await _printer(virtual, confirm_timeout_s=5).connect()
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert result.outcome is Outcome.CONFIRMED
    assert result.confirm_s > 0.2
    await session.close()


async def test_a_slow_clone_confirms_by_closing_after_the_last_line(virtual):
    virtual.set_fault("slow", value=200)
    virtual.set_fault("no-status")
    session = await _printer(virtual, status="none", confirm_timeout_s=5).connect()
    result = await session.print(TICKET, Confirmation.CLOSE, ID)
    assert result.outcome is Outcome.WEAK
    assert len(virtual.tickets) == 1
    await session.close()


async def test_a_printer_that_is_busy_with_another_client_does_not_answer_and_then_does(virtual):
    first = await _printer(virtual).connect()
    assert (await first.status()).ready
    second = await _printer(virtual).connect()
    with pytest.raises(PrinterTrouble) as raised:
        await second.status()
    assert raised.value.reason is Reason.NO_ANSWER
    await second.close()
    await first.close()
    third = await _printer(virtual).connect()
    assert (await third.status()).ready
    await third.close()


async def test_a_printer_that_resets_a_second_client_is_trouble_before_bytes():
    async with VirtualPrinter("bar", second="refuse") as virtual:
        first = await _printer(virtual).connect()
        assert (await first.status()).ready
        second = await _printer(virtual).connect()
        with pytest.raises(PrinterTrouble) as raised:
            await second.status()
        assert raised.value.reason is Reason.RESET_BEFORE_BYTES
        await second.close()
        await first.close()


async def test_a_silent_printer_still_confirms_when_nobody_asks_for_its_status(virtual):
    virtual.set_fault("silent")
    session = await _printer(virtual, status="none").connect()
    result = await session.print(TICKET, Confirmation.PROCESS_ID, ID)
    assert result.outcome is Outcome.CONFIRMED
    await session.close()


async def test_the_doctor_examines_real_connections_and_prints_nothing(virtual):
    async with VirtualPrinter("bar") as bar:
        bar.set_fault("cover-open")
        kitchens, bars = await examine([_printer(virtual), _printer(bar)])
    assert kitchens.text().splitlines()[0].endswith(": ready.")
    assert "BONFIRE VP-80, serial number VP" in kitchens.text()
    assert bars.text().startswith("bar at 127.0.0.1:")
    assert "the cover is open. Close the lid until it clicks." in bars.text()
    assert (kitchens.fine, bars.fine) == (True, False)
    assert virtual.tickets == []
