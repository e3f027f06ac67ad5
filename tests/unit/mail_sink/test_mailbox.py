"""The mailbox keeps the newest mails and no more than it may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_sink.mailbox import Mailbox


def put(box: Mailbox, content: bytes = b"Subject: x\r\n\r\n") -> int:
    return box.put("a@x.example", ("b@x.example",), content).number


def test_mails_are_numbered_and_found():
    box = Mailbox()
    assert [put(box), put(box)] == [1, 2]
    mail = box.mail(2)
    assert mail is not None
    assert (mail.sender, mail.recipients) == ("a@x.example", ("b@x.example",))
    assert box.mail(3) is None


def test_numbers_are_never_used_again():
    box = Mailbox()
    put(box)
    assert box.clear() == 1
    assert (len(box), box.held_bytes) == (0, 0)
    assert put(box) == 2
    assert box.taken == 2


@given(
    sizes=st.lists(st.integers(0, 60), max_size=40),
    most_mails=st.integers(1, 10),
    most_bytes=st.integers(60, 200),
)
def test_the_newest_are_kept_within_both_bounds(sizes, most_mails, most_bytes):
    box = Mailbox(most_mails, most_bytes)
    for size in sizes:
        put(box, b"x" * size)
    kept = [len(mail.content) for mail in box]
    assert len(kept) <= most_mails
    assert sum(kept) == box.held_bytes <= most_bytes
    assert kept == sizes[len(sizes) - len(kept) :]
    dropped = sizes[: len(sizes) - len(kept)]
    if dropped:
        assert len(kept) == most_mails or sum(kept) + dropped[-1] > most_bytes


async def test_who_waits_for_a_mail_gets_it_or_is_told():
    box = Mailbox()
    put(box)
    (mail,) = await box.wait_for(1, timeout_s=1)
    assert mail.number == 1
    with pytest.raises(TimeoutError):
        await box.wait_for(2, timeout_s=0.001)


def test_a_listener_hears_of_every_change_until_it_leaves():
    box = Mailbox()
    heard: list[int] = []
    with box.listener(lambda: heard.append(len(box))):
        put(box)
        put(box)
        box.clear()
    put(box)
    assert heard == [1, 2, 0]
