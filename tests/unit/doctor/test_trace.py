"""A conversation with a printer, written down so that a person can read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.testing import FakeClock
from print_agent.doctor.decoding import Conversation
from print_agent.doctor.trace import Trace, TracingLink
from print_agent.printers import commands
from print_agent.printers.exchange import Exchange
from print_agent.printers.link import Listener


class EchoingLink:
    """Implements `Link`; says what it is told to say."""

    def __init__(self, room: int = 4096) -> None:
        self.room = room
        self.told: list[str] = []
        self.listener: Listener | None = None

    def listen(self, listener: Listener) -> None:
        self.listener = listener

    def poll(self) -> None:
        self.told.append("poll")

    def write(self, data: memoryview) -> int:
        return min(len(data), self.room)

    async def wait_writable(self, timeout_s: float) -> None:
        self.told.append(f"wait {timeout_s}")

    def finish(self) -> None:
        self.told.append("finish")

    def close(self) -> None:
        self.told.append("close")


class Ear:
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.end: list[OSError | None] = []

    def received(self, data: bytes) -> None:
        self.heard.append(data)

    def ended(self, error: OSError | None) -> None:
        self.end.append(error)


def traced(room: int = 4096) -> tuple[Trace, TracingLink, EchoingLink, Ear]:
    trace, link, ear = Trace(FakeClock()), EchoingLink(room), Ear()
    tracing = TracingLink(link, trace)
    tracing.listen(ear)
    return trace, tracing, link, ear


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            commands.ASK_STATUS,
            "DLE EOT 1 (printer?), DLE EOT 2 (why offline?), DLE EOT 3 (error?), "
            "DLE EOT 4 (paper?)",
        ),
        (commands.INITIALIZE, "ESC @ (initialize)"),
        (commands.ask_printed(b"aB3!"), 'GS ( H "aB3!" (printed?)'),
        (commands.ASK_IN_ORDER, "GS r 1 (processed?)"),
        (commands.STATUS_BACK, "GS a 255 (tell changes)"),
        (b"".join(commands.ASK_IDENTITY[:2]), "GS I 66 (maker?), GS I 67 (model?)"),
        (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "DLE DC4 8 (clear the buffers)"),
        (b"\x10\x05\x01", "DLE ENQ 1 (recover)"),
        (commands.FLUSH, "8192 x NUL, ESC @ (initialize)"),
        (b"x\x1b@yz", "1 byte, ESC @ (initialize), 2 bytes"),
        (b"", ""),
    ],
)
def test_what_we_send_is_called_by_the_names_of_its_commands(data: bytes, words: str):
    assert Conversation().sent(data) == words


@given(st.binary(max_size=60))
def test_whatever_is_sent_or_heard_can_be_written_down(data: bytes):
    trace = Trace(FakeClock())
    trace.sent(data)
    trace.received(data)
    assert trace.text().isprintable() or "\n" in trace.text()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x12", "DLE EOT: 12"),
        (b"\x10\x00\x00\x00", "status back: 10 00 00 00"),
        (b"\x00", "not asked for: 00"),
        (b"\x37\x22aB3!\0", 'GS ( H: printed "aB3!"'),
        (b"\x5fTM-T20III\0", 'GS I: "TM-T20III"'),
        (b"\x37\x25\0", "buffers cleared"),
        (b"\x13\x11", "XOFF, XON"),
        (b"\x3babc\0", "a block of 4 bytes"),
        (b"\xff", "not an answer: 1 byte"),
        (b"\x5fTM", "the beginning of an answer"),
    ],
)
def test_what_a_printer_says_is_called_by_what_it_answers(data: bytes, words: str):
    trace = Trace(FakeClock())
    trace.received(data)
    assert trace.lines[0].words == words


def test_a_byte_alone_is_named_by_the_question_that_it_answers():
    conversation = Conversation()
    for code in commands.ASK_CODES:
        conversation.sent(code + commands.ASK_MODEL)
    conversation.sent(commands.ASK_IN_ORDER)
    said = b"".join(bytes((value,)) + b"\x5fTM-T20III\0" for value in (0x20, 0x02, 0x01)) + b"\0"
    assert conversation.received(said) == (
        'GS I 1: 20, GS I: "TM-T20III", GS I 2: 02, GS I: "TM-T20III", '
        'GS I 3: 01, GS I: "TM-T20III", GS r 1: 00'
    )
    assert conversation.received(b"\0") == "not asked for: 00"


def test_a_question_that_was_skipped_gives_no_other_answer_its_name():
    conversation = Conversation()
    conversation.sent(commands.ASK_CODES[0] + commands.ASK_MODEL + commands.ASK_CODES[1])
    assert conversation.received(b"\x5fTM-T20III\0\x02") == 'GS I: "TM-T20III", GS I 2: 02'
    conversation.sent(commands.ASK_IN_ORDER + commands.ask_printed(b"aB3!") + commands.ASK_CODES[2])
    assert conversation.received(b"\x37\x22aB3!\0\x01") == 'GS ( H: printed "aB3!", GS I 3: 01'


def test_questions_that_nobody_answers_fill_no_memory():
    conversation = Conversation()
    for _ in range(1000):
        conversation.sent(commands.ASK_IN_ORDER)
    assert len(conversation._due) == 64


def test_an_answer_that_comes_in_two_pieces_is_named_once_it_is_whole():
    trace = Trace(FakeClock())
    trace.received(b"\x5fTM-")
    trace.received(b"T20\0")
    assert [line.words for line in trace.lines] == ["the beginning of an answer", 'GS I: "TM-T20"']


async def test_times_count_from_the_first_line():
    clock = FakeClock()
    trace = Trace(clock)
    trace.note("connected")
    await clock.advance(0.25)
    trace.sent(b"\x1b@")
    assert trace.text() == ("  0.0000  -  connected\n  0.2500  >  1b 40  | ESC @ (initialize)")


def test_only_bytes_that_were_taken_count_as_sent():
    trace, tracing, _, _ = traced(room=2)
    assert tracing.write(memoryview(b"\x1b@\x1dr\x01")) == 2
    assert trace.lines[-1].data == b"\x1b@"


async def test_everything_reaches_the_link_and_the_listener():
    trace, tracing, link, ear = traced()
    tracing.poll()
    await tracing.wait_writable(1.5)
    tracing.finish()
    tracing.close()
    assert link.listener is not None
    link.listener.received(b"\x12")
    link.listener.ended(None)
    assert link.told == ["poll", "wait 1.5", "finish", "close"]
    assert (ear.heard, ear.end) == ([b"\x12"], [None])
    assert [line.words for line in trace.lines] == [
        "connected",
        "we have nothing more to say",
        "closed",
        "DLE EOT: 12",
        "it closed",
    ]


def test_a_broken_connection_is_told_with_the_systems_words():
    trace, _, link, ear = traced()
    assert link.listener is not None
    link.listener.ended(ConnectionResetError(104, "Connection reset by peer"))
    assert "Connection reset by peer" in trace.lines[-1].words
    assert ear.end[0] is not None


def test_an_exchange_talks_through_it_as_through_any_link():
    trace = Trace(FakeClock())
    exchange = Exchange(TracingLink(EchoingLink(), trace))
    exchange.command(commands.ASK_IN_ORDER)
    assert trace.lines[-1].words == "GS r 1 (processed?)"


def test_a_device_that_floods_us_fills_no_file():
    trace = Trace(FakeClock())
    for _ in range(400):
        trace.received(b"\xff" * 256)
    assert len(trace.lines) == 301
    assert trace.lines[-1].words.startswith("and so on")
    assert len(trace.text()) < 100_000


def test_a_conversation_that_never_began_says_so():
    assert Trace(FakeClock()).text() == "nothing was said"
