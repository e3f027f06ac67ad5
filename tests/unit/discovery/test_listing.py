"""What was found, as a table and for bonfire.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bonfire import config
from bonfire.config.address import SerialAddress, TcpAddress, UsbAddress, UsbDeviceAddress, parse
from print_agent.discovery import Found, Search
from print_agent.discovery.listing import Listing
from tests.support.machine_tree import MachineTree

NETWORK = Found((TcpAddress("192.168.1.60"),), "EPSON TM-m30, serial number X1")
USB = Found(
    (UsbDeviceAddress("/dev/usb/lp0"), UsbAddress(0x04B8, 0x0E28, "X5")),
    "EPSON TM-T20III",
    ("no permission for /dev/usb/lp0",),
    Path("/dev/usb/lp0"),
)
SERIAL = Found(
    (SerialAddress("/dev/ttyUSB0"),), "serial port", ("not asked",), Path("/dev/ttyUSB0"), True
)


def printer(name: str, address: str) -> config.Printer:
    return config.Printer(id=name, address=parse(address))


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    return MachineTree(tmp_path)


def listing(tree: MachineTree, search: Search, *configured: config.Printer) -> Listing:
    return Listing(search, configured, tree.machine)


def test_the_table_names_the_printer_its_address_and_what_to_know(tree: MachineTree):
    search = Search((NETWORK, USB), ("the network: only when asked",))
    told = listing(tree, search, printer("kitchen-1", "tcp://192.168.1.60")).text()
    assert told == (
        "PRINTER                         CONFIGURED  ADDRESS\n"
        "EPSON TM-m30, serial number X1  kitchen-1   tcp://192.168.1.60:9100\n"
        "EPSON TM-T20III                 -           usb:///dev/usb/lp0\n"
        "    also usb://04b8:0e28/X5\n"
        "    no permission for /dev/usb/lp0\n"
        "\n"
        "Not looked at:\n"
        "- the network: only when asked"
    )


def test_nothing_found_is_said(tree: MachineTree):
    assert listing(tree, Search()).text() == "No printer was found."


@pytest.mark.parametrize(
    "address",
    [
        "usb:///dev/usb/lp0",
        "usb://04b8:0e28/X5",
        "usb://04b8:0e28",
        "usb:///dev/bonfire/kitchen",
        "serial:///dev/bonfire/kitchen",
    ],
)
def test_a_printer_is_known_by_each_of_its_names(tree: MachineTree, address: str):
    tree.device("usb/lp0")
    tree.link("bonfire/kitchen", "../usb/lp0")
    told = listing(tree, Search((USB,)), printer("kitchen-1", address)).text()
    assert "EPSON TM-T20III  kitchen-1" in told


@pytest.mark.parametrize(
    "address", ["usb:///dev/usb/lp1", "usb://04b8:0e28/X6", "tcp://192.168.1.61"]
)
def test_another_printer_is_not_taken_for_it(tree: MachineTree, address: str):
    told = listing(tree, Search((USB, NETWORK)), printer("kitchen-1", address)).text()
    assert "kitchen-1" not in told


def test_blocks_can_be_pasted_into_a_location(tree: MachineTree):
    known = printer("printer-1", "tcp://192.168.1.99")
    search = Search((NETWORK, USB, SERIAL), ("the network: only when asked",))
    blocks = listing(tree, search, known).toml()
    pasted = tomllib.loads("[[locations]]\n" + blocks)["locations"][0]["printers"]
    assert pasted == [
        {"id": "printer-2", "address": "tcp://192.168.1.60:9100"},
        {"id": "printer-3", "address": "usb:///dev/usb/lp0"},
    ]
    for each in pasted:
        parse(each["address"])
    assert '# address = "serial:///dev/ttyUSB0?baud=19200&flow=rtscts"' in blocks
    assert "# no permission for /dev/usb/lp0" in blocks
    assert "# not looked at: the network: only when asked" in blocks


def test_no_block_is_written_for_what_is_configured(tree: MachineTree):
    blocks = listing(tree, Search((NETWORK,)), printer("bar-1", "tcp://192.168.1.60")).toml()
    assert blocks == "# no printer was found that is not configured"


def test_a_printer_without_an_address_is_shown_and_gets_no_block(tree: MachineTree):
    search = Search((Found((), "odd"),))
    assert "none that bonfire.toml could hold" in listing(tree, search).text()
    assert "[[" not in listing(tree, search).toml()
