"""Printers behind a serial port, for which a terminal stands in here. A terminal has no lines for
flow control and keeps nothing back, so a test says what DSR is and what the kernel still holds.
"""

from __future__ import annotations

import asyncio
import math
import os
import termios
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bonfire.clock import SystemClock
from bonfire.config import SerialAddress
from bonfire.config.address import BAUDS, Flow
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Outcome, PrinterSettings, PrinterTrouble, PrintResult, Session
from print_agent.printers.serial_port import SerialPort, SerialPrinter
from print_agent.printers.worker import Worker
from tests.support.scripted_printer import eventually
from virtual_printer import VirtualPrinter

TICKET = b"\x1b@" + b"2 Kaiserschmarrn\n" * 20 + b"\x1dV\x00"
ID = b"aaab"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ttyUSB0"


@pytest.fixture
async def virtual(path: Path) -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("kitchen-1", speed=math.inf, pty=path) as running:
        yield running


class Dsr:
    """The line by which a printer says that it takes more."""

    def __init__(self) -> None:
        self.up = True
        self.broken = False
        self.slow_s = 0.0
        self.looks = 0


@pytest.fixture
def dsr(monkeypatch: pytest.MonkeyPatch) -> Dsr:
    line = Dsr()

    def has_dsr(_port: SerialPort) -> bool:
        line.looks += 1
        time.sleep(line.slow_s)
        if line.broken:
            raise OSError(5, "Input/output error")
        return line.up

    monkeypatch.setattr(SerialPort, "_has_dsr", has_dsr)
    return line


def printer_at(
    path: Path, flow: Flow = Flow.RTS_CTS, baud: int = 230_400, **changes: Any
) -> SerialPrinter:
    quick: dict[str, Any] = {
        "connect_timeout_s": 1.0,
        "status_timeout_s": 0.3,
        "send_timeout_s": 0.5,
        "confirm_timeout_s": 0.5,
        "grace_s": 0.1,
        "ask_again_s": 0.05,
        "close_timeout_s": 0.3,
    }
    address = SerialAddress(str(path), baud, flow)
    return SerialPrinter(PrinterSettings("kitchen-1", address, **(quick | changes)), SystemClock())


async def print_on(
    session: Session, confirmation: Confirmation = Confirmation.PROCESS_ID
) -> PrintResult:
    return await session.print(TICKET, confirmation, ID)


async def trouble_at(printer: SerialPrinter) -> PrinterTrouble:
    with pytest.raises(PrinterTrouble) as raised:
        await printer.connect()
    return raised.value


# -- setting up


@pytest.mark.parametrize("baud", BAUDS)
@pytest.mark.parametrize(
    ("flow", "hardware", "software"),
    [
        (Flow.RTS_CTS, True, False),
        (Flow.XON_XOFF, False, True),
        (Flow.DSR_DTR, False, False),
        (Flow.NONE, False, False),
    ],
)
async def test_the_port_is_set_up_as_its_address_says(
    virtual, path, dsr, baud, flow, hardware, software
):
    session = await printer_at(path, flow, baud).connect()
    with path.open("r+b", buffering=0) as other:
        iflag, oflag, cflag, lflag, ispeed, ospeed, _ = termios.tcgetattr(other)
    assert ispeed == ospeed == getattr(termios, f"B{baud}")
    assert bool(cflag & termios.CRTSCTS) is hardware
    assert bool(iflag & termios.IXON) is software
    assert cflag & termios.CSIZE == termios.CS8
    assert not cflag & (termios.PARENB | termios.CSTOPB)
    assert not cflag & termios.HUPCL, "closing it pulls no line, by which some printers reset"
    assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)
    assert not iflag & (termios.ICRNL | termios.INLCR | termios.ISTRIP)
    assert not oflag & termios.OPOST, "every byte as it is"
    await session.close()


@pytest.mark.parametrize("flow", Flow)
async def test_a_ticket_is_printed_whole_whatever_holds_it_up(virtual, path, dsr, flow):
    session = await printer_at(path, flow, send_timeout_s=10).connect()
    assert (await session.status()).ready
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    await session.close()
    assert [ticket.text.count("Kaiserschmarrn") for ticket in virtual.tickets] == [20, 20]


async def test_a_port_that_is_not_there_is_told_so(path):
    trouble = await trouble_at(printer_at(path))
    assert trouble.reason is Reason.UNREACHABLE
    assert trouble.detail.startswith(f"kitchen-1 at {path}: there is no such port. Check that")


async def test_a_pipe_is_no_serial_port(path):
    os.mkfifo(path)
    trouble = await trouble_at(printer_at(path))
    assert trouble.reason is Reason.NAME_UNKNOWN
    assert "that is no serial port" in trouble.detail


async def test_an_adapter_that_is_pulled_out_is_noticed_at_once(virtual, path):
    session = await printer_at(path).connect()
    assert (await session.status()).ready
    virtual.set_fault("unplugged")
    await eventually(lambda: not session.usable)
    result = await print_on(session)
    assert (result.outcome, result.bytes_sent) == (Outcome.FAILED, 0)
    assert "its port went away" in result.detail
    await session.close()


