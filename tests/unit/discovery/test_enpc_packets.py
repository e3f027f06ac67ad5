"""Packets of Epson's own protocol."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.discovery.enpc import QUERY, model_in

HEADER = b"EPSONq\x03\x00"


def answer(data: bytes, *, function: int = 0, result: int = 0, length: int | None = None) -> bytes:
    length = len(data) if length is None else length
    return HEADER + struct.pack(">HHH", function, result, length) + data


def test_the_question_is_the_query_of_the_basic_information():
    assert QUERY.hex(" ") == "45 50 53 4f 4e 51 03 00 00 00 00 00 00 00"


def test_the_answer_of_a_tm_t88v_names_it():
    data = bytes.fromhex("0005200264") + b"TM-T88V".ljust(128, b"\0")
    packet = answer(data)
    assert len(packet) == 147  # as one printer was seen to answer
    assert model_in(packet) == "TM-T88V"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"EPSONq",
        QUERY,  # our own question, heard again
        answer(b"abc", function=0x10),
        answer(b"abc", result=0xFFFF),
        answer(b"abc", length=4),
    ],
)
def test_what_is_no_such_answer_is_nothing(packet: bytes):
    assert model_in(packet) is None


@pytest.mark.parametrize("data", [b"", b"\0\5 ", bytes(8), b"\0\5 \2dTM\x1b[31m\0", b"12345\xff\0"])
def test_an_answer_without_a_readable_name_counts_without_one(data: bytes):
    assert model_in(answer(data)) in ("", "\ufffd")


@given(st.binary(max_size=200))
def test_no_packet_makes_trouble(packet: bytes):
    model_in(packet)
    model_in(HEADER + packet)
