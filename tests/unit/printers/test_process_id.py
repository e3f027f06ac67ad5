"""The ids by which a printer names the ticket that it printed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from print_agent.printers.process_id import COUNT, ProcessIds, encode, is_valid


@given(st.integers(0, COUNT - 2))
def test_neighbours_differ_and_all_are_printable(number):
    assert is_valid(encode(number))
    assert b" " not in encode(number)
    assert encode(number) != encode(number + 1)


@given(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1))
def test_two_numbers_share_an_id_only_if_they_are_the_same(one, other):
    assert (encode(one) == encode(other)) == (one == other)


def test_the_last_is_followed_by_the_first():
    ids = ProcessIds(COUNT - 1)
    assert [ids.take(), ids.take()] == [encode(COUNT - 1), encode(0)]


def test_two_starts_are_almost_surely_different():
    assert len({ProcessIds().take() for _ in range(20)}) > 1


def test_an_id_has_four_printable_characters():
    assert not is_valid(b"abc")
    assert not is_valid(b"abc\0")
    assert not is_valid(b"abcde")