# -- a printer that holds DSR


async def test_a_held_line_stops_the_ticket_and_nothing_else(virtual, path, dsr):
    session = await printer_at(path, Flow.DSR_DTR).connect()
    dsr.up = False
    began = time.monotonic()
    result = await print_on(session)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
    assert result.bytes_sent == 64, "as much as was allowed before the first look"
    assert time.monotonic() - began < 1
    await session.close()


async def test_a_line_that_is_held_from_the_beginning_takes_not_a_byte(virtual, path, dsr):
    dsr.up = False
    session = await printer_at(path, Flow.DSR_DTR).connect()
    result = await print_on(session)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    await session.close()


async def test_why_it_holds_the_line_can_be_asked_all_the_same(virtual, path, dsr):
    dsr.up = False
    virtual.set_fault("paper-out")
    session = await printer_at(path, Flow.DSR_DTR).connect()
    assert (await session.status()).trouble is Reason.PAPER_OUT
    await session.close()


async def test_a_line_that_is_let_go_lets_the_ticket_through(virtual, path, dsr):
    session = await printer_at(path, Flow.DSR_DTR, send_timeout_s=5).connect()
    dsr.up = False
    printing = asyncio.create_task(print_on(session))
    await eventually(lambda: dsr.looks >= 3)
    assert not printing.done()
    dsr.up = True
    assert (await printing).outcome is Outcome.CONFIRMED
    await session.close()


async def test_an_adapter_that_is_slow_to_tell_the_line_blocks_a_thread_only(virtual, path, dsr):
    session = await printer_at(path, Flow.DSR_DTR, send_timeout_s=5).connect()
    dsr.slow_s = 0.3
    printing = asyncio.create_task(print_on(session))
    longest = 0.0
    while not printing.done():
        began = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - began)
        if dsr.looks > 2:
            dsr.slow_s = 0.0
    assert (await printing).outcome is Outcome.CONFIRMED
    assert longest < 0.2
    await session.close()


async def test_an_adapter_that_cannot_tell_the_line_any_more_is_gone(virtual, path, dsr):
    session = await printer_at(path, Flow.DSR_DTR).connect()
    dsr.broken = True
    result = await print_on(session)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_terminal_has_no_such_line(virtual, path):
    assert (await trouble_at(printer_at(path, Flow.DSR_DTR))).reason is Reason.NAME_UNKNOWN


async def test_a_look_that_ends_after_the_port_was_closed_is_told_to_nobody(virtual, path, dsr):
    session = await printer_at(path, Flow.DSR_DTR).connect()
    dsr.slow_s = 0.2
    printing = asyncio.create_task(print_on(session))
    await eventually(lambda: dsr.looks >= 2)
    printing.cancel()
    await asyncio.gather(printing, return_exceptions=True)
    await asyncio.sleep(0.3)
    assert not session.usable


# -- the end


async def test_a_weak_ticket_is_one_that_has_left_the_kernel(virtual, path, monkeypatch):
    held = [300, 200, 100, 0]
    monkeypatch.setattr(SerialPort, "unsent", lambda _: held.pop(0) if len(held) > 1 else held[0])
    session = await printer_at(path, status="none").connect()
    assert (await print_on(session, Confirmation.CLOSE)).outcome is Outcome.WEAK
    assert held == [0]
    await session.close()


async def test_a_ticket_that_stays_in_the_kernel_is_unknown_and_is_thrown_away(
    virtual, path, monkeypatch
):
    flushed: list[int] = []
    monkeypatch.setattr(SerialPort, "unsent", lambda _: 300)
    monkeypatch.setattr(
        "print_agent.printers.serial_port.termios.tcflush",
        lambda _descriptor, queue: flushed.append(queue),
    )
    printer = printer_at(path, status="none")
    session = await printer.connect()
    result = await print_on(session, Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.NOT_CONFIRMED)
    await session.close()
    await eventually(lambda: flushed == [termios.TCOFLUSH])


async def test_an_adapter_that_is_pulled_out_at_the_very_end_is_unknown(virtual, path, monkeypatch):
    def gone(_port: SerialPort) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(SerialPort, "unsent", gone)
    session = await printer_at(path, status="none").connect()
    result = await print_on(session, Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_closed_port_takes_nothing_and_waits_for_nothing(virtual, path):
    worker = Worker("a port")
    port = SerialPort(SerialAddress(str(path), flow=Flow.DSR_DTR))
    port._has_dsr = lambda: True  # type: ignore[method-assign]
    await worker.do(port.open)
    link = port.link(worker)
    link.close()
    link.close()
    link.poll()
    link.finish()
    await link.wait_writable(60)
    with pytest.raises(BrokenPipeError):
        link.write(memoryview(b"x"))
    await worker.gone()
    port.close()
