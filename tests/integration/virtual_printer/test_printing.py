"""Bytes in over a socket, paper out: in memory, in files, in the log."""

from __future__ import annotations

import json
import math
import time
from io import BytesIO

import pytest
from PIL import Image

from tests.integration.virtual_printer.host import Host, confirmation, process_id, ticket
from tests.unit.escpos_paper.real_world import full_ticket
from virtual_printer import Darkroom, VirtualPrinter


async def test_a_ticket_is_finished_at_its_cut(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1b@Pizza\nPasta\n")
        assert await host.ask(b"\x1dr\x01") == b"\0"
        assert printer.tickets == []
        host.send(b"\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert (printed.seq, printed.text) == (1, "Pizza\nPasta")
    assert printed.data == b"\x1b@Pizza\nPasta\n\x1dV\x00"


async def test_a_real_ticket_comes_out_as_it_was_written(printer):
    async with Host(printer.port) as host:
        host.send(full_ticket())
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.data == full_ticket()
    assert printed.text.startswith("                     KÜCHE\n ALLERGIE: Nüsse\nStraße 5 €")
    assert printed.text.endswith("#0417  job 3f9a12bc")
    events = [entry["event"] for entry in printer.trail.events]
    assert events.index("buzzer") < events.index("drawer")


async def test_many_tickets_on_one_connection_keep_their_order(printer):
    async with Host(printer.port) as host:
        for number in range(50):
            host.send(ticket(f"number {number}"))
        printed = await printer.wait_for_tickets(50)
    assert [entry.text for entry in printed] == [f"number {number}" for number in range(50)]
    assert [entry.seq for entry in printed] == list(range(1, 51))


async def test_blank_paper_that_is_cut_off_is_no_ticket(printer):
    async with Host(printer.port) as host:
        host.send(b"\n\n\x1dV\x00", ticket(), process_id(1))
        await host.receive(7)
    assert [entry.text for entry in printer.tickets] == ["Pizza"]


async def test_printing_takes_its_time(slow_printer):
    async with Host(slow_printer.port) as host:
        begun = time.monotonic()
        host.send(ticket(lines=20), process_id(1))
        assert await host.receive(7) == confirmation(1)
        took_s = time.monotonic() - begun
    # 20 lines of 3.75 mm at 200 mm/s, and a quarter of a second for the knife.
    assert 0.6 < took_s < 1.5


async def test_the_first_byte_of_a_ticket_is_not_the_first_question(printer):
    async with Host(printer.port) as host:
        await host.ask(b"\x10\x04\x01")
        await host.ask(b"\x1dr\x01")
        host.send(b"\x1b@")
        await host.ask(b"\x10\x04\x01")
        before = time.monotonic()
        host.send(ticket())
        (printed,) = await printer.wait_for_tickets(1)
    assert before <= printed.first_byte_at <= printed.printed_at <= time.monotonic()


async def test_the_first_byte_counts_from_its_arrival_not_from_its_turn(slow_printer):
    async with Host(slow_printer.port) as host:
        host.send(ticket("first", lines=10), ticket("second"))
        first, second = await slow_printer.wait_for_tickets(2)
    assert second.first_byte_at - first.first_byte_at < 0.1
    assert second.printed_at - first.printed_at > 0.1


async def test_files_and_log_tell_the_same_as_the_paper(tmp_path):
    async with (
        Darkroom() as darkroom,
        VirtualPrinter("bar-1", paper_dir=tmp_path, speed=math.inf, darkroom=darkroom) as printer,
        Host(printer.port) as host,
    ):
        host.send(full_ticket(), ticket("Apfelschorle"), process_id(7))
        await host.receive(7)
        await printer.wait_for_tickets(2)
    folder = tmp_path / "bar-1"
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"00000{n}.{kind}" for n in (1, 2) for kind in ("bin", "png", "txt")),
        "log.jsonl",
    ]
    assert (folder / "000002.txt").read_text(encoding="utf-8") == "Apfelschorle\n"
    assert (folder / "000001.bin").read_bytes() == full_ticket()
    assert Image.open(BytesIO((folder / "000001.png").read_bytes())).width == 640
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    printed = [entry for entry in entries if entry["event"] == "ticket_printed"]
    assert [(entry["seq"], entry["text"]) for entry in printed] == [
        (ticket.seq, ticket.text) for ticket in printer.tickets
    ]
    assert [entry["t"] for entry in entries] == sorted(entry["t"] for entry in entries)
    assert {"started", "connection_opened", "confirmation", "stopped"} <= {
        entry["event"] for entry in entries
    }


async def test_at_real_speed_the_log_has_the_ticket_before_the_host_has_its_word(tmp_path):
    async with (
        VirtualPrinter("bar-1", paper_dir=tmp_path, speed=2000.0) as printer,
        Host(printer.port) as host,
    ):
        host.send(ticket("Apfelschorle"), process_id(1))
        await host.receive(7)
        assert "Apfelschorle" in (tmp_path / "bar-1" / "log.jsonl").read_text("utf-8")


async def test_a_folder_that_was_used_before_goes_on_counting(tmp_path):
    for number in (1, 2):
        async with (
            VirtualPrinter("bar-1", paper_dir=tmp_path, speed=math.inf) as printer,
            Host(printer.port) as host,
        ):
            host.send(ticket(f"run {number}"))
            await printer.wait_for_tickets(1)
    assert (tmp_path / "bar-1" / "000001.txt").read_text() == "run 1\n"
    assert (tmp_path / "bar-1" / "000002.txt").read_text() == "run 2\n"


async def test_a_picture_that_nobody_draws_is_counted(tmp_path):
    darkroom = Darkroom()
    async with (
        VirtualPrinter("bar-1", paper_dir=tmp_path, speed=math.inf, darkroom=darkroom) as printer,
        Host(printer.port) as host,
    ):
        host.send(ticket())
        await printer.wait_for_tickets(1)
    assert darkroom.skipped == 1


async def test_waiting_for_tickets_has_an_end(printer):
    with pytest.raises(TimeoutError):
        await printer.wait_for_tickets(1, timeout_s=0.05)


async def test_narrow_paper_has_32_columns():
    async with (
        VirtualPrinter("bar-1", columns=32, speed=math.inf) as printer,
        Host(printer.port) as host,
    ):
        host.send(ticket("x" * 40))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "x" * 32 + "\n" + "x" * 8


async def test_unknown_commands_are_skipped_and_logged(printer):
    async with Host(printer.port) as host:
        host.send(b"\x1b@A\x1b\x07B\n\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "AB"
    assert {"event": "unknown", "bytes": "1b 07"}.items() <= next(
        entry for entry in printer.trail.events if entry["event"] == "unknown"
    ).items()
