"""Epson's protocol on UDP: what a printer says to a packet."""

from __future__ import annotations

import pytest

from virtual_printer.enpc import answer
from virtual_printer.identity import Identity
from virtual_printer.models import MODELS

IDENTITY = Identity("kitchen-1", MODELS["tm-t20iii"])


def query(function: int, kind: bytes = b"EPSONQ", device: bytes = b"\x03\x00") -> bytes:
    return kind + device + function.to_bytes(2, "big") + bytes(4)


def said(packet: bytes) -> bytes | None:
    return answer(packet, IDENTITY, lambda: b"\x10\x00\x00\x00")


def test_the_basic_information_has_the_shape_of_a_real_answer():
    # The first bytes of what a TM-T88V once said, in a thread about this protocol.
    real = bytes.fromhex("4550534f4e71 0300 0000 0000 0085 0005200264")
    found = said(query(0))
    assert found is not None
    assert found.startswith(real + b"TM-T20III\0")
    assert len(found) == 147


def test_the_longer_query_of_some_hosts_is_answered_too():
    # From the same thread: a result that is not 0, and two bytes more than the header.
    assert said(bytes.fromhex("4550534f4e51 0300 0000 1000 0000 0000")) == said(query(0))


def test_the_address_is_where_a_public_driver_looks_for_it():
    found = said(query(1))
    assert found is not None
    assert len(found) == 184
    assert found[14:20] == IDENTITY.hardware_address
    assert found[56:].rstrip(b"\0") == b"TM-T20III"


def test_the_status_is_that_of_automatic_status_back():
    assert said(query(0x10)) == query(0x10, b"EPSONq")[:12] + b"\x00\x04" + b"\x10\x00\x00\x00"


@pytest.mark.parametrize("function", [0x11, 0x12, 0x13, 0x16, 0xFFFF])
def test_every_other_function_is_unsupported(function):
    assert said(query(function)) == query(function, b"EPSONq")[:10] + b"\xff\xff\x00\x00"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"EPSONQ\x03\x00",
        query(0, b"EPSONq"),
        query(0, b"EPSONC"),
        query(0, b"NOSPEQ"),
        query(0, device=b"\x04\x00"),
        query(0, device=b"\x03\x01"),
    ],
)
def test_what_is_no_query_to_a_printer_is_not_answered(packet):
    assert said(packet) is None
