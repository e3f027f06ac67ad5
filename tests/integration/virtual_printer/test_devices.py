"""Printers behind device files: what a host sees that opens one."""

from __future__ import annotations

import asyncio
import math
import os
import select
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.virtual_printer.host import confirmation, eot, process_id, ticket
from virtual_printer import VirtualPrinter

WITHIN_S = 5.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usb-1"


@pytest.fixture
async def printer(path) -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("usb-1", pty=path, speed=math.inf) as printer:
        yield printer


@contextmanager
def opened(path: Path, flags: int = os.O_RDWR):
    fd = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        yield fd
    finally:
        os.close(fd)


async def read(fd: int, size: int) -> bytes:
    """Exactly so many bytes."""
    found = b""
    async with asyncio.timeout(WITHIN_S):
        while len(found) < size:
            try:
                found += os.read(fd, size - len(found))
            except BlockingIOError:
                await asyncio.sleep(0.002)
    return found


async def send(fd: int, data: bytes) -> None:
    async with asyncio.timeout(WITHIN_S):
        while data:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.002)


async def write_until_held(fd: int, chunk: bytes) -> int:
    """How many bytes the printer and the kernel take before they take none for a while."""
    written = 0
    while True:
        try:
            written += os.write(fd, chunk)
            refusals = 0
        except BlockingIOError:
            refusals += 1
            if refusals == 40:
                return written
        await asyncio.sleep(0.005)


def is_there(path: Path) -> bool:
    return os.path.lexists(path)


def has_ended(fd: int) -> bool:
    """Whether reading it no longer waits."""
    return bool(select.select([fd], [], [], 0)[0])


async def comes_true(condition: Callable[[], object]) -> bool:
    for _ in range(round(WITHIN_S / 0.005)):
        if condition():
            return True
        await asyncio.sleep(0.005)
    return False


async def back(path: Path) -> bool:
    return await comes_true(lambda: is_there(path))


async def test_a_ticket_goes_in_and_the_answers_come_out(printer, path):
    with opened(path) as fd:
        await send(fd, eot(1) + ticket("Käse\n10 4") + process_id(1))
        assert await read(fd, 8) == b"\x12" + confirmation(1)
    (printed,) = printer.tickets
    assert printed.text.split("\n")[1] == "10 4"


async def test_every_byte_arrives_as_it_was_sent(printer, path):
    row = b"\x1dv0\x00\x20\x00\x01\x00" + bytes(range(256))[-32:]
    data = b"\x1b@" + b"\x1dv0\x00\x20\x00\x08\x00" + bytes(range(256)) + row + b"\r\n\x1dV\x00"
    with opened(path) as fd:
        await send(fd, data)
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.data == data


async def test_hosts_come_and_go_unseen(printer, path):
    for number in (1, 2):
        with opened(path) as fd:
            await send(fd, ticket(f"Pizza {number}") + process_id(number))
            await read(fd, 7)
    assert [one.text for one in printer.tickets] == ["Pizza 1", "Pizza 2"]
    assert printer.connected_peer == str(path)


async def test_an_answer_that_nobody_read_waits_for_the_next_who_does(printer, path):
    with opened(path) as fd:
        await send(fd, ticket() + process_id(1))
        await printer.wait_for_tickets(1)
    with opened(path) as fd:
        await send(fd, eot(1))
        assert await read(fd, 8) == confirmation(1) + b"\x12"


async def test_a_full_printer_holds_the_host_and_goes_on_where_it_stopped(printer, path):
    printer.set_fault("paper-out")
    lines = (b"x" * 47 + b"\n") * 20
    with opened(path) as fd:
        written = await write_until_held(fd, lines)
        assert 4000 < written < 64_000
        assert printer.mechanism.buffer.held_bytes <= 4096
        printer.clear_fault()
        await send(fd, b"\x1dV\x00")
        (printed,) = await printer.wait_for_tickets(1)
    assert len(printed.data) == written + 3


async def test_a_busy_printer_holds_the_host_with_an_empty_buffer(printer, path):
    printer.set_fault("busy")
    with opened(path) as fd:
        await write_until_held(fd, eot(1) * 200)
        assert not has_ended(fd)
        assert printer.mechanism.buffer.held_bytes == 0
        assert printer.online
        printer.clear_fault("busy")
        assert await read(fd, 1) == b"\x12"


async def test_a_host_that_never_reads_costs_answers_and_nothing_else(printer, path):
    with opened(path) as fd:
        await send(fd, eot(1) * 20_000 + ticket("still printed"))
        (printed,) = await printer.wait_for_tickets(1)
    assert printed.text == "still printed"


