"""Every fault, over a real socket."""

from __future__ import annotations

import asyncio
import math
import socket
import time

import pytest

from tests.integration.virtual_printer.host import (
    OK,
    Host,
    confirmation,
    eot,
    process_id,
    refused,
    ticket,
)
from virtual_printer import FaultName, InvalidFault, VirtualPrinter
from virtual_printer.fault import STOPPING

LINES = b"\x1b@first\nsecond\nthird\n\x1dV\x00"
AFTER_FIRST_LINE = len(b"\x1b@first\n")


@pytest.mark.parametrize("fault", sorted(STOPPING))
async def test_a_printer_that_stops_prints_the_rest_when_it_is_well_again(printer, fault):
    printer.set_fault(fault, at_byte=AFTER_FIRST_LINE)
    async with Host(printer.port) as host:
        host.send(LINES, process_id(1))
        assert await host.hears_nothing()
        assert await host.ask(eot(1)) == b"\x1a"
        assert not printer.online
        assert [line.runs[0].text for line in printer.recent_paper] == ["first"]
        printer.clear_fault(fault)
        assert await host.receive(7) == confirmation(1)
        assert await host.ask(eot(1)) == OK
    assert printer.tickets[0].text == "first\nsecond\nthird"


async def test_recovery_goes_on_where_the_cutter_failed(printer):
    printer.set_fault("cutter-error", at_byte=AFTER_FIRST_LINE)
    async with Host(printer.port) as host:
        host.send(LINES, process_id(1))
        assert await host.ask(eot(3)) == b"\x1a"
        host.send(b"\x10\x05\x00")
        assert await host.ask(eot(3)) == b"\x1a"
        host.send(b"\x10\x05\x01")
        assert await host.receive(7) == confirmation(1)
        assert await host.ask(eot(3)) == OK
    assert printer.tickets[0].text == "first\nsecond\nthird"


async def test_recovery_with_clearing_forgets_the_rest(printer):
    printer.set_fault("cutter-error", at_byte=AFTER_FIRST_LINE)
    async with Host(printer.port) as host:
        host.send(LINES, process_id(1))
        assert await host.ask(eot(3)) == b"\x1a"
        assert await host.ask(b"\x10\x05\x02" + eot(3)) == OK
        assert await host.hears_nothing()
        assert await host.ask(ticket("again") + process_id(2), 7) == confirmation(2)
    assert [entry.text for entry in printer.tickets] == ["first\nagain"]


@pytest.mark.parametrize("fault", sorted(STOPPING - {FaultName.CUTTER_ERROR}))
async def test_no_command_recovers_from_any_other_fault(printer, fault):
    printer.set_fault(fault)
    async with Host(printer.port) as host:
        host.send(b"\x10\x05\x01", b"\x10\x05\x02")
        assert await host.ask(eot(1)) == b"\x1a"


async def test_near_end_prints_on(printer):
    printer.set_fault("paper-near-end")
    async with Host(printer.port) as host:
        assert await host.ask(ticket() + process_id(1), 7) == confirmation(1)


async def test_a_silent_printer_prints_and_confirms(printer):
    printer.set_fault("silent")
    async with Host(printer.port) as host:
        host.send(eot(1), b"\x1dr\x01", b"\x1dIC", b"\x1da\xff")
        assert await host.hears_nothing()
        assert await host.ask(ticket() + process_id(1), 7) == confirmation(1)


async def test_a_clone_that_says_nothing_prints_and_closes_cleanly(printer):
    printer.set_fault("no-status")
    async with Host(printer.port) as host:
        host.send(eot(1), b"\x1dr\x01", b"\x1dIC", ticket(), process_id(1), b"\x10\x14\x08")
        assert await host.hears_nothing()
        host.half_close()
        assert await host.rest() == b""
    assert len(printer.tickets) == 1


