"""Commands that a printer obeys on arrival, wherever they stand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from escpos_paper import Kind, RealTimeScanner
from escpos_paper.real_time import CLEAR_BUFFERS

REAL_TIME = [
    *(b"\x10\x04" + bytes((n,)) for n in (1, 2, 3, 4)),
    *(b"\x10\x05" + bytes((n,)) for n in (0, 1, 2)),
    b"\x10\x14\x01\x00\x05",
    b"\x10\x14\x02\x01\x08",
    CLEAR_BUFFERS,
]


def scan(*chunks: bytes) -> list[bytes]:
    scanner = RealTimeScanner()
    return [found.command.raw for chunk in chunks for found in scanner.feed(chunk)]


def test_a_question_inside_an_image_is_a_question():
    image = b"\x1dv0\x00\x04\x00\x01\x00" + b"\xff\x10\x04\x01"
    scanner = RealTimeScanner()
    (found,) = scanner.feed(image + b"tail")
    assert found.command == (Kind.REAL_TIME_STATUS, b"\x10\x04\x01")
    assert found.end == len(image)


def test_what_only_looks_alike_is_none():
    assert scan(b"\x10\x04\x05\x10\x05\x03\x10\x14\x08\x01\x03\x14\x01\x06\x02\x09\x10\x10") == []


def test_a_repeated_lead_byte_does_not_hide_the_command():
    assert scan(b"\x10\x10\x04\x02") == [b"\x10\x04\x02"]


def test_the_end_is_counted_in_the_chunk_that_completed_the_command():
    scanner = RealTimeScanner()
    assert scanner.feed(b"abc\x10\x04") == []
    assert [found.end for found in scanner.feed(b"\x01xyz")] == [1]


def test_a_reset_forgets_the_beginning_of_a_command():
    scanner = RealTimeScanner()
    scanner.feed(b"\x10\x04")
    scanner.reset()
    assert scanner.feed(b"\x01") == []


NOISE = st.binary(max_size=6).filter(lambda data: b"\x10" not in data)


@given(
    parts=st.lists(st.tuples(NOISE, st.sampled_from(REAL_TIME)), max_size=8),
    cuts=st.lists(st.integers(0, 120), max_size=12),
)
def test_every_command_is_found_once_at_any_split(parts, cuts):
    data = b"".join(noise + command for noise, command in parts)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in pairwise(edges)]
    assert scan(*chunks) == [command for _, command in parts]


@given(
    data=st.lists(st.sampled_from(b"\x10\x04\x05\x14\x01\x08\x03\x06\x02"), max_size=60).map(bytes),
    cuts=st.lists(st.integers(0, 60), max_size=8),
)
def test_bytes_made_of_beginnings_are_read_the_same_at_any_split(data, cuts):
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in pairwise(edges)]
    assert scan(*chunks) == scan(data)
