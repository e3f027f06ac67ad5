"""Which bytes belong to a ticket, and when it began."""

from __future__ import annotations

import pytest

from escpos_paper import commands
from virtual_printer.ticket_meter import TicketMeter, may_be_enquiry

ENQUIRY = b"\x10\x04\x01\x1dr\x01\x1dIC\x1da\xff\x1d(H\x06\x00000001\x00\x00"


def counts(data: bytes) -> list[int]:
    meter = TicketMeter()
    return [meter.add(command, at=0.0) for command in commands(data)]


def test_a_ticket_is_counted_from_its_first_byte_to_its_cut():
    assert counts(b"\x1b@AB\n\x1dV\x00CD") == [2, 4, 5, 8, 2]


def test_enquiries_belong_to_no_ticket():
    assert counts(ENQUIRY) == [0] * 6
    assert counts(b"AB" + ENQUIRY + b"CD\x1dV\x00") == [2, *[0] * 6, 4, 7]


def test_initialising_again_before_anything_is_printed_begins_the_ticket_anew():
    assert counts(b"\x1b@\x1bt\x13\x1b@A") == [2, 5, 2, 3]
    assert counts(b"\x1b@A\x1b@B") == [2, 3, 5, 6]


def test_the_time_is_that_of_the_beginning():
    meter = TicketMeter()
    begun = []
    for at, command in enumerate(commands(b"\x1b@\x1b@A\nB\n\x1dV\x00\x1b@C")):
        meter.add(command, at=float(at))
        begun.append(meter.started_at)
    assert begun == [0, 1, 1, 1, 1, 1, 1, 7, 7]


def test_what_is_broken_off_does_not_count_for_the_next():
    meter = TicketMeter()
    meter.add(commands(b"AB")[0], at=0.0)
    meter.finish()
    assert meter.add(commands(b"\x1b@")[0], at=1.0) == 2
    assert meter.started_at == 1.0


@pytest.mark.parametrize(
    "raw", [b"\x10\x04\x01", b"\x1dr\x01", b"\x1dIC", b"\x1da\xff", b"\x1d(H\x06"]
)
def test_the_beginning_of_an_enquiry_may_be_one(raw):
    assert all(may_be_enquiry(raw[:size]) for size in range(1, len(raw)))


@pytest.mark.parametrize(
    "start", [b"", b"\x1dv0", b"\x1d(L", b"\x1d(k", b"\x1dk\x04", b"\x1b*!", b"\x1bE", b"\x1d8L"]
)
def test_the_beginning_of_an_image_is_none(start):
    assert not may_be_enquiry(start)
