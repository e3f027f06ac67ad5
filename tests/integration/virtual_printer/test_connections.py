"""Who may talk to the printer, for how long, and what is left of those who have gone."""

from __future__ import annotations

import asyncio
import math

import pytest

from tests.integration.virtual_printer.host import (
    OK,
    Host,
    confirmation,
    eot,
    process_id,
    ticket,
)
from virtual_printer import VirtualPrinter


async def test_a_second_host_waits_in_silence_until_the_first_has_gone(printer):
    async with Host(printer.port) as first:
        assert await first.ask(eot(1)) == OK
        async with Host(printer.port) as second:
            second.send(eot(1), ticket("second"), process_id(2))
            assert await second.hears_nothing()
            assert printer.tickets == []
            first.send(ticket("first"))
            first.half_close()
            assert await first.rest() == b""
            assert await second.receive(8) == OK + confirmation(2)
    assert [entry.text for entry in printer.tickets] == ["first", "second"]


async def test_a_host_that_stops_waiting_is_forgotten(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        async with Host(printer.port) as second:
            await second.hears_nothing(0.05)
            second.reset()
        async with Host(printer.port) as third:
            await third.hears_nothing(0.05)
            first.reset()
            assert await third.ask(eot(1)) == OK


async def test_the_fourth_connection_is_one_too_many(printer):
    async with Host(printer.port) as first, Host(printer.port), Host(printer.port):
        await first.ask(eot(1))
        async with Host(printer.port) as fourth:
            assert await fourth.was_reset()


async def test_other_makers_refuse_a_second_host():
    async with (
        VirtualPrinter("bar-1", speed=math.inf, second="refuse") as printer,
        Host(printer.port) as first,
    ):
        await first.ask(eot(1))
        async with Host(printer.port) as second:
            assert await second.was_reset()
        assert await first.ask(eot(1)) == OK


async def test_a_half_closed_host_gets_its_paper_and_then_the_end(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket(lines=5))
        host.half_close()
        assert await host.rest() == b""
        assert len(slow_printer.tickets) == 1


async def test_a_half_closed_host_is_kept_while_the_paper_is_out(printer):
    printer.set_fault("paper-out", at_byte=5)
    async with Host(printer.port) as host:
        host.send(ticket("Pizza"), process_id(1))
        host.half_close()
        assert await host.hears_nothing()
        printer.clear_fault()
        assert await host.rest() == confirmation(1)


async def test_a_host_that_only_asked_may_go_while_the_paper_is_out(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        await host.ask(eot(1))
        host.half_close()
        assert await host.rest() == b""


async def test_a_half_close_in_mid_command_ends_the_connection(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1dv0\x00\x10\x00\x10\x00abc")
        host.half_close()
        assert await host.rest() == b""


async def test_what_arrived_before_a_reset_is_printed_all_the_same(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket(lines=10))
        assert await host.ask(eot(1)) == OK
        host.reset()
    (printed,) = await slow_printer.wait_for_tickets(1)
    assert printed.text.count("Pizza") == 10


async def test_a_stopped_printer_holds_the_host_back_at_four_kilobytes(printer):
    printer.set_fault("paper-out")
    big = ticket("x" * 40, lines=5_000)
    async with Host(printer.port) as host:
        host.send(big)
        assert not await host.drained(within_s=0.5)
        assert 4096 - 128 <= printer.mechanism.buffer.held_bytes <= 4096
        printer.clear_fault()
        assert await host.drained()
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.data == big


async def test_a_printer_that_is_full_no_longer_answers(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        host.send(b"\n" * 50_000)
        await host.drained(within_s=0.2)
        host.send(eot(1))
        assert await host.hears_nothing()
        printer.clear_fault()
        assert await host.receive(1) == OK


async def test_printing_makes_room_for_more(slow_printer):
    async with Host(slow_printer.port) as host:
        long = b"\x1b@" + b"\x1b3\x01" + b"." * 48 * 120 + b"\n\x1dV\x00"
        host.send(b"\x1b!\x01", long, process_id(1))
        assert await host.receive(7) == confirmation(1)
    assert slow_printer.tickets[0].text.replace("\n", "").count(".") == 48 * 120


async def test_an_image_of_more_than_the_buffer_is_printed(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(b"\x1dv0\x00\x48\x00\x64\x00" + b"\xff" * 7200 + b"\x1dV\x00", process_id(1))
        assert await host.receive(7) == confirmation(1)
    assert slow_printer.tickets[0].text == "[picture 576x100]"


async def test_a_host_that_resets_while_nobody_reads_makes_way_for_the_next(printer):
    printer.set_fault("paper-out")
    async with Host(printer.port) as host:
        host.send(b"\n" * 20_000)
        await host.drained(within_s=0.2)
        host.reset()
    async with Host(printer.port) as host:
        await asyncio.sleep(0.4)
        assert printer.connected_peer is not None
        printer.clear_fault()
        assert await host.ask(eot(1)) == OK


async def test_a_broken_off_image_swallows_what_comes_until_it_is_filled(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1b@A\n\x1dv0\x00\x01\x00\x64\x00" + b"\xff" * 10)
        assert await host.ask(eot(1)) == OK
        host.reset()
    async with Host(printer.port) as host:
        host.send(ticket("eaten"))
        assert await host.ask(eot(1)) == OK
        assert printer.tickets == []
        host.send(b"\0" * 8192, b"\x1b@", ticket("whole"))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "A\n[picture 8x100]\nwhole"


async def test_connections_are_logged(printer):
    async with Host(printer.port) as first:
        await first.ask(eot(1))
        async with Host(printer.port) as second:
            await second.hears_nothing(0.05)
            first.half_close()
            await first.rest()
            await second.ask(eot(1))
    events = [entry["event"] for entry in printer.trail.events if "peer" in entry]
    assert events[:5] == [
        "connection_opened",
        "connection_waits",
        "host_finished",
        "connection_closed",
        "connection_opened",
    ]


async def test_a_taken_port_is_an_error_at_the_start(printer):
    with pytest.raises(OSError, match="in use"):
        await VirtualPrinter("bar-1", port=printer.port).__aenter__()
