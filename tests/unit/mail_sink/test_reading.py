"""Whatever arrives can be shown."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail_sink.reading import MOST_PARTS, read

HEADERS = [b"Subject: ", b"Content-Type: ", b"Content-Transfer-Encoding: ", b"From: ", b"X: "]
VALUES = [
    b"multipart/mixed; boundary=a",
    b"text/html; charset=no-such",
    b"text/plain; charset*=x'y'%ff",
    b"base64",
    b"uuencode",
    b"=?utf-8?b?!!!?=",
    b"=?no-such?q?=FF?=",
    b"=?utf-8?q?=ED=A0=80?=",
    b"message/rfc822",
    b"\xff\xfe",
]
LINES = [b"--a", b"--a--", b"", b"begin 644 x", b"\x00", b"end"]
pieces = st.one_of(
    st.builds(bytes.__add__, st.sampled_from(HEADERS), st.sampled_from(VALUES)),
    st.sampled_from(LINES),
    st.binary(max_size=30),
)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Papier ist aus: Küche"
    message["From"] = "Bonfire <bonfire@bosco.example>"
    message.set_content("Grüße\n")
    return message


def test_a_mail_with_everything_is_read():
    message = letter()
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(
        b"12345", maintype="application", subtype="pdf", filename="Übersicht.pdf"
    )
    reading = read(message.as_bytes())
    assert reading.header("subject") == "Papier ist aus: Küche"
    assert (reading.text, reading.html) == ("Grüße\n", "<p>Grüße</p>\n")
    (attachment,) = reading.attachments
    assert attachment.content_type == "application/pdf"
    assert (attachment.name, attachment.size_bytes) == ("Übersicht.pdf", 5)


def test_what_a_mail_lacks_is_none():
    reading = read(letter().as_bytes())
    assert reading.html is None
    assert reading.attachments == ()
    assert reading.header("Cc") == ""


def test_an_attached_text_is_not_taken_for_the_mail():
    message = letter()
    message.add_attachment("a log", filename="log.txt")
    reading = read(message.as_bytes())
    assert reading.text == "Grüße\n"
    assert [each.name for each in reading.attachments] == ["log.txt"]


def test_a_header_in_words_that_nobody_can_decode_is_shown_as_it_came():
    assert read(b"Subject: =?no-such?q?=41?=\n\n").header("Subject") == "=?no-such?q?=41?="


@pytest.mark.parametrize("charset", ["no-such", "utf-16", "rot13", "base64"])
def test_a_text_in_no_known_letters_is_shown_all_the_same(charset):
    content = f'Content-Type: text/plain; charset="{charset}"\n\nhello'.encode()
    assert read(content).text


def test_a_mail_that_nests_without_end_is_shown():
    depth = 3000
    content = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (each, each)
        for each in range(depth)
    )
    reading = read(content + b"Content-Type: text/plain\n\nhello")
    assert reading.text is None or "boundary" in reading.text or "hello" in reading.text


def test_a_mail_of_thousands_of_parts_is_read_to_the_bound():
    content = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 3000
    assert len(read(content).attachments) < MOST_PARTS


@given(content=st.lists(pieces, max_size=30).map(b"\n".join))
@example(content=b"Content-Type: text/plain; charset*=x'y'%ff\n\n\xff")
@example(content=b"Content-Disposition: attachment; filename*=no-such''%41\n\n")
def test_any_bytes_can_be_read_and_sent_on_as_text(content):
    reading = read(content)
    shown = [reading.text or "", reading.html or ""]
    shown += [part for header in reading.headers for part in header]
    shown += [each.name + each.content_type for each in reading.attachments]
    "".join(shown).encode("utf-8")
