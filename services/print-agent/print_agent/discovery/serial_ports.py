"""Serial ports, behind which a printer may be.

Nothing is sent there: it may be a scale, and the speed of a printer stands on its switches alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bonfire.config.address import Address, parse
from print_agent.discovery import Found, Search, plain
from print_agent.discovery.machine import Machine

_BY_ID: Final = "/dev/serial/by-id"
_ADAPTERS: Final = ("ttyUSB*", "ttyACM*")
_BUILT_IN: Final = "/sys/class/tty"
_NOTHING_BEHIND: Final = ("", "0")  # types of a port that the kernel has reserved and not found


def look(machine: Machine) -> Search:
    found = {each.device: each for each in _ports(machine)}
    missed = () if machine.path("/dev").is_dir() else ("serial ports: there is no /dev here",)
    return Search(tuple(found.values()), missed)


def _ports(machine: Machine) -> Iterator[Found]:
    """The worse names of a port before the better ones."""
    for pattern in _ADAPTERS:
        for node in sorted(machine.path("/dev").glob(pattern)):
            yield _found(machine, f"/dev/{node.name}", "serial port of a USB adapter")
    for port in sorted(machine.path(_BUILT_IN).glob("ttyS*")):
        if machine.text(port / "type") not in _NOTHING_BEHIND:
            yield _found(machine, f"/dev/{port.name}", "serial port")
    for link in sorted(machine.path(_BY_ID).glob("*")):
        yield _found(machine, f"{_BY_ID}/{link.name}", f"serial port {_model(link)}")


def _found(machine: Machine, name: str, what: str) -> Found:
    device = machine.node(name)
    return Found(
        tuple(_addresses(name, device)), what, tuple(_notes(machine, device)), device, doubtful=True
    )


def _addresses(name: str, device: Path) -> Iterator[Address]:
    for text in dict.fromkeys((f"serial://{name}", f"serial://{device}")):
        try:
            yield parse(text)
        except ValueError:  # a name with letters that no address can hold
            continue


def _model(link: Path) -> str:
    """Of "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0" what is between the first and last dash."""
    name = link.name.removeprefix("usb-").partition("-if")[0]
    return plain(name.replace("_", " "))


def _notes(machine: Machine, device: Path) -> Iterator[str]:
    yield "not asked who is there; its baud and flow must be those of the printer's switches"
    if not machine.path(str(device)).exists():
        yield f"{device} is not here: this is a container that was not given the device"
    elif not machine.permits(str(device)):
        yield f"no permission for {device}: put the agent's user into its group, usually dialout"
