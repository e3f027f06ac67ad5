"""The parser of a printer's replies."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.printers.replies import (
    BufferCleared,
    Flow,
    Garbage,
    Identity,
    InOrderStatus,
    OtherBlock,
    Printed,
    RealtimeStatus,
    Reply,
    ReplyParser,
    StatusBack,
)

REALTIME = [byte for byte in range(256) if byte & 0x93 == 0x12]
PLAIN = [byte for byte in range(256) if byte & 0x90 == 0]
STATUS_FIRST = [byte for byte in range(256) if byte & 0x93 == 0x10]
TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)


def _realtime(byte: int) -> tuple[bytes, Reply]:
    return bytes([byte]), RealtimeStatus(byte)


def _in_order(byte: int) -> tuple[bytes, Reply]:
    return bytes([byte]), InOrderStatus(byte)


def _status_back(parts: tuple[int, list[int]]) -> tuple[bytes, Reply]:
    whole = bytes([parts[0], *parts[1]])
    return whole, StatusBack(whole)


def _printed(text: str) -> tuple[bytes, Reply]:
    return b"\x37\x22" + text.encode() + b"\0", Printed(text.encode())


def _identity(text: str) -> tuple[bytes, Reply]:
    return b"\x5f" + text.encode() + b"\0", Identity(text)


REPLIES = st.one_of(
    st.sampled_from(REALTIME).map(_realtime),
    st.sampled_from(PLAIN).map(_in_order),
    st.tuples(
        st.sampled_from(STATUS_FIRST), st.lists(st.sampled_from(PLAIN), min_size=3, max_size=3)
    ).map(_status_back),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=4).map(
        _printed
    ),
    TEXT.map(_identity),
    st.just((b"\x37\x25\0", BufferCleared())),
    st.sampled_from([(b"\x11", Flow(on=True)), (b"\x13", Flow(on=False))]),
    st.just((b"\x3dwho?\0", OtherBlock(b"\x3dwho?"))),
)


def _feed_split(data: bytes, cuts: list[int]) -> list[Reply]:
    parser = ReplyParser()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    return [reply for piece in pieces for reply in parser.feed(piece)]


@given(st.lists(REPLIES, max_size=30), st.lists(st.integers(0, 10_000), max_size=20))
def test_any_mixture_of_replies_is_told_apart_at_any_split(replies, cuts):
    data = b"".join(raw for raw, _ in replies)
    assert _feed_split(data, cuts) == [reply for _, reply in replies]


@given(st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=20))
def test_any_bytes_at_all_mean_the_same_at_any_split(data, cuts):
    assert _feed_split(data, cuts) == ReplyParser().feed(data)


@given(st.binary(max_size=300))
def test_garbage_holds_back_no_more_than_one_block(data):
    parser = ReplyParser()
    parser.feed(data)
    # A NUL or three ends whatever is in hand; then the parser is in step with any sure reply.
    parser.feed(b"\0\0\0\x12")
    assert parser.feed(b"\x12\x37\x22abcd\0") == [RealtimeStatus(0x12), Printed(b"abcd")]


@given(st.lists(st.sampled_from(PLAIN), max_size=3), st.lists(st.sampled_from(PLAIN), max_size=9))
def test_a_torn_automatic_status_never_passes_for_a_confirmation(kept, later):
    torn = bytes([0x10, *kept[:2]]) + b"\xff" + bytes(later)
    assert not any(isinstance(reply, InOrderStatus) for reply in ReplyParser().feed(torn))


@pytest.mark.parametrize("sure", [b"\x12", b"\x10\0\0\0", b"\x37\x22abcd\0", b"\x5fX\0"])
def test_after_garbage_a_sure_reply_brings_the_parser_back_in_step(sure):
    replies = ReplyParser().feed(b"\xff\x00" + sure + b"\x00")
    assert replies[:2] == [Garbage(b"\xff"), Garbage(b"\x00")]
    assert replies[-1] == InOrderStatus(0)


def test_flow_control_after_garbage_does_not_bring_it_back_in_step():
    assert ReplyParser().feed(b"\xff\x11\x00")[-1] == Garbage(b"\x00")


def test_an_automatic_status_that_breaks_off_gives_way_to_the_next_reply():
    assert ReplyParser().feed(b"\x10\x00\x12") == [Garbage(b"\x10\x00"), RealtimeStatus(0x12)]


def test_a_block_that_breaks_off_gives_way_to_the_next_reply():
    assert ReplyParser().feed(b"\x5fTM\x12") == [Garbage(b"\x5fTM"), RealtimeStatus(0x12)]


def test_a_block_without_an_end_is_dropped_at_its_greatest_length():
    replies = ReplyParser().feed(b"\x5f" + b"A" * 500)
    assert replies[0] == Garbage(b"\x5f" + b"A" * 95)


def test_a_process_id_of_another_length_confirms_nothing():
    assert ReplyParser().feed(b"\x37\x22abc\0") == [OtherBlock(b"\x37\x22abc")]


def test_text_that_is_not_ascii_stays_readable():
    assert ReplyParser().feed(b"\x5fTM\xff\0") == [Identity("TM�")]