async def test_an_unplugged_device_is_an_error_for_who_has_it_and_gone_for_others(printer, path):
    with opened(path) as fd:
        await send(fd, ticket("before"))
        await printer.wait_for_tickets(1)
        printer.set_fault("unplugged")
        assert not is_there(path)
        with pytest.raises(OSError, match="Input/output error"):
            await send(fd, ticket("after"))
        assert os.read(fd, 1) == b""
    printer.clear_fault()
    assert await back(path)
    with opened(path) as fd:
        await send(fd, ticket("again") + process_id(1))
        assert await read(fd, 7) == confirmation(1)
    assert [one.text for one in printer.tickets] == ["before", "again"]


async def test_a_device_that_refuses_is_away_for_new_hosts_only(printer, path):
    with opened(path) as fd:
        printer.set_fault("refuse")
        assert not is_there(path)
        await send(fd, eot(1))
        assert await read(fd, 1) == b"\x12"
        printer.clear_fault()
        assert await back(path)
        with opened(path) as second:
            await send(second, eot(1))
            assert await read(second, 1) == b"\x12"


@pytest.mark.parametrize("off_s", [0, 0.1])
async def test_a_power_cycle_takes_the_device_away_and_brings_it_back(printer, path, off_s):
    printer.set_fault("paper-out")
    with opened(path) as fd:
        await send(fd, ticket("lost"))
        assert await comes_true(lambda: printer.mechanism.buffer.held_bytes)
        printer.power_cycle(off_s)
        assert not is_there(path)
        printer.clear_fault("paper-out")
        assert await back(path)
    with opened(path) as fd:
        await send(fd, ticket("printed") + process_id(1))
        await read(fd, 7)
    assert [one.text for one in printer.tickets] == ["printed"]


async def test_a_reset_in_the_middle_of_a_ticket_plugs_the_device_in_again(printer, path):
    printer.set_fault("rst", at_byte=5)
    with opened(path) as fd:
        await send(fd, b"\x1b@Pizza\n")
        assert await comes_true(lambda: has_ended(fd))
    assert await back(path)
    with opened(path) as fd:
        await send(fd, eot(1))
        assert await read(fd, 1) == b"\x12"


async def test_nothing_is_left_of_a_printer_that_was_stopped(path):
    for fault in (None, "refuse", "unplugged"):
        async with VirtualPrinter("usb-1", pty=path) as printer:
            if fault:
                printer.set_fault(fault)
        assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("kind", ["pty", "fifo"])
async def test_a_file_that_is_something_else_is_left_alone(path, kind):
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        await VirtualPrinter("usb-1", **{kind: path}).__aenter__()
    assert path.read_text() == "mine"


async def test_what_a_killed_printer_left_is_replaced(tmp_path):
    (tmp_path / "usb").symlink_to("/dev/pts/999999")
    os.mkfifo(tmp_path / "lp")
    async with (
        VirtualPrinter("usb", pty=tmp_path / "usb", speed=math.inf) as usb,
        VirtualPrinter("lp", fifo=tmp_path / "lp", speed=math.inf) as lp,
    ):
        for printer in (usb, lp):
            with opened(Path(printer.place), os.O_WRONLY) as fd:
                await send(fd, ticket("Pizza"))
                await printer.wait_for_tickets(1)


async def test_a_fifo_prints_and_never_answers(path):
    async with VirtualPrinter("lp-1", fifo=path, speed=math.inf) as printer:
        assert stat.S_ISFIFO(path.stat().st_mode)
        with opened(path, os.O_WRONLY) as fd:
            await send(fd, eot(1) + ticket("Pizza") + process_id(1))
            (printed,) = await printer.wait_for_tickets(1)
        assert printed.text == "Pizza"
        (told,) = [event for event in printer.trail.events if event["event"] == "confirmation"]
        assert told["delivered"] is False


async def test_a_full_fifo_holds_the_host(path):
    async with VirtualPrinter("lp-1", fifo=path, speed=math.inf) as printer:
        printer.set_fault("cover-open")
        with opened(path, os.O_WRONLY) as fd:
            written = await write_until_held(fd, (b"x" * 47 + b"\n") * 20)
            assert 4000 < written <= 4096 * 2
            printer.clear_fault()
            await send(fd, b"\x1dV\x00")
            (printed,) = await printer.wait_for_tickets(1)
        assert len(printed.data) == written + 3


async def test_an_unplugged_fifo_is_a_broken_pipe(path):
    async with VirtualPrinter("lp-1", fifo=path) as printer:
        with opened(path, os.O_WRONLY) as fd:
            printer.set_fault("unplugged")
            assert not is_there(path)
            with pytest.raises(BrokenPipeError):
                os.write(fd, b"x")


async def test_an_unplugged_network_printer_resets_and_refuses():
    async with VirtualPrinter("kitchen-1", speed=math.inf) as printer:
        reader, writer = await asyncio.open_connection("127.0.0.1", printer.port)
        writer.write(eot(1))
        await reader.readexactly(1)
        printer.set_fault("unplugged")
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", printer.port)
