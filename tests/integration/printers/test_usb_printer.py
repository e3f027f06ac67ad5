"""USB printers behind the kernel's driver, for which a terminal or a pipe stands in here."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import grp
import math
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvloop

from bonfire.clock import SystemClock
from bonfire.config import UsbDeviceAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import (
    Outcome,
    PrinterSettings,
    PrinterTrouble,
    PrintResult,
    Session,
    descriptor,
)
from print_agent.printers.device import CharacterDevice
from print_agent.printers.usb import UsbPrinter
from tests.support.scripted_printer import eventually
from virtual_printer import VirtualPrinter

LINES = [f"line {number:04} of a very long ticket" for number in range(400)]
TICKET = b"\x1b@2 Kaiserschmarrn\n\x1dV\x00"
LONG_TICKET = b"\x1b@" + "".join(f"{line}\n" for line in LINES).encode() + b"\x1dV\x00"
ID = b"aaab"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lp0"


@pytest.fixture
async def virtual(path: Path) -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("kitchen-1", speed=math.inf, pty=path) as running:
        yield running


def printer_at(path: Path, **changes: Any) -> UsbPrinter:
    quick: dict[str, Any] = {
        "connect_timeout_s": 1.0,
        "status_timeout_s": 0.3,
        "send_timeout_s": 0.5,
        "confirm_timeout_s": 0.5,
        "grace_s": 0.1,
        "ask_again_s": 0.05,
        "close_timeout_s": 0.3,
    }
    address = UsbDeviceAddress(str(path))
    return UsbPrinter(PrinterSettings("kitchen-1", address, **(quick | changes)), SystemClock())


async def print_on(
    session: Session, data: bytes = TICKET, confirmation: Confirmation = Confirmation.PROCESS_ID
) -> PrintResult:
    return await session.print(data, confirmation, ID)


async def trouble_at(printer: UsbPrinter) -> PrinterTrouble:
    with pytest.raises(PrinterTrouble) as raised:
        await printer.connect()
    return raised.value


async def test_a_long_ticket_comes_out_as_it_was_sent(virtual, path):
    session = await printer_at(path, send_timeout_s=10, confirm_timeout_s=10).connect()
    assert (await print_on(session, LONG_TICKET)).outcome is Outcome.CONFIRMED
    await session.close()
    assert virtual.tickets[0].text.split("\n")[: len(LINES)] == LINES


# -- plugs


async def test_a_printer_that_is_not_plugged_in_is_told_so(path):
    trouble = await trouble_at(printer_at(path))
    assert trouble.reason is Reason.UNREACHABLE
    assert trouble.detail.startswith(f"kitchen-1 at {path}: it is not plugged in. Check that")


async def test_pulled_out_in_mid_ticket_is_unknown_and_plugged_in_again_it_prints(virtual, path):
    printer = printer_at(path)
    session = await printer.connect()
    assert (await session.status()).ready
    virtual.set_fault("paper-out", at_byte=10)
    printing = asyncio.create_task(print_on(session))
    await eventually(lambda: bool(virtual.faults))
    await asyncio.sleep(0.1)
    virtual.set_fault("unplugged")
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()
    assert (await trouble_at(printer)).reason is Reason.UNREACHABLE
    virtual.clear_fault()
    await eventually(path.is_symlink)
    session = await printer.connect()
    assert (await session.status()).ready
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    await session.close()


async def test_pulled_out_between_two_tickets_it_took_not_a_byte(virtual, path):
    session = await printer_at(path).connect()
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    virtual.set_fault("unplugged")
    result = await print_on(session)
    assert (result.outcome, result.bytes_sent) == (Outcome.FAILED, 0)
    assert "it went away. Check its USB cable" in result.detail
    await session.close()


@pytest.mark.parametrize("kind", ["pty", "fifo"])
def test_the_loop_that_agents_run_on_notices_it_too(path, kind):
    async def pull_out() -> None:
        async with VirtualPrinter("bar", speed=math.inf, **{kind: path}) as virtual:
            virtual.set_fault("busy")
            printer = printer_at(path, status="none", send_timeout_s=20, confirm_timeout_s=20)
            session = await printer.connect()
            printing = asyncio.create_task(print_on(session, LONG_TICKET * 4, Confirmation.CLOSE))
            await asyncio.sleep(0.1)
            virtual.set_fault("unplugged")
            result = await asyncio.wait_for(printing, 2)
            assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
            await session.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(pull_out())


async def test_a_read_that_fails_is_the_end(virtual, path, monkeypatch):
    session = await printer_at(path).connect()

    def read(fd: int, size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(descriptor, "os", SimpleNamespace(read=read, write=os.write))
    with pytest.raises(PrinterTrouble) as raised:
        await session.status()
    assert raised.value.reason is Reason.RESET_BEFORE_BYTES
    await session.close()


@pytest.mark.parametrize("shared", [False, True])
async def test_a_command_that_was_broken_off_is_filled_up_unless_somebody_shares_it(
    virtual, path, shared
):
    printer = printer_at(path, shared=shared)
    session = await printer.connect()
    virtual.set_fault("rst", at_byte=10)
    assert (await print_on(session)).outcome is Outcome.UNKNOWN
    await session.close()
    await eventually(path.is_symlink)
    session = await printer.connect()
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    await session.close()
    flushed = b"Kaiser\x1b@\x1b@" in virtual.tickets[-1].data  # the zeros themselves leave no trace
    assert flushed is not shared


# -- who else has it


async def test_another_program_that_has_it_is_told_and_waited_for(virtual, path):
    printer = printer_at(path)
    with path.open("wb", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        trouble = await trouble_at(printer)
        assert trouble.reason is Reason.REFUSED
        assert "another program holds it" in trouble.detail
    session = await printer.connect()
    assert (await session.status()).ready
    await session.close()


async def test_once_it_is_closed_another_program_may_have_it(virtual, path):
    session = await printer_at(path).connect()
    with path.open("wb", buffering=0) as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        await session.close()
        await eventually(lambda: _locks(other.fileno()))


def _locks(fd: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.EBUSY, Reason.REFUSED),
        (errno.EACCES, Reason.NOT_PERMITTED),
        (errno.ENXIO, Reason.UNREACHABLE),
        (errno.EMFILE, Reason.UNREACHABLE),
    ],
)
async def test_what_the_kernel_says_on_opening_has_a_reason(monkeypatch, path, code, reason):
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("print_agent.printers.device.os.open", refuse)
    assert (await trouble_at(printer_at(path))).reason is reason


@pytest.mark.parametrize(
    ("group", "mode", "words"),
    [
        (7, 0o20660, "It belongs to the group lp: put user number"),
        (4711, 0o20660, "It belongs to the group number 4711: put"),
        (0, 0o20660, "No group may use"),
        (7, 0o20640, "No group may use"),
    ],
)
async def test_who_may_not_open_it_is_told_which_group_may(monkeypatch, path, group, mode, words):
    def refuse(self: CharacterDevice) -> None:
        monkeypatch.setattr(Path, "stat", lambda _: SimpleNamespace(st_gid=group, st_mode=mode))
        raise PermissionError(errno.EACCES, "Permission denied")

    def name_of(number: int) -> SimpleNamespace:
        return {7: SimpleNamespace(gr_name="lp")}[number]

    monkeypatch.setattr(CharacterDevice, "open", refuse)
    monkeypatch.setattr(grp, "getgrgid", name_of)
    detail = (await trouble_at(printer_at(path))).detail
    monkeypatch.undo()
    assert words in detail


async def test_a_folder_that_may_not_be_entered_is_no_group_s(monkeypatch, path):
    def refuse(self: CharacterDevice) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(CharacterDevice, "open", refuse)
    assert "No group may use" in (await trouble_at(printer_at(path))).detail


# -- what is no printer


async def test_a_file_is_no_printer_and_stays_as_it_is(path):
    path.write_text("precious")
    trouble = await trouble_at(printer_at(path))
    assert trouble.reason is Reason.NAME_UNKNOWN
    assert path.read_text() == "precious"


@pytest.mark.parametrize("other", ["/dev/null", "/dev"])
async def test_no_more_is_what_cannot_be_waited_for(other):
    trouble = await trouble_at(printer_at(Path(other)))
    assert trouble.reason is Reason.NAME_UNKNOWN
    assert "that is no device of a printer" in trouble.detail


# -- slow, deaf and dumb


async def test_a_device_that_takes_no_more_bytes_is_unknown_and_stops_nothing(path):
    printers_end, hosts_end = os.openpty()
    try:
        path.symlink_to(os.ttyname(hosts_end))
        session = await printer_at(path).connect()
        beats = asyncio.create_task(_count_beats())
        result = await print_on(session, bytes(200_000))
        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
        assert 0 < result.bytes_sent < 200_000
        await session.close()
        beats.cancel()
        assert beats.get_name() > "020", "the loop went on meanwhile"
    finally:
        os.close(printers_end)
        os.close(hosts_end)


async def _count_beats() -> None:
    this = asyncio.current_task()
    assert this is not None
    for beat in range(1_000):
        this.set_name(f"{beat:03}")
        await asyncio.sleep(0.01)


async def test_a_device_that_never_answers_is_told(path):
    printers_end, hosts_end = os.openpty()
    try:
        path.symlink_to(os.ttyname(hosts_end))
        session = await printer_at(path).connect()
        with pytest.raises(PrinterTrouble) as raised:
            await session.status()
        assert raised.value.reason is Reason.NO_ANSWER
        await session.close()
    finally:
        os.close(printers_end)
        os.close(hosts_end)


async def test_a_slow_printer_is_waited_for(virtual, path):
    virtual.set_fault("slow", value=200)
    session = await printer_at(path, confirm_timeout_s=5).connect()
    result = await print_on(session)
    assert result.outcome is Outcome.CONFIRMED
    assert result.confirm_s > 0.1
    await session.close()


async def test_one_that_answers_reads_with_nothing_is_read_now_and_then(virtual, path, monkeypatch):
    session = await printer_at(path, confirm_timeout_s=5).connect()
    reads, tells = 0, True

    def read(fd: int, size: int) -> bytes:
        nonlocal reads
        reads += 1
        return os.read(fd, size) if tells and reads % 3 == 0 else b""

    monkeypatch.setattr(descriptor, "os", SimpleNamespace(read=read, write=os.write))
    assert (await session.status()).ready
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    with path.open("r+b", buffering=0) as other:
        tells, before = False, reads
        other.write(b"\x10\x04\x01" * 100)  # so that there is always something to read
        await asyncio.sleep(0.2)
        assert 2 <= reads - before <= 15
    monkeypatch.undo()
    await session.close()


async def test_a_driver_that_cannot_read_is_only_written_to(virtual, path, monkeypatch):
    def read(fd: int, size: int) -> bytes:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(
        descriptor, "os", SimpleNamespace(read=read, write=os.write, strerror=os.strerror)
    )
    session = await printer_at(path).connect()
    result = await print_on(session, TICKET, Confirmation.CLOSE)
    assert result.outcome is Outcome.WEAK
    await session.close()
    await virtual.wait_for_tickets(1)


async def test_a_printer_without_a_way_back_prints_weakly(path):
    async with VirtualPrinter("bar", speed=math.inf, fifo=path) as virtual:
        session = await printer_at(path, status="none").connect()
        assert await session.probe() is Confirmation.CLOSE
        assert (await print_on(session, TICKET, Confirmation.CLOSE)).outcome is Outcome.WEAK
        await session.close()
        await virtual.wait_for_tickets(1)


async def test_a_printer_without_a_way_back_that_takes_no_more_is_unknown(path):
    async with VirtualPrinter("bar", speed=math.inf, fifo=path) as virtual:
        virtual.set_fault("busy")
        session = await printer_at(path, status="none").connect()
        result = await print_on(session, LONG_TICKET, Confirmation.CLOSE)
        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
        await session.close()


async def test_a_pipe_that_nobody_reads_is_unplugged(path):
    os.mkfifo(path)
    assert (await trouble_at(printer_at(path, status="none"))).reason is Reason.UNREACHABLE


async def test_a_printer_without_a_way_back_that_is_pulled_out_is_noticed(path):
    async with VirtualPrinter("bar", speed=math.inf, fifo=path) as virtual:
        session = await printer_at(path, status="none").connect()
        virtual.set_fault("unplugged")
        result = await print_on(session, TICKET, Confirmation.CLOSE)
        assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.RESET_BEFORE_BYTES)
        await session.close()


# -- what was said on an earlier connection


async def test_a_word_that_came_too_late_is_heard_on_the_next_connection(virtual, path):
    virtual.set_fault("late-confirmation", value=0.9)
    printer = printer_at(path)
    session = await printer.connect()
    assert (await print_on(session)).outcome is Outcome.UNKNOWN
    await session.close()
    await asyncio.sleep(0.5)
    session = await printer.connect()
    assert await session.late_word(ID, 0.5)
    await session.close()


async def test_a_status_that_nobody_took_does_not_pass_for_the_present_one(virtual, path):
    with path.open("r+b", buffering=0) as other:
        other.write(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
        await asyncio.sleep(0.05)
    virtual.set_fault("cover-open")
    session = await printer_at(path).connect()
    assert (await session.status()).trouble is Reason.COVER_OPEN
    await session.close()


# -- calls that block


async def test_a_driver_that_hangs_on_opening_costs_one_thread_and_never_the_deadline(
    virtual, path, monkeypatch
):
    slow_open = CharacterDevice.open
    opened = 0

    def open_slowly(self: CharacterDevice) -> None:
        nonlocal opened
        opened += 1
        time.sleep(0.5)
        slow_open(self)

    monkeypatch.setattr(CharacterDevice, "open", open_slowly)
    printer = printer_at(path, connect_timeout_s=0.1)
    for _ in range(3):
        trouble = await trouble_at(printer)
        assert trouble.reason is Reason.UNREACHABLE
        assert "Its driver does not answer" in trouble.detail
    assert opened == 1
    await asyncio.sleep(0.5)
    monkeypatch.undo()
    session = await printer.connect()  # what was opened in vain is closed, and its lock gone
    assert (await session.status()).ready
    await session.close()


async def test_closing_that_hangs_stops_nothing_but_the_next_opening(virtual, path, monkeypatch):
    slow_close = CharacterDevice.close

    def close_slowly(self: CharacterDevice) -> None:
        time.sleep(0.4)
        slow_close(self)

    monkeypatch.setattr(CharacterDevice, "close", close_slowly)
    printer = printer_at(path)
    session = await printer.connect()
    began = time.monotonic()
    await session.close()
    assert time.monotonic() - began < 0.3
    session = await printer.connect()
    assert time.monotonic() - began >= 0.4
    await session.close()


async def test_who_gives_up_connecting_leaves_nothing_open(virtual, path):
    printer = printer_at(path)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        connecting = asyncio.create_task(printer.connect())
        await asyncio.sleep(0.01)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
    await eventually(lambda: len(os.listdir("/proc/self/fd")) <= before)
