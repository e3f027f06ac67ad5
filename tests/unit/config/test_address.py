"""Addresses of printers: the network's, USB's and those of serial ports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.config import ConfigError, SerialAddress, TcpAddress, UsbAddress, UsbDeviceAddress
from bonfire.config.address import BAUDS, Address, Flow, parse, same_device
from tests.support.configs import config, location, printer


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("usb:///dev/usb/lp0", UsbDeviceAddress("/dev/usb/lp0")),
        ("USB:///dev/kitchen-printer", UsbDeviceAddress("/dev/kitchen-printer")),
        ("usb://04b8:0e28", UsbAddress(0x04B8, 0x0E28)),
        ("usb://04B8:0E28/X5T1", UsbAddress(0x04B8, 0x0E28, "X5T1")),
        ("usb://04b8:0e28/X5%23T1", UsbAddress(0x04B8, 0x0E28, "X5#T1")),
        ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0", 19_200, Flow.RTS_CTS)),
        (
            "serial:///dev/ttyS1?baud=9600&flow=dsrdtr",
            SerialAddress("/dev/ttyS1", 9600, Flow.DSR_DTR),
        ),
        (
            "serial:///dev/serial/by-id/usb-FTDI_FT232R-if00-port0?flow=none",
            SerialAddress("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", flow=Flow.NONE),
        ),
    ],
)
def test_a_device_is_read(text, address):
    assert parse(text) == address
    assert parse(address) is address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("usb://", "'' is no device"),
        ("usb:///", "'/' is no device"),
        ("usb:///dev/../etc/passwd", "is no device"),
        ("usb:///dev/./usb/lp0", "is no device"),
        ("usb:///dev/usb/lp0/", "is no device"),
        ("usb:///dev/usb/lp 0", "is no device"),
        ("usb:///dev/usb/lp0?x=1", "nothing more"),
        ("usb://dev/usb/lp0", "'dev' is no vendor and product id"),
        ("usb://04b8", "is no vendor and product id"),
        ("usb://04b8:e28", "is no vendor and product id"),
        ("usb://04b8:0e28/a/b", "is no serial number"),
        ("usb://04b8:0e28/", "no serial number follows the slash"),
        ("usb:///dev/null", "'/dev/null' is never a printer"),
        ("serial:///dev/tty", "'/dev/tty' is never a printer"),
        ("serial://dev/ttyUSB0", "three slashes"),
        ("serial:///dev/ttyUSB0?baud=9601", "baud is one of 1200, 2400"),
        ("serial:///dev/ttyUSB0?baud=", "baud is one of"),
        ("serial:///dev/ttyUSB0?flow=hardware", "flow is rtscts or dsrdtr or xonxoff or none"),
        ("serial:///dev/ttyUSB0?parity=even", "only baud and flow can be given, each once"),
        ("serial:///dev/ttyUSB0?baud=9600&baud=19200", "each once"),
        ("serial:///dev/ttyUSB0?baud", "bad query field"),
        ("serial:///dev/ttyUSB0#x", "three slashes"),
    ],
)
def test_a_device_that_is_none_is_told_with_how_one_looks(text, words):
    with pytest.raises(ValueError, match=r'should look like "(usb|serial)://') as raised:
        parse(text)
    assert words in str(raised.value)


@pytest.mark.parametrize("text", ["", "lp0", "/dev/usb/lp0", "parallel:///dev/lp0", None, 9100])
def test_what_begins_like_no_address_is_told_of_every_kind(text):
    with pytest.raises(ValueError, match=r"tcp://.*usb://.*serial://"):
        parse(text)


paths = st.lists(
    st.text("abcXYZ019._:+@-", min_size=1, max_size=8).filter(lambda part: part.strip(".")),
    min_size=1,
    max_size=4,
).map(lambda parts: "/" + "/".join(parts))
ids = st.integers(0, 0xFFFF)
addresses = st.one_of(
    st.builds(UsbDeviceAddress, paths),
    st.builds(UsbAddress, ids, ids, st.text("abcXYZ019-%?#", max_size=12)),
    st.builds(SerialAddress, paths, st.sampled_from(BAUDS), st.sampled_from(Flow)),
)


@given(addresses)
def test_an_address_is_written_as_it_is_read(address):
    assert parse(str(address)) == address
    assert address.place


@given(st.text(), st.sampled_from(["", "tcp://", "usb://", "serial://"]))
def test_any_text_is_an_address_or_told_in_words(text, scheme):
    assert _place_or_words(scheme + text)


def _place_or_words(text: str) -> str:
    try:
        return parse(text).place
    except ValueError as error:
        return str(error) if "should look like" in str(error) else ""


LP0 = UsbDeviceAddress("/dev/usb/lp0")
T20 = UsbAddress(0x04B8, 0x0E28)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (LP0, LP0, True),
        (LP0, UsbDeviceAddress("/dev/usb/lp1"), False),
        (LP0, SerialAddress("/dev/usb/lp0"), True),
        (SerialAddress("/dev/ttyS0", 9600), SerialAddress("/dev/ttyS0", 19_200), True),
        (T20, T20, True),
        (T20, UsbAddress(0x04B8, 0x0E28, "X5T1"), True),
        (UsbAddress(0x04B8, 0x0E28, "X5T1"), UsbAddress(0x04B8, 0x0E28, "X5T2"), False),
        (T20, UsbAddress(0x04B8, 0x0202), False),
        (T20, LP0, False),
        (TcpAddress("bar"), TcpAddress("bar", 9101), False),
        (TcpAddress("bar"), LP0, False),
    ],
)
def test_two_addresses_may_mean_one_printer(one: Address, other: Address, same: bool):
    assert same_device(one, other) is same
    assert same_device(other, one) is same


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("usb:///dev/usb/lp0", "usb:///dev/usb/lp0", "is there already"),
        (
            "serial:///dev/ttyS0?baud=9600",
            "serial:///dev/ttyS0",
            'may mean the printer "serial:///dev/ttyS0?baud=9600&flow=rtscts"',
        ),
        (
            "usb://04b8:0e28/X5T1",
            "usb://04b8:0e28",
            'may mean the printer "usb://04b8:0e28/X5T1"',
        ),
    ],
)
def test_one_device_for_two_printers_of_a_print_host_is_told(first, second, words):
    printers = [printer("kitchen-1", 50, address=first), printer("bar-1", 51, address=second)]
    with pytest.raises(ConfigError) as raised:
        config(location(printers=printers))
    (problem,) = raised.value.problems
    assert words in problem
    assert 'printers[1] "bar-1" . address' in problem
    assert 'printers[0] "kitchen-1" . address' in problem


def test_two_print_hosts_may_have_a_device_of_the_same_name():
    there = [printer("kitchen-1", 50, address="usb:///dev/usb/lp0"), printer("bar-1", 51)]
    read = config(location("altstadt", printers=there), location("neustadt", printers=there))
    assert len(read.agents) == 2
