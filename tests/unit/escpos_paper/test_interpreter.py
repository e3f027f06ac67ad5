"""The stream of bytes as commands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escpos_paper import Command, Interpreter, Kind, commands, text_bytes
from tests.unit.escpos_paper.real_world import full_ticket

REAL_TICKET = full_ticket()

ONE_OF_EACH = [
    (b"Hall\xf6", Kind.TEXT),
    (b"\n", Kind.LINE_FEED),
    (b"\r", Kind.CARRIAGE_RETURN),
    (b"\t", Kind.TAB),
    (b"\x0c", Kind.FORM_FEED),
    (b"\x18", Kind.CANCEL),
    (b"\0\0\0", Kind.NUL),
    (b"\x1b@", Kind.INITIALIZE),
    (b"\x1b!\x38", Kind.PRINT_MODE),
    (b"\x1d!\x11", Kind.SIZE),
    (b"\x1bE\x01", Kind.BOLD),
    (b"\x1bG\x01", Kind.BOLD),
    (b"\x1b-\x01", Kind.UNDERLINE),
    (b"\x1dB\x01", Kind.INVERSE),
    (b"\x1bM\x01", Kind.FONT),
    (b"\x1b{\x01", Kind.UPSIDE_DOWN),
    (b"\x1br\x01", Kind.COLOUR),
    (b"\x1ba\x01", Kind.ALIGN),
    (b"\x1bt\x13", Kind.CODE_PAGE),
    (b"\x1b2", Kind.LINE_SPACING),
    (b"\x1b3\x1e", Kind.LINE_SPACING),
    (b"\x1bD\x08\x10\x00", Kind.TAB_STOPS),
    (b"\x1b$\x10\x00", Kind.POSITION),
    (b"\x1dL\x10\x00", Kind.LEFT_MARGIN),
    (b"\x1dW\x10\x00", Kind.PRINT_WIDTH),
    (b"\x1bJ\x20", Kind.FEED_DOTS),
    (b"\x1bd\x03", Kind.FEED_LINES),
    (b"\x1b*\x00\x02\x00ab", Kind.BIT_IMAGE),
    (b"\x1b*\x21\x01\x00abc", Kind.BIT_IMAGE),
    (b"\x1dv0\x00\x01\x00\x02\x00ab", Kind.RASTER),
    (b"\x1d(L\x02\x0002", Kind.GRAPHICS),
    (b"\x1d8L\x02\x00\x00\x0002", Kind.GRAPHICS),
    (b"\x1d(k\x03\x001Q0", Kind.SYMBOL_2D),
    (b"\x1dk\x04ABC\x00", Kind.BARCODE),
    (b"\x1dkI\x03{Ba", Kind.BARCODE),
    (b"\x1dh\x40", Kind.BARCODE_HEIGHT),
    (b"\x1dw\x02", Kind.BARCODE_WIDTH),
    (b"\x1dH\x02", Kind.BARCODE_TEXT),
    (b"\x1dV\x00", Kind.CUT),
    (b"\x1dV\x31", Kind.CUT),
    (b"\x1dVA\x03", Kind.CUT),
    (b"\x1dVb\x03", Kind.CUT),
    (b"\x1bi", Kind.CUT),
    (b"\x1bm", Kind.CUT),
    (b"\x1bp\x00\x32\x32", Kind.DRAWER),
    (b"\x1bB\x02\x04", Kind.BUZZER),
    (b"\x1b(A\x03\x000\x01\x02", Kind.BUZZER),
    (b"\x1d(H\x06\x00000001", Kind.PROCESS_ID),
    (b"\x1dr\x01", Kind.STATUS),
    (b"\x1bv", Kind.STATUS),
    (b"\x1bu\x00", Kind.STATUS),
    (b"\x1da\xff", Kind.AUTO_STATUS),
    (b"\x1dIC", Kind.IDENTITY),
    (b"\x10\x04\x01", Kind.REAL_TIME_STATUS),
    (b"\x10\x04\x08\x01", Kind.REAL_TIME_STATUS),
    (b"\x10\x05\x02", Kind.REAL_TIME_REQUEST),
    (b"\x10\x14\x01\x00\x01", Kind.REAL_TIME_CONTROL),
    (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", Kind.REAL_TIME_CONTROL),
    (b"\x1b&\x03\x41\x42\x01abc\x02abcdef", Kind.OTHER),
    (b"\x1d*\x01\x02" + b"x" * 16, Kind.OTHER),
    (b"\x1bR\x02", Kind.OTHER),
    (b"\x1bL", Kind.OTHER),
    (b"\x1d(E\x02\x00ab", Kind.OTHER),
    (b"\x1cp\x01\x00", Kind.OTHER),
    (b"\x1c.", Kind.OTHER),
    (b"\x1b\x07", Kind.UNKNOWN),
    (b"\x1d\xff", Kind.UNKNOWN),
    (b"\x07", Kind.UNKNOWN),
]


def merged(found: list[Command]) -> list[Command]:
    """The commands with split runs of text and NULs put together again."""
    result: list[Command] = []
    for command in found:
        if result and command.kind is result[-1].kind and command.kind in (Kind.TEXT, Kind.NUL):
            result[-1] = result[-1]._replace(raw=result[-1].raw + command.raw)
        else:
            result.append(command)
    return result


@pytest.mark.parametrize(("raw", "kind"), ONE_OF_EACH, ids=lambda value: str(value))
def test_each_command_is_known_with_all_its_bytes(raw, kind):
    # The line feed shows where the next command begins.
    assert commands(raw + b"\n") == [(kind, raw), (Kind.LINE_FEED, b"\n")]


@pytest.mark.parametrize("raw", [raw for raw, _ in ONE_OF_EACH if len(raw) > 1])
def test_each_command_is_the_same_byte_by_byte(raw):
    interpreter = Interpreter()
    found = [command for byte in raw for command in interpreter.feed(bytes((byte,)))]
    assert merged(found) == commands(raw)
    assert interpreter.pending_bytes == 0


def test_a_real_ticket_has_nothing_unknown_in_it():
    kinds = {command.kind for command in commands(REAL_TICKET)}
    assert Kind.UNKNOWN not in kinds
    assert {Kind.TEXT, Kind.RASTER, Kind.GRAPHICS, Kind.BIT_IMAGE, Kind.SYMBOL_2D} <= kinds
    assert {Kind.BARCODE, Kind.BUZZER, Kind.DRAWER, Kind.CUT, Kind.CODE_PAGE} <= kinds


def test_a_real_ticket_split_at_any_one_byte_stays_the_same():
    whole = commands(REAL_TICKET)
    for position in range(0, len(REAL_TICKET), 7):
        interpreter = Interpreter()
        parts = interpreter.feed(REAL_TICKET[:position]) + interpreter.feed(REAL_TICKET[position:])
        assert merged(parts) == whole


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_any_bytes_give_the_same_commands_at_any_split(data, cuts):
    interpreter, whole = Interpreter(), Interpreter()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = []
    for start, end in pairwise(edges):
        found += interpreter.feed(data[start:end])
    assert merged(found) == merged(whole.feed(data))
    assert interpreter.pending_bytes == whole.pending_bytes


@given(data=st.binary(max_size=200).filter(lambda data: b"\x1d8" not in data))
@settings(max_examples=200)
def test_no_byte_is_lost_and_none_is_invented(data):
    # But for those of a command that announces more than a printer could hold.
    found = commands(data)
    size = sum(len(command.raw) for command in found)
    joined = b"".join(command.raw for command in found)
    assert joined == data or (size < len(data) and found[-1].kind is Kind.UNKNOWN)


@given(text=st.binary(min_size=1, max_size=60).filter(lambda data: min(data) >= 0x20))
def test_printable_bytes_are_text_and_nothing_else(text):
    assert commands(text) == [(Kind.TEXT, text)]
    assert text_bytes(b"\x1b@" + text + b"\n") == [text]


def test_text_bytes_leave_out_what_belongs_to_commands():
    data = b"\x1bE\x01AB\x1dk\x04SECRET\x00\n\x1dv0\x00\x01\x00\x01\x00XCD"
    assert text_bytes(data) == [b"AB", b"CD"]


def test_a_command_that_is_cut_off_at_the_end_is_reported_as_unknown():
    assert commands(b"A\x1dv0\x00\x05")[-1] == (Kind.UNKNOWN, b"\x1dv0\x00\x05")


def test_a_command_that_announces_gigabytes_is_swallowed_and_kept_out_of_memory():
    interpreter = Interpreter()
    found = interpreter.feed(b"\x1d8L" + (3 * 1024 * 1024).to_bytes(4, "little"))
    assert found == [(Kind.UNKNOWN, b"\x1d8")]
    for _ in range(3 * 1024):
        assert interpreter.feed(b"\x1b" * 1024) == []
        assert interpreter.pending_bytes == 0
    assert interpreter.feed(b"A") == [(Kind.TEXT, b"A")]


def test_a_barcode_without_an_end_stops_at_the_longest_that_there_is():
    found = commands(b"\x1dk\x04" + b"A" * 300)
    assert [command.kind for command in found] == [Kind.BARCODE, Kind.TEXT]
    assert len(found[0].raw) == 3 + 255


def test_a_reset_forgets_an_unfinished_command():
    interpreter = Interpreter()
    interpreter.feed(b"\x1dv0\x00\x10\x00\x10\x00abc")
    assert interpreter.pending_start == b"\x1dv0"
    interpreter.reset()
    assert interpreter.feed(b"A") == [(Kind.TEXT, b"A")]


def test_parameters_are_what_follows_the_name():
    assert commands(b"\x1b!\x38")[0].parameters == b"\x38"
