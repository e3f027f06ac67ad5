"""Serial ports of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.config.address import SerialAddress
from print_agent.discovery import Search, serial_ports
from tests.support.machine_tree import MachineTree

BY_ID = "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    return MachineTree(tmp_path)


def look(tree: MachineTree) -> Search:
    return serial_ports.look(tree.machine)


def test_an_adapter_is_found_once_by_the_name_that_stays(tree: MachineTree):
    tree.device("ttyUSB0")
    tree.link(f"serial/by-id/{BY_ID}", "../../ttyUSB0")
    (found,) = look(tree).found
    assert found.what == "serial port FTDI FT232R USB UART A50285BI"
    assert found.addresses == (
        SerialAddress(f"/dev/serial/by-id/{BY_ID}"),
        SerialAddress("/dev/ttyUSB0"),
    )
    assert found.device == Path("/dev/ttyUSB0")


def test_no_port_is_asked_and_each_may_be_something_else(tree: MachineTree):
    tree.device("ttyACM0")
    (found,) = look(tree).found
    assert found.doubtful
    assert found.notes[0].startswith("not asked who is there")


def test_a_built_in_port_counts_only_if_it_is_there(tree: MachineTree):
    tree.built_in_port("ttyS0", "4")
    tree.built_in_port("ttyS1", "0")
    (found,) = look(tree).found
    assert found.device == Path("/dev/ttyS0")
    assert found.addresses == (SerialAddress("/dev/ttyS0"),)


def test_without_permission_the_group_is_named(tree: MachineTree):
    tree.device("ttyUSB0")
    tree.forbidden.add("/dev/ttyUSB0")
    assert "usually dialout" in look(tree).found[0].notes[1]


def test_a_port_that_a_container_was_not_given_is_said_to_be_away(tree: MachineTree):
    tree.link(f"serial/by-id/{BY_ID}", "../../ttyUSB0")
    assert "is not here" in look(tree).found[0].notes[1]


def test_a_name_that_no_address_can_hold_gives_way_to_the_device(tree: MachineTree):
    tree.device("ttyUSB0")
    tree.link("serial/by-id/usb-Ümlaut-if00", "../../ttyUSB0")
    assert look(tree).found[0].addresses == (SerialAddress("/dev/ttyUSB0"),)


def test_a_link_out_of_the_folder_of_devices_is_shown_as_it_is(tree: MachineTree):
    tree.link("serial/by-id/usb-odd-if00", "/nowhere/else")
    assert look(tree).found[0].device == Path("/nowhere/else")


def test_a_machine_without_devices_says_so(tmp_path: Path):
    tree = MachineTree(tmp_path)
    (tmp_path / "dev").rmdir()
    assert look(tree).missed == ("serial ports: there is no /dev here",)
