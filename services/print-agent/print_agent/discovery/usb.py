"""Printers at the USB ports of this machine, by what the kernel knows of them.

Nothing is sent to them: the kernel asked each device who it is when it was plugged in. A printer
that no driver has taken is found as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire.config.address import Address, UsbDeviceAddress, parse
from print_agent.discovery import Found, Search, plain
from print_agent.discovery.machine import Machine

_DEVICES: Final = "/sys/bus/usb/devices"
_PRINTER_CLASS: Final = "07"
_IPP: Final = "04"  # a protocol of that class: an office printer's second voice


@dataclass(frozen=True, slots=True)
class UsbInterface:
    """What the kernel knows of a printer. `node` is its name in /dev/usb, empty without a driver;
    `vendor` and `product` are four hexadecimal digits each.
    """

    node: str
    vendor: str
    product: str
    serial: str
    maker: str
    model: str
    commands: str  # the languages that it understands, where it tells them

    @property
    def in_words(self) -> str:
        """Some makers' names of a model begin with their own."""
        whole = self.model if self.model.startswith(self.maker) else f"{self.maker} {self.model}"
        name = plain(whole) or f"USB printer {self.vendor}:{self.product}"
        return f"{name}, serial number {plain(self.serial)}" if self.serial else name

    def addresses(self) -> tuple[Address, ...]:
        """The driver's device before the bus: it needs no rights but for one file."""
        by_ids = f"usb://{self.vendor}:{self.product}"
        found: list[Address] = [UsbDeviceAddress(f"/dev/usb/{self.node}")] if self.node else []
        for text in (f"{by_ids}/{self.serial}", by_ids):
            try:
                return (*found, parse(text))
            except ValueError:  # a serial number that no address can hold
                continue
        return tuple(found)


def look(machine: Machine) -> Search:
    devices = machine.path(_DEVICES)
    if not devices.is_dir():
        return Search(missed=(f"USB: there is no {_DEVICES} here",))
    interfaces = (_read(machine, folder) for folder in sorted(devices.glob("*:*")))
    return Search(tuple(_found(machine, each) for each in interfaces if each is not None))


def _read(machine: Machine, folder: Path) -> UsbInterface | None:
    """None for an interface that is no printer's."""
    nodes = sorted(node.name for node in folder.glob("usbmisc/lp*"))
    if not nodes and not _is_printer(machine, folder):
        return None
    device = folder.resolve().parent
    told = _ieee1284(machine.text(folder / "ieee1284_id"))
    return UsbInterface(
        nodes[0] if nodes else "",
        vendor=machine.text(device / "idVendor"),
        product=machine.text(device / "idProduct"),
        serial=machine.text(device / "serial"),
        maker=told.get("MFG") or told.get("MANUFACTURER") or machine.text(device / "manufacturer"),
        model=told.get("MDL") or told.get("MODEL") or machine.text(device / "product"),
        commands=told.get("CMD") or told.get("COMMAND SET", ""),
    )


def _is_printer(machine: Machine, interface: Path) -> bool:
    of_class = machine.text(interface / "bInterfaceClass") == _PRINTER_CLASS
    return of_class and machine.text(interface / "bInterfaceProtocol") != _IPP


def _ieee1284(text: str) -> dict[str, str]:
    """Of an id such as "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;"."""
    pairs = (part.partition(":") for part in text.split(";") if ":" in part)
    return {key.strip().upper(): value.strip() for key, _, value in pairs}


def _found(machine: Machine, printer: UsbInterface) -> Found:
    device = machine.node(f"/dev/usb/{printer.node}") if printer.node else None
    doubtful = bool(printer.commands) and "ESC" not in printer.commands.upper()
    notes = tuple(_notes(machine, printer, doubtful))
    return Found(printer.addresses(), printer.in_words, notes, device, doubtful)


def _notes(machine: Machine, printer: UsbInterface, doubtful: bool) -> Iterator[str]:
    node = f"/dev/usb/{printer.node}"
    if doubtful:
        yield f"it understands {plain(printer.commands)}: probably no receipt printer"
    if not printer.node:
        yield "the kernel's driver has not taken it: try `modprobe usblp`, or use its ids (libusb)"
    elif not machine.path(node).exists():
        yield f"{node} is not here: this is a container that was not given the device"
    elif not machine.permits(node):
        yield f"no permission for {node}: put the agent's user into its group, usually lp"
