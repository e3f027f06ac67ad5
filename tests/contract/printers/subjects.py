"""The printers under one contract, and the hand that a test needs to make things happen to them."""

from __future__ import annotations

import fcntl
import math
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from bonfire.clock import SystemClock
from bonfire.config import Address, SerialAddress, TcpAddress, UsbAddress, UsbDeviceAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Printer, PrinterSettings
from print_agent.printers.fake import CUT_OFF, SILENT, FakePrinter
from print_agent.printers.libusb import LibusbPrinter
from print_agent.printers.serial_port import SerialPrinter
from print_agent.printers.tcp import TcpPrinter
from print_agent.printers.usb import UsbPrinter
from tests.support.scripted_printer import eventually
from tests.support.usb_bus import Bus, PluggedIn
from virtual_printer.printer import VirtualPrinter

QUICK: dict[str, Any] = {
    "connect_timeout_s": 1.0,
    "status_timeout_s": 0.3,
    "send_timeout_s": 1.0,
    "confirm_timeout_s": 0.3,
    "grace_s": 0.1,
    "ask_again_s": 0.05,
    "hold_timeout_s": 10.0,
    "close_timeout_s": 0.5,
}

FAULT_OF = {
    Reason.PAPER_OUT: "paper-out",
    Reason.COVER_OPEN: "cover-open",
    Reason.CUTTER_ERROR: "cutter-jam",
    Reason.HEAD_HOT: "head-hot",
    Reason.OFFLINE: "offline",
    Reason.REFUSED: "refuse",
    Reason.NO_ANSWER: "silent",
    Reason.GARBAGE_STATUS: "garbage-status",
}


class Subject(Protocol):
    """A printer, and a hand on its lid."""

    @property
    def printer(self) -> Printer: ...
    def knows(self, confirmation: Confirmation) -> None: ...
    def break_down(self, reason: Reason) -> None: ...
    def mend(self) -> None: ...
    def near_end(self) -> None: ...
    def stop_in_mid_ticket(self, reason: Reason) -> None: ...
    def swallow_the_next(self) -> None: ...
    def break_off_the_next(self) -> None: ...
    async def printed(self, count: int) -> bool:
        """Are so many tickets on paper, and no more?"""
        ...


class FakeSubject:
    def __init__(self, settings: PrinterSettings) -> None:
        self.printer = FakePrinter(settings)

    def knows(self, confirmation: Confirmation) -> None:
        self.printer.knows = confirmation

    def break_down(self, reason: Reason) -> None:
        if reason is Reason.REFUSED:
            self.printer.refuses = reason
        elif reason in (Reason.NO_ANSWER, Reason.GARBAGE_STATUS):
            self.printer.mute = reason
        else:
            self.printer.trouble = reason

    def mend(self) -> None:
        self.printer.refuses = self.printer.mute = self.printer.trouble = None
        self.printer.release()

    def near_end(self) -> None:
        self.printer.near_end = True

    def stop_in_mid_ticket(self, reason: Reason) -> None:
        self.printer.hold(reason)

    def swallow_the_next(self) -> None:
        self.printer.script(SILENT)

    def break_off_the_next(self) -> None:
        self.printer.script(CUT_OFF)

    async def printed(self, count: int) -> bool:
        return len(self.printer.paper) == count


class VirtualSubject:
    def __init__(self, virtual: VirtualPrinter, printer: Printer) -> None:
        self._virtual = virtual
        self.printer = printer

    def knows(self, confirmation: Confirmation) -> None:
        if confirmation is Confirmation.STATUS:
            self._virtual.set_fault("no-process-id")
        elif confirmation is Confirmation.CLOSE:
            self._virtual.set_fault("no-status")

    def break_down(self, reason: Reason) -> None:
        self._virtual.set_fault(FAULT_OF[reason])

    def mend(self) -> None:
        self._virtual.clear_fault()

    def near_end(self) -> None:
        self._virtual.set_fault("paper-near-end")

    def stop_in_mid_ticket(self, reason: Reason) -> None:
        self._virtual.set_fault(FAULT_OF[reason], at_byte=10)

    def swallow_the_next(self) -> None:
        self._virtual.set_fault("black-hole")

    def break_off_the_next(self) -> None:
        self._virtual.set_fault("rst", at_byte=10)

    async def printed(self, count: int) -> bool:
        await eventually(lambda: len(self._virtual.tickets) >= count)
        return len(self._virtual.tickets) == count


class PluggedSubject(VirtualSubject):
    """Behind a device file, which refuses only while another program has it."""

    _other = -1

    def break_down(self, reason: Reason) -> None:
        if reason is Reason.REFUSED:
            self._other = os.open(self._virtual.place, os.O_RDWR | os.O_NOCTTY)
            fcntl.flock(self._other, fcntl.LOCK_EX)
        else:
            super().break_down(reason)

    def mend(self) -> None:
        super().mend()
        if self._other >= 0:
            os.close(self._other)
            self._other = -1


class BusSubject(VirtualSubject):
    """On a USB bus, which refuses what another program has claimed."""

    def __init__(self, virtual: VirtualPrinter, printer: Printer, plugged_in: PluggedIn) -> None:
        super().__init__(virtual, printer)
        self._plugged_in = plugged_in

    def break_down(self, reason: Reason) -> None:
        if reason is Reason.REFUSED:
            self._plugged_in.busy = True
        else:
            super().break_down(reason)

    def mend(self) -> None:
        super().mend()
        self._plugged_in.busy = False


@asynccontextmanager
async def fake() -> AsyncIterator[Subject]:
    yield FakeSubject(PrinterSettings("kitchen-1", TcpAddress("127.0.0.1"), **QUICK))


@asynccontextmanager
async def tcp() -> AsyncIterator[Subject]:
    async with VirtualPrinter("kitchen-1", speed=math.inf) as running:
        address = TcpAddress("127.0.0.1", running.port)
        yield VirtualSubject(running, _printer(TcpPrinter, address))


@asynccontextmanager
async def usb() -> AsyncIterator[Subject]:
    async with _device() as running:
        address = UsbDeviceAddress(running.place)
        yield PluggedSubject(running, _printer(UsbPrinter, address))


@asynccontextmanager
async def serial() -> AsyncIterator[Subject]:
    async with _device() as running:
        address = SerialAddress(running.place, 115_200)
        yield PluggedSubject(running, _printer(SerialPrinter, address))


@asynccontextmanager
async def libusb() -> AsyncIterator[Subject]:
    async with _device() as running:
        plugged_in = PluggedIn(path=Path(running.place))
        address = UsbAddress(plugged_in.vendor, plugged_in.product)
        printer = _printer(partial(LibusbPrinter, backend=Bus(plugged_in)), address)
        yield BusSubject(running, printer, plugged_in)


@asynccontextmanager
async def _device() -> AsyncIterator[VirtualPrinter]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "printer"
        async with VirtualPrinter("kitchen-1", speed=math.inf, pty=path) as running:
            yield running


def _printer(kind: Callable[..., Printer], address: Address) -> Printer:
    return kind(PrinterSettings("kitchen-1", address, **QUICK), SystemClock())
