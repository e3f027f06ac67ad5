"""What a trouble means to a person."""

from __future__ import annotations

import pytest

from bonfire.config.address import SerialAddress, TcpAddress, UsbAddress, UsbDeviceAddress
from bonfire.errors import Reason, ReasonClass, reasons_of
from print_agent.printers import PrinterSettings
from print_agent.printers.advice import advice_on, sentence, trouble

KITCHEN = PrinterSettings("KITCHEN-1", TcpAddress("192.168.1.50"))


ADDRESSES = (
    KITCHEN.address,
    UsbDeviceAddress("/dev/usb/lp0"),
    UsbAddress(0x04B8, 0x0E28),
    SerialAddress("/dev/ttyUSB0"),
)


@pytest.mark.parametrize("reason", reasons_of(ReasonClass.PRINTER))
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: type(address).__name__)
def test_there_is_advice_for_every_reason_of_a_printer_and_each_way_to_connect_it(address, reason):
    advice = advice_on(address, reason)
    assert advice.problem[0].islower()
    assert not advice.problem.endswith(".")
    assert advice.remedy[0].isupper()
    assert advice.remedy.endswith(".")


@pytest.mark.parametrize("reason", reasons_of(ReasonClass.PRINTER))
@pytest.mark.parametrize("address", ADDRESSES[1:], ids=lambda address: type(address).__name__)
def test_nobody_is_sent_to_a_network_that_the_printer_is_not_in(address, reason):
    advice = advice_on(address, reason)
    assert "network" not in advice.problem + advice.remedy


def test_the_sentence_names_the_printer_its_address_the_problem_and_the_remedy():
    assert sentence(KITCHEN, Reason.COVER_OPEN) == (
        "KITCHEN-1 at 192.168.1.50:9100: the cover is open. Close the lid until it clicks."
    )


def test_an_ipv6_address_is_written_in_brackets():
    settings = PrinterSettings("BAR", TcpAddress("fe80::1", 9101))
    assert trouble(settings, Reason.REFUSED).detail.startswith("BAR at [fe80::1]:9101: ")
