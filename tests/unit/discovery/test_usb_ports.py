"""Printers at USB ports, by a kernel's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.config.address import UsbAddress, UsbDeviceAddress
from print_agent.discovery import Search, usb
from tests.support.machine_tree import MachineTree

EPSON = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;DES:EPSON TM-T20III;"


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    return MachineTree(tmp_path)


def look(tree: MachineTree) -> Search:
    return usb.look(tree.machine)


def test_a_printer_is_found_with_its_model_and_both_its_addresses(tree: MachineTree):
    tree.usb("1-1", node="lp0", ieee1284=EPSON, idVendor="04b8", idProduct="0e28", serial="X5T0001")
    (found,) = look(tree).found
    assert found.what == "EPSON TM-T20III, serial number X5T0001"
    assert found.addresses == (
        UsbDeviceAddress("/dev/usb/lp0"),
        UsbAddress(0x04B8, 0x0E28, "X5T0001"),
    )
    assert found.notes == ()
    assert found.device == Path("/dev/usb/lp0")
    assert not found.doubtful


def test_what_is_no_printer_is_not_found(tree: MachineTree):
    tree.usb("1-1", interface_class="03", manufacturer="Logitech", product="Keyboard")
    assert look(tree) == Search()


def test_an_office_printers_interface_for_the_internet_is_no_second_printer(tree: MachineTree):
    device = tree.usb("1-1", idVendor="03f0", idProduct="0001", product="LaserJet")
    (device / "1-1:1.0" / "bInterfaceProtocol").write_text("04\n")
    assert look(tree) == Search()


def test_a_printer_of_its_makers_own_class_is_found_by_its_driver(tree: MachineTree):
    tree.usb("1-2", node="lp0", interface_class="ff", idVendor="04b8", idProduct="0202")
    assert look(tree).found[0].what == "USB printer 04b8:0202"


def test_without_an_id_string_the_devices_own_texts_count(tree: MachineTree):
    tree.usb(
        "1-1",
        node="lp0",
        idVendor="0416",
        idProduct="5011",
        manufacturer="STMicroelectronics",
        product="POS80 Printer USB",
    )
    (found,) = look(tree).found
    assert found.what == "STMicroelectronics POS80 Printer USB"
    assert found.addresses[1] == UsbAddress(0x0416, 0x5011)


def test_a_makers_name_is_not_said_twice(tree: MachineTree):
    told = "MANUFACTURER:Star;MODEL:Star TSP100;COMMAND SET:ESC/POS;"
    tree.usb("1-1", node="lp0", ieee1284=told, idVendor="0519", idProduct="0003")
    assert look(tree).found[0].what == "Star TSP100"


def test_a_printer_without_a_driver_is_found_and_the_driver_is_named(tree: MachineTree):
    tree.usb("1-1", idVendor="04b8", idProduct="0e28", product="TM-T20III")
    (found,) = look(tree).found
    assert found.addresses == (UsbAddress(0x04B8, 0x0E28),)
    assert found.device is None
    assert "modprobe usblp" in found.notes[0]


def test_without_permission_the_group_is_named(tree: MachineTree):
    tree.usb("1-1", node="lp0", ieee1284=EPSON, idVendor="04b8", idProduct="0e28")
    tree.forbidden.add("/dev/usb/lp0")
    (note,) = look(tree).found[0].notes
    assert note == "no permission for /dev/usb/lp0: put the agent's user into its group, usually lp"


def test_a_container_without_the_device_says_so(tree: MachineTree):
    tree.usb("1-1", node="lp0", in_dev=False, ieee1284=EPSON, idVendor="04b8", idProduct="0e28")
    (note,) = look(tree).found[0].notes
    assert note.startswith("/dev/usb/lp0 is not here: this is a container")


def test_an_office_printer_is_doubted(tree: MachineTree):
    told = "MFG:HP;MDL:LaserJet;CMD:PCL,POSTSCRIPT;"
    tree.usb("1-1", node="lp0", ieee1284=told, idVendor="03f0", idProduct="0001")
    (found,) = look(tree).found
    assert found.doubtful
    assert found.notes[0] == "it understands PCL,POSTSCRIPT: probably no receipt printer"


def test_a_serial_number_that_no_address_can_hold_is_left_out_of_it(tree: MachineTree):
    tree.usb("1-1", node="lp0", idVendor="04b8", idProduct="0e28", serial="a/b ü")
    assert look(tree).found[0].addresses[1] == UsbAddress(0x04B8, 0x0E28)


def test_a_device_that_hides_its_ids_has_the_drivers_address_alone(tree: MachineTree):
    tree.usb("1-1", node="lp0")
    assert look(tree).found[0].addresses == (UsbDeviceAddress("/dev/usb/lp0"),)


def test_a_name_with_control_characters_is_shown_without_them(tree: MachineTree):
    told = "MFG:\x1b[31mEVIL\x07;MDL:" + "x" * 500 + ";"
    tree.usb("1-1", node="lp0", ieee1284=told, idVendor="04b8", idProduct="0e28")
    what = look(tree).found[0].what
    assert what.isprintable()
    assert len(what) <= 80


def test_a_machine_without_usb_says_that_it_could_not_look(tree: MachineTree):
    assert look(tree) == Search(missed=("USB: there is no /sys/bus/usb/devices here",))


def test_a_file_that_cannot_be_read_is_an_answer_that_is_not_there(tree: MachineTree):
    device = tree.usb("1-1", node="lp0", idVendor="04b8", idProduct="0e28")
    (device / "product").mkdir()  # reading it fails
    assert look(tree).found[0].what == "USB printer 04b8:0e28"
