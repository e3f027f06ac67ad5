"""Printers by libusb, on a bus of the tests' own (tests/support/usb_bus.py), not on hardware."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import usb.core

from bonfire.clock import SystemClock
from bonfire.config import UsbAddress
from bonfire.errors import Reason
from bonfire.messages import Confirmation
from print_agent.printers import Outcome, PrinterSettings, PrinterTrouble, PrintResult, Session
from print_agent.printers.libusb import LibusbPrinter, LinkedDevice
from print_agent.printers.worker import Worker
from tests.support.scripted_printer import eventually
from tests.support.usb_bus import IN, OUT, Bus, PluggedIn
from virtual_printer import VirtualPrinter

TICKET = b"\x1b@2 Kaiserschmarrn\n\x1dV\x00"
LONG_TICKET = b"\x1b@" + b"2 Kaiserschmarrn\n" * 2_000 + b"\x1dV\x00"
ID = b"aaab"
READY = b"\x12\x12\x12\x12"


@pytest.fixture
async def virtual(tmp_path: Path) -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter("kitchen-1", speed=math.inf, pty=tmp_path / "device") as running:
        yield running


def printer_on(bus: Bus | None, serial: str = "", **changes: Any) -> LibusbPrinter:
    quick: dict[str, Any] = {
        "connect_timeout_s": 1.0,
        "status_timeout_s": 0.3,
        "send_timeout_s": 0.5,
        "confirm_timeout_s": 0.5,
        "grace_s": 0.1,
        "ask_again_s": 0.05,
        "close_timeout_s": 0.3,
    }
    settings = PrinterSettings("kitchen-1", UsbAddress(0x04B8, 0x0E28, serial), **(quick | changes))
    return LibusbPrinter(settings, SystemClock(), backend=bus)


async def print_on(
    session: Session, data: bytes = TICKET, confirmation: Confirmation = Confirmation.PROCESS_ID
) -> PrintResult:
    return await session.print(data, confirmation, ID)


async def trouble_at(printer: LibusbPrinter) -> PrinterTrouble:
    with pytest.raises(PrinterTrouble) as raised:
        await printer.connect()
    return raised.value


async def once_closed(printer: LibusbPrinter) -> None:
    assert printer._worker is not None
    await printer._worker.gone()


# -- taking the interface, and giving it back


async def test_the_interface_is_claimed_and_given_back_and_the_device_never_reset():
    device = PluggedIn()
    printer = printer_on(Bus(device))
    session = await printer.connect()
    assert device.done == ["claimed"]
    await session.close()
    await once_closed(printer)
    assert device.done == ["claimed", "released", "closed"]


async def test_a_driver_of_the_kernel_gets_its_interface_back():
    device = PluggedIn(driver=True)
    printer = printer_on(Bus(device))
    session = await printer.connect()
    assert not device.driver
    await session.close()
    await once_closed(printer)
    assert device.driver
    assert device.done == ["detached", "claimed", "released", "attached", "closed"]


async def test_a_driver_gets_its_interface_back_also_if_it_cannot_be_claimed():
    device = PluggedIn(driver=True, busy=True)
    printer = printer_on(Bus(device))
    trouble = await trouble_at(printer)
    assert trouble.reason is Reason.REFUSED
    assert "another program holds it" in trouble.detail
    await once_closed(printer)
    assert device.driver


async def test_a_system_that_cannot_tell_of_drivers_will_do():
    device = PluggedIn(drivers_known=False)
    session = await printer_on(Bus(device)).connect()
    assert device.done == ["claimed"]
    await session.close()


async def test_a_device_that_nobody_has_set_up_is_set_up():
    device = PluggedIn(configured=False)
    session = await printer_on(Bus(device)).connect()
    assert device.done == ["configured", "claimed"]
    await session.close()


async def test_an_interface_of_another_setting_is_set():
    device = PluggedIn(alternate=1)
    session = await printer_on(Bus(device)).connect()
    assert device.done == ["claimed", "setting 1"]
    await session.close()


# -- which device


async def test_a_printer_that_is_not_plugged_in_is_told_so():
    trouble = await trouble_at(printer_on(Bus(PluggedIn(product=0x0202))))
    assert trouble.reason is Reason.UNREACHABLE
    assert trouble.detail.startswith("kitchen-1 at USB 04b8:0e28: it is not plugged in. Check")


async def test_two_of_a_model_need_their_serial_numbers():
    first, second = PluggedIn(serial="X5T1"), PluggedIn(serial="X5T2")
    bus = Bus(first, second)
    trouble = await trouble_at(printer_on(bus))
    assert trouble.reason is Reason.NAME_UNKNOWN
    assert "several such printers are plugged in. Put the serial number" in trouble.detail
    session = await printer_on(bus, "X5T2").connect()
    assert first.done == ["closed"], "it was opened to be asked for its serial number"
    assert second.done == ["claimed"]
    await session.close()


async def test_a_serial_number_that_nobody_has_is_not_plugged_in():
    bus = Bus(PluggedIn(serial="X5T1"), PluggedIn(serial=""))
    assert (await trouble_at(printer_on(bus, "X5T9"))).reason is Reason.UNREACHABLE


@pytest.mark.parametrize("serial", ["", "X5T1"])
async def test_who_may_not_open_it_is_told_by_which_right_it_can_be_opened(serial):
    trouble = await trouble_at(printer_on(Bus(PluggedIn(permitted=False)), serial))
    assert trouble.reason is Reason.NOT_PERMITTED
    assert "No group may use /dev/bus/usb/001/001" in trouble.detail
    assert "udev rule" in trouble.detail


@pytest.mark.parametrize("endpoints", [(), (IN,)])
async def test_a_device_that_takes_no_bytes_is_no_printer(endpoints):
    trouble = await trouble_at(printer_on(Bus(PluggedIn(endpoints=endpoints))))
    assert "That device is no printer" in trouble.detail


@pytest.mark.parametrize(
    "device", [PluggedIn(interface_class=0xFF), PluggedIn(protocol=4)], ids=["vendor", "ipp"]
)
async def test_one_that_does_not_call_itself_a_printer_s_is_the_last_choice(device):
    session = await printer_on(Bus(device)).connect()
    assert device.done == ["claimed"]
    await session.close()


async def test_an_agent_without_pyusb_says_what_to_install(monkeypatch):
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("print_agent.printers.usb_device.importlib.import_module", missing)
    trouble = await trouble_at(printer_on(None))
    assert trouble.reason is Reason.NOT_PERMITTED
    assert "the agent may not use it. Its agent has no pyusb: install bonfire-" in trouble.detail


async def test_an_agent_without_libusb_says_what_to_install(monkeypatch):
    def no_backend(**_: object) -> Any:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", no_backend)
    trouble = await trouble_at(printer_on(None))
    assert trouble.reason is Reason.NOT_PERMITTED
    assert (
        "the agent may not use it. Its agent has no libusb: install the package" in trouble.detail
    )
    assert trouble.remedy in trouble.detail


# -- talking


async def test_a_long_ticket_arrives_whole():
    device = PluggedIn()
    session = await printer_on(Bus(device), status="none", send_timeout_s=5).connect()
    result = await print_on(session, LONG_TICKET, Confirmation.CLOSE)
    assert (result.outcome, result.bytes_sent) == (Outcome.WEAK, len(LONG_TICKET))
    assert device.heard == LONG_TICKET
    await session.close()


async def test_a_printer_without_a_way_back_prints_weakly():
    device = PluggedIn(endpoints=(OUT,))
    session = await printer_on(Bus(device), status="none").connect()
    assert (await print_on(session, TICKET, Confirmation.CLOSE)).outcome is Outcome.WEAK
    await session.close()
    assert device.heard == TICKET


async def test_answers_that_are_empty_mean_nothing():
    device = PluggedIn(says=[b"", b"", b""])
    session = await printer_on(Bus(device)).connect()
    device.says += [b"", READY]
    await eventually(lambda: not device.says)
    device.says += [b"", READY]
    assert (await session.status()).ready
    await session.close()


async def test_a_printer_that_takes_nothing_is_unknown_and_stops_nothing():
    device = PluggedIn(holds=True)
    printer = printer_on(Bus(device), status="none")
    session = await printer.connect()
    began = time.monotonic()
    result = await print_on(session, LONG_TICKET, Confirmation.CLOSE)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.SEND_TIMEOUT)
    assert result.bytes_sent == 4096
    await session.close()
    assert time.monotonic() - began < 1.5
    device.holds = False
    session = await printer.connect()
    assert (await print_on(session, TICKET, Confirmation.CLOSE)).outcome is Outcome.WEAK
    await session.close()


@pytest.mark.parametrize("endpoint", [OUT, IN])
async def test_an_endpoint_that_stalls_ends_the_connection_and_not_the_next(endpoint):
    device = PluggedIn()
    printer = printer_on(Bus(device), confirm_timeout_s=2)
    session = await printer.connect()
    device.stalled.add(endpoint)
    result = await print_on(session)
    assert result.outcome in (Outcome.UNKNOWN, Outcome.FAILED)
    assert result.reason in (Reason.CONNECTION_LOST, Reason.RESET_BEFORE_BYTES)
    assert "unstalled" in device.done
    await session.close()
    session = await printer.connect()
    assert session.usable
    await session.close()


async def test_pulled_out_in_mid_ticket_is_unknown_and_plugged_in_again_it_prints(virtual):
    device = PluggedIn(path=Path(virtual.place))
    printer = printer_on(Bus(device))
    session = await printer.connect()
    virtual.set_fault("paper-out", at_byte=10)
    printing = asyncio.create_task(print_on(session))
    await asyncio.sleep(0.2)
    virtual.set_fault("unplugged")
    result = await printing
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()
    assert (await trouble_at(printer)).reason is Reason.UNREACHABLE
    virtual.clear_fault()
    await eventually(Path(virtual.place).is_symlink)
    session = await printer.connect()
    assert (await print_on(session)).outcome is Outcome.CONFIRMED
    await session.close()


async def test_pulled_out_between_two_tickets_is_noticed_and_closing_does_no_harm():
    device = PluggedIn(driver=True)
    printer = printer_on(Bus(device))
    session = await printer.connect()
    device.unplugged = True
    await eventually(lambda: not session.usable)
    result = await print_on(session)
    assert (result.outcome, result.bytes_sent) == (Outcome.FAILED, 0)
    await session.close()
    await once_closed(printer)
    assert device.done[-1] == "closed"


async def test_what_pyusb_does_not_know_of_itself_is_a_broken_connection(monkeypatch):
    device = PluggedIn()
    session = await printer_on(Bus(device)).connect()

    def surprise(*_: object) -> bytes:
        raise ValueError("invalid endpoint")

    monkeypatch.setattr(LinkedDevice, "write", surprise)
    result = await print_on(session)
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.CONNECTION_LOST)
    await session.close()


async def test_a_closed_link_takes_nothing_and_waits_for_nothing():
    worker = Worker("a device")
    device = LinkedDevice(UsbAddress(0x04B8, 0x0E28), Bus(PluggedIn()))
    await worker.do(device.open)
    link = device.link(worker)
    link.close()
    link.close()
    link.poll()
    link.finish()
    await link.wait_writable(60)
    with pytest.raises(BrokenPipeError):
        link.write(memoryview(b"x"))
    await worker.gone()
    device.close()
