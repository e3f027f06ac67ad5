"""A printer as bonfire.toml describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bonfire import config
from bonfire.clock import Clock
from bonfire.config import SerialAddress, TcpAddress, UsbAddress, UsbDeviceAddress
from print_agent.printers import Printer, PrinterSettings
from print_agent.printers.libusb import LibusbPrinter
from print_agent.printers.link import Through, as_it_is
from print_agent.printers.serial_port import SerialPrinter
from print_agent.printers.tcp import TcpPrinter
from print_agent.printers.usb import UsbPrinter

_KINDS: Final[dict[type, Callable[..., Printer]]] = {
    TcpAddress: TcpPrinter,
    UsbDeviceAddress: UsbPrinter,
    UsbAddress: LibusbPrinter,
    SerialAddress: SerialPrinter,
}


def configured(
    printer: config.Printer,
    clock: Clock,
    *,
    interrupted: bool = False,
    through: Through = as_it_is,
) -> Printer:
    """Nothing is connected yet. `interrupted`: its last ticket may have stopped in mid-command.

    Every connection goes through `through`.
    """
    settings = PrinterSettings(
        id=printer.id,
        address=printer.address,
        columns=printer.columns,
        confirmation=printer.confirmation,
        status=printer.status,
        shared=printer.shared,
        accept_weak=printer.accept_weak,
        connect_timeout_s=printer.connect_timeout_s,
        status_timeout_s=printer.status_timeout_s,
        send_timeout_s=printer.send_timeout_s,
        confirm_timeout_s=printer.confirm_timeout_s,
    )
    kind = _KINDS[type(settings.address)]
    return kind(settings, clock, interrupted=interrupted, through=through)
