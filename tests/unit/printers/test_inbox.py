"""What a printer has said on one connection."""

from __future__ import annotations

import itertools
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bonfire.errors import Reason
from print_agent.printers import Status, status
from print_agent.printers.inbox import Inbox

REALTIME = [byte for byte in range(256) if byte & 0x93 == 0x12]
ANSWERS = st.tuples(*[st.sampled_from(REALTIME)] * 4).map(bytes)
# Of a printer that is not in every kind of trouble at the same time.
LIKELY_ANSWERS = ANSWERS.filter(lambda answers: min(answers) < 0x20)
# What a real printer may say between its answers: automatic status, GS r, flow control, a word.
ASIDES = st.sampled_from([b"\x10\0\0\0", b"\x18\x40\x0c\0", b"\0", b"\x0f", b"\x11", b"\x13"]) | (
    st.sampled_from([b"\x37\x22ab2r\0", b"\x5fTM-T20III\0"])
)
NOISE = st.integers(0x80, 0xFF).map(lambda byte: bytes((byte,)))
TEXT = st.text(string.printable.replace("\x0b", "").replace("\x0c", ""), max_size=400).map(
    str.encode
)
BANNERS = (
    b"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n"
    b"Date: Tue, 22 Dec 2026 22:22:26 GMT\r\n\r\n",
    b"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n",
    b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\nInvalid SSH identification string.\r\n",
    b"+OK Dovecot ready.\r\n* OK [CAPABILITY IMAP4rev1] 22:22:22\r\n",
    b'@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="Ready :rrrr"\r\n\x0c',
    b"\r\n2222 >>>> rrrr\r\n",
    b"0 ma22:22:22",  # begins like an automatic status
    b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfb\x03 login: user, prove yourself: ~~~~",  # telnet
)


def fed(data: bytes, cuts: list[int]) -> Inbox:
    """Of a printer that was asked, in pieces."""
    inbox = Inbox()
    inbox.expect_status()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        inbox.feed(data[start:end])
    return inbox


CUTS = st.lists(st.integers(0, 10_000), max_size=10)


def test_four_realtime_answers_make_one_status_however_they_arrive():
    inbox = Inbox()
    inbox.expect_status()
    for byte in b"\x1a\x16\x12":
        inbox.feed(bytes([byte]))
    assert inbox.answered == 0
    assert inbox.half_answered
    inbox.feed(b"\x12")
    assert inbox.answered == 1
    assert inbox.status == Status(Reason.COVER_OPEN)


def test_other_replies_between_the_answers_do_not_shift_them():
    inbox = Inbox()
    inbox.expect_status()
    inbox.feed(b"\x1a\x10\0\0\0\x16\x37\x22abcd\0\x12\0\x12")
    assert inbox.status == Status(Reason.COVER_OPEN)
    assert inbox.has_word(b"abcd")
    assert inbox.in_order == 1


def test_an_answer_that_nobody_asked_for_does_not_shift_the_next_four():
    inbox = Inbox()
    inbox.feed(b"\x12")
    inbox.expect_status()
    inbox.feed(b"\x1a\x16\x12\x12")
    assert inbox.status == Status(Reason.COVER_OPEN)


def test_late_answers_to_an_earlier_question_complete_it():
    inbox = Inbox()
    inbox.expect_status()
    inbox.feed(b"\x1a\x16")
    inbox.expect_status()
    inbox.feed(b"\x12\x12")
    assert inbox.status == Status(Reason.COVER_OPEN)
    inbox.feed(b"\x12\x12\x12\x12")
    assert inbox.status == Status()


def test_an_unasked_status_is_heard():
    inbox = Inbox()
    inbox.feed(b"\x18\x00\x0c\x00")
    assert inbox.status == Status(Reason.PAPER_OUT)
    assert inbox.answered == 0


def test_it_keeps_only_the_latest_of_what_a_mad_printer_says():
    inbox = Inbox()
    for number in range(1000):
        inbox.feed(b"\x37\x22%04d\0\x5fX\0\xff\x11" % number)
    assert inbox.has_word(b"0999")
    assert not inbox.has_word(b"0000")
    assert len(inbox.identities) == 16
    assert inbox.strange == 1000


# -- what only looks like a status


@pytest.mark.parametrize("banner", BANNERS)
def test_what_another_server_says_is_no_status(banner: bytes):
    inbox = fed(banner, [])
    assert inbox.answered == 0
    assert inbox.strange


@given(TEXT, CUTS)
def test_no_text_is_a_status(text: bytes, cuts: list[int]):
    assume(not set(text[:4]) <= set(REALTIME))  # such a one cannot be told from four troubles
    inbox = fed(text, cuts)
    assert inbox.answered == 0
    assert inbox.strange or len(text) < 100  # what is short may be the beginning of something


@given(st.sampled_from(BANNERS), st.binary(max_size=300), CUTS)
def test_what_begins_like_another_server_stays_one_whatever_follows(
    banner: bytes, tail: bytes, cuts: list[int]
):
    assert fed(banner + tail, cuts).answered == 0


@given(st.lists(NOISE, min_size=5, max_size=50), ANSWERS, CUTS)
def test_four_answers_that_are_lost_in_other_bytes_are_no_status(
    noise: list[bytes], answers: bytes, cuts: list[int]
):
    assert fed(b"".join(noise) + answers, cuts).answered == 0


# -- what is one all the same


@given(ANSWERS, CUTS)
@example(b"\x3a\x72\x32\x7e", [])  # every one of them is a letter, too
def test_four_answers_are_a_status_whatever_they_say(answers: bytes, cuts: list[int]):
    inbox = fed(answers, cuts)
    assert (inbox.answered, inbox.status) == (1, status.of_realtime(answers))


@given(LIKELY_ANSWERS, st.lists(st.lists(ASIDES, max_size=4), min_size=4, max_size=4), CUTS)
def test_a_printer_s_other_words_between_its_answers_do_no_harm(
    answers: bytes, asides: list[list[bytes]], cuts: list[int]
):
    said = b"".join(
        b"".join(before) + bytes((answer,)) for before, answer in zip(asides, answers, strict=True)
    )
    inbox = fed(said, cuts)
    assert (inbox.answered, inbox.status) == (1, status.of_realtime(answers))


@given(LIKELY_ANSWERS, st.lists(st.tuples(st.integers(0, 4), NOISE), max_size=4), CUTS)
def test_a_little_noise_does_not_spoil_the_answers(
    answers: bytes, noise: list[tuple[int, bytes]], cuts: list[int]
):
    pieces = [bytes((answer,)) for answer in answers]
    for at, byte in noise:
        pieces.insert(at, byte)
    inbox = fed(b"".join(pieces), cuts)
    assert (inbox.answered, inbox.status) == (1, status.of_realtime(answers))


@given(st.lists(NOISE, max_size=100), ANSWERS)
def test_after_any_noise_the_next_question_has_its_answer(noise: list[bytes], answers: bytes):
    inbox = fed(b"".join(noise), [])
    inbox.expect_status()
    inbox.feed(answers)
    assert (inbox.answered, inbox.status) == (1, status.of_realtime(answers))


@given(LIKELY_ANSWERS, st.integers(0, 4))
def test_answers_that_come_late_complete_the_first_question(answers: bytes, in_time: int):
    inbox = fed(answers[:in_time], [])
    inbox.expect_status()
    inbox.feed(b"\xff" + answers[in_time:] + answers)
    assert (inbox.answered, inbox.status) == (2, status.of_realtime(answers))