async def test_a_clone_cannot_be_cleared(printer):
    printer.set_fault("no-status")
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        host.send(ticket(), b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", b"\x10\x05\x02")
        assert await host.hears_nothing()
        printer.clear_fault("paper-out")
        await printer.wait_for_tickets(1)


async def test_a_clone_without_process_id_answers_everything_else(printer):
    printer.set_fault("no-process-id")
    async with Host(printer.port) as host:
        host.send(ticket(), process_id(1))
        assert await host.ask(b"\x1dr\x01") == b"\0"
        assert await host.hears_nothing()
    assert len(printer.tickets) == 1


async def test_garbage_is_as_long_as_the_answer_and_means_nothing(printer):
    printer.set_fault("garbage-status")
    async with Host(printer.port) as host:
        assert await host.ask(eot(1)) == b"\xff"
        assert await host.ask(b"\x1da\xff", 4) == b"\xff" * 4
        assert await host.ask(ticket() + process_id(1), 7) == confirmation(1)


async def test_a_slow_printer_is_slow_and_fast_again_when_mended(printer):
    printer.set_fault("slow", value=30)
    async with Host(printer.port) as host:
        begun = time.monotonic()
        assert await host.ask(b"A\n\n\n" + process_id(1), 7) == confirmation(1)
        assert time.monotonic() - begun > 0.35
        printer.clear_fault("slow")
        begun = time.monotonic()
        assert await host.ask(b"A\n\n\n" + process_id(2), 7) == confirmation(2)
        assert time.monotonic() - begun < 0.2


async def test_a_black_hole_takes_everything_says_all_is_well_and_prints_nothing(printer):
    printer.set_fault("black-hole")
    async with Host(printer.port) as host:
        host.send(ticket("x" * 40, lines=1000), process_id(1))
        assert await host.drained()
        assert await host.ask(eot(1)) == OK
        assert await host.hears_nothing()
        host.half_close()
        assert await host.rest() == b""
    assert printer.tickets == []


async def test_a_black_hole_in_mid_ticket_keeps_what_it_printed(printer):
    printer.set_fault("black-hole", at_byte=AFTER_FIRST_LINE)
    async with Host(printer.port) as host:
        host.send(LINES)
        assert await host.ask(eot(1)) == OK
        printer.clear_fault()
        host.send(ticket("next"))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "first\nnext"


@pytest.mark.parametrize("at_byte", [1, 2, 3, AFTER_FIRST_LINE, len(LINES) - 1, len(LINES)])
async def test_a_reset_comes_at_exactly_its_byte(printer, at_byte):
    async with Host(printer.port) as host:
        printer.set_fault("rst", at_byte=at_byte)
        assert await host.ask(eot(1) + eot(4), 2) == OK * 2
        host.send(LINES)
        assert await host.was_reset()
    assert len(printer.tickets) == (at_byte == len(LINES))
    async with Host(printer.port) as host:
        host.send(LINES)
        await printer.wait_for_tickets(1)
        assert await host.ask(eot(1)) == OK


async def test_a_reset_in_the_middle_of_an_image(printer):
    image = b"\x1b@\x1dv0\x00\x48\x00\x64\x00" + b"\xff" * 7200 + b"\x1dV\x00"
    printer.set_fault("rst", at_byte=5000)
    async with Host(printer.port) as host:
        host.send(image)
        assert await host.was_reset()
    assert printer.mechanism.buffer.ticket_bytes == 5000


async def test_a_reset_is_counted_in_the_ticket_that_arrives(printer):
    async with Host(printer.port) as host:
        host.send(ticket("first"))
        await printer.wait_for_tickets(1)
        printer.set_fault("rst", at_byte=5)
        host.send(ticket("second"))
        assert await host.was_reset()
    assert [entry.text for entry in printer.tickets] == ["first"]


async def test_refusing_refuses_new_hosts_and_keeps_the_old_one(printer):
    async with Host(printer.port) as host:
        await host.ask(eot(1))
        printer.set_fault("refuse")
        assert await refused(printer.port)
        assert await host.ask(eot(1)) == OK
    printer.clear_fault("refuse")
    await asyncio.sleep(0.05)
    assert not await refused(printer.port)


async def test_a_power_cycle_loses_buffer_words_and_connections_but_no_paper(printer):
    printer.set_fault("paper-out", at_byte=AFTER_FIRST_LINE)
    async with Host(printer.port) as host:
        host.send(LINES[:2], b"\x1da\xff", LINES[2:], process_id(1))
        assert await host.receive(8) == b"\x10\x00\x00\x00" + b"\x18\x00\x0f\x00"
        printer.power_cycle()
        assert await host.was_reset()
    lost = [entry for entry in printer.trail.events if entry["event"] == "bytes_lost"]
    assert [entry["bytes"] for entry in lost] == [len(LINES + process_id(1)) - AFTER_FIRST_LINE]
    printer.clear_fault()
    async with Host(printer.port) as host:
        assert await host.hears_nothing()
        assert await host.ask(ticket("next") + process_id(2), 7) == confirmation(2)
    assert [entry.text for entry in printer.tickets] == ["first\nnext"]


async def test_a_power_cycle_forgets_styles_and_half_commands(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1ba\x02\x1bt\x13\x1dv0\x00\x01\x00\x64\x00abc")
        await host.ask(eot(1))
        printer.power_cycle()
        assert await host.was_reset()
    async with Host(printer.port) as host:
        host.send(b"\x84\n\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "ä"


async def test_a_printer_that_is_off_refuses_and_comes_back(printer):
    printer.power_cycle(off_s=0.2)
    assert await refused(printer.port)
    printer.clear_fault()
    assert await refused(printer.port)
    await asyncio.sleep(0.3)
    async with Host(printer.port) as host:
        assert await host.ask(eot(1)) == OK


async def test_power_that_fails_after_the_cut_leaves_the_ticket_without_its_word(printer):
    data = ticket()
    printer.set_fault("power-cycle", at_byte=len(data))
    async with Host(printer.port) as host:
        host.send(data, process_id(1))
        assert await host.was_reset()
    assert len(printer.tickets) == 1


async def test_power_that_fails_while_the_paper_moves_stops_it(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket(lines=50))
        await host.ask(eot(1))
        slow_printer.power_cycle()
        assert await host.was_reset()
    await asyncio.sleep(0.1)
    assert slow_printer.mechanism.is_idle
    assert slow_printer.tickets == []


async def test_a_port_that_was_taken_while_the_printer_was_off_is_logged():
    async with VirtualPrinter("bar-1", speed=math.inf) as printer:
        printer.power_cycle(off_s=0.05)
        with socket.create_server(("127.0.0.1", printer.port)):
            await asyncio.sleep(0.2)
            events = [entry["event"] for entry in printer.trail.events]
            assert "listen_failed" in events
        printer.clear_fault()
        await asyncio.sleep(0.05)
        assert not await refused(printer.port)


async def test_two_power_cuts_in_a_row_are_one_long_one(printer):
    printer.power_cycle(off_s=0.05)
    printer.power_cycle(off_s=0.3)
    await asyncio.sleep(0.15)
    assert await refused(printer.port)


async def test_faults_are_logged_and_shown(printer):
    printer.set_fault("paper-out", at_byte=5)
    assert [(fault.name, fault.at_byte) for fault in printer.faults] == [("paper-out", 5)]
    async with Host(printer.port) as host:
        host.send(LINES)
        await host.ask(eot(1))
    assert [(fault.name, fault.at_byte) for fault in printer.faults] == [("paper-out", None)]
    printer.clear_fault()
    events = [entry["event"] for entry in printer.trail.events if "fault" in entry]
    assert events == ["fault_armed", "fault_set", "fault_cleared"]


@pytest.mark.parametrize("call", ["set_fault", "clear_fault"])
def test_an_unknown_fault_is_refused(call):
    with pytest.raises(InvalidFault, match="no fault 'fire'"):
        getattr(VirtualPrinter("bar-1"), call)("fire")
