"""What a printer has said on one connection."""

from __future__ import annotations

from bonfire.errors import Reason
from print_agent.printers import Status
from print_agent.printers.inbox import Inbox


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
    assert inbox.garbage == 1000
