"""What commands put on the paper, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escpos_paper import (
    Align,
    Command,
    Cut,
    Feed,
    Interpreter,
    Kind,
    Line,
    Paper,
    Run,
    Style,
    tickets,
)
from tests.unit.escpos_paper.real_world import full_ticket


def printed(data: bytes, columns: int = 48):
    """The blocks of the one ticket that comes of these bytes."""
    (ticket,) = tickets(data, columns)
    return ticket.blocks


def first_run(data: bytes) -> Run:
    line = printed(data)[0]
    assert isinstance(line, Line)
    return line.runs[0]


def test_text_waits_in_its_line_until_something_prints_it():
    paper = Paper()
    assert paper.apply(Command(Kind.TEXT, b"Pizza")) == []
    assert paper.has_unprinted_line
    (line,) = paper.apply(Command(Kind.LINE_FEED, b"\n"))
    assert line == Line((Run("Pizza", Style(), 0),), Align.LEFT, 30)
    assert not paper.has_unprinted_line


def test_a_line_that_is_full_prints_itself_at_the_last_column():
    assert tickets(b"x" * 100 + b"\n")[0].text() == "\n".join(["x" * 48, "x" * 48, "x" * 4])
    assert tickets(b"x" * 40 + b"\n", columns=32)[0].text() == "x" * 32 + "\n" + "x" * 8


def test_a_line_of_exactly_the_width_is_one_line():
    assert tickets(b"x" * 48 + b"\n")[0].text() == "x" * 48


def test_wide_text_fills_the_line_twice_as_fast():
    assert tickets(b"\x1d!\x10" + b"x" * 25 + b"\n")[0].text() == "x" * 24 + "\nx"


def test_a_character_wider_than_the_line_is_printed_and_the_line_ends():
    data = b"\x1dW\x0c\x00\x1d!\x70AB\n"
    assert tickets(data)[0].text() == "A\nB"


@pytest.mark.parametrize(
    ("command", "style"),
    [
        (b"\x1bE\x01", Style(bold=True)),
        (b"\x1bG\x01", Style(bold=True)),
        (b"\x1b-\x01", Style(underline=True)),
        (b"\x1b-2", Style(underline=True)),
        (b"\x1dB\x01", Style(inverse=True)),
        (b"\x1bM\x01", Style(font="B")),
        (b"\x1bM1", Style(font="B")),
        (b"\x1b{\x01", Style(upside_down=True)),
        (b"\x1d!\x11", Style(width=2, height=2)),
        (b"\x1d!\x27", Style(width=3, height=8)),
        (b"\x1b!\x20", Style(width=2)),
        (b"\x1b!\x10", Style(height=2)),
        (b"\x1b!\x89", Style(font="B", bold=True, underline=True)),
        (b"\x1bE\x01\x1dB\x01", Style(bold=True, inverse=True)),
        (b"\x1dB\x01\x1b!\x08", Style(bold=True, inverse=True)),
    ],
)
def test_a_style_holds_from_its_command_on_and_ends_with_initialise(command, style):
    assert first_run(command + b"A\n").style == style
    assert first_run(command + b"\x1b@A\n").style == Style()


def test_a_style_is_switched_off_again():
    (line, _) = printed(b"\x1bE\x01A\x1bE\x00B\n\x1dV\x00")
    assert [(run.text, run.style.bold) for run in line.runs] == [("A", True), ("B", False)]


def test_text_of_one_style_is_one_run_however_often_the_style_is_set():
    assert first_run(b"A\x1bE\x00\x1bt\x13B\n").text == "AB"


def test_a_run_knows_its_column():
    (line,) = printed(b"AB\x1bE\x01C\x1d!\x11DE\x1d!\x00F\n")
    assert [(run.text, run.column) for run in line.runs] == [
        ("AB", 0),
        ("C", 2),
        ("DE", 3),
        ("F", 7),
    ]


@pytest.mark.parametrize(
    ("align", "x_dots"), [(b"\x00", 0), (b"\x01", 276), (b"1", 276), (b"\x02", 552), (b"2", 552)]
)
def test_alignment_moves_the_line(align, x_dots):
    assert first_run(b"\x1ba" + align + b"AB\n").x_dots == x_dots


def test_alignment_in_the_middle_of_a_line_is_ignored_as_by_the_printer():
    assert first_run(b"A\x1ba\x02B\n").x_dots == 0


def test_alignment_of_several_styles_keeps_them_together():
    (line,) = printed(b"\x1ba\x02A\x1bE\x01BC\n")
    assert [run.x_dots for run in line.runs] == [576 - 36, 576 - 24]


def test_tabs_go_to_every_eighth_column_or_to_those_that_were_set():
    (line,) = printed(b"A\tB\tC\n")
    assert [run.column for run in line.runs] == [0, 8, 16]
    (line,) = printed(b"\x1bD\x05\x0a\x00A\tB\tC\tD\n")
    assert [(run.text, run.column) for run in line.runs] == [("A", 0), ("B", 5), ("CD", 10)]


def test_position_margin_and_width_are_obeyed():
    (line,) = printed(b"A\x1b$\x78\x00B\n")
    assert [run.x_dots for run in line.runs] == [0, 120]
    assert first_run(b"\x1dL\x18\x00A\n").x_dots == 24
    assert tickets(b"\x1dW\x3c\x00" + b"x" * 7 + b"\n")[0].text() == "xxxxx\nxx"


def test_a_position_beyond_the_line_and_a_margin_within_it_are_ignored():
    (line,) = printed(b"A\x1b$\xff\xffB\x1dL\x18\x00\x1dW\x18\x00C\n")
    assert [(run.text, run.x_dots) for run in line.runs] == [("ABC", 0)]


@pytest.mark.parametrize(
    ("data", "height"),
    [
        (b"A\n", 30),
        (b"\n", 30),
        (b"\x1b3\x3cA\n", 60),
        (b"\x1b3\x3c\x1b2A\n", 30),
        (b"\x1b3\x00A\n", 24),
        (b"\x1d!\x01A\n", 48),
        (b"\x1d!\x01A\x1d!\x00B\n", 48),
        (b"\x1b3\x00\x1bM\x01A\n", 17),
        (b"A\x1bJ\x50", 80),
        (b"A\x0c", 30),
    ],
)
def test_a_line_is_as_high_as_the_spacing_or_its_tallest_character(data, height):
    assert sum(block.height_dots for block in printed(data + b"A\n")[:-1]) == height


def test_feeds_move_the_paper():
    assert printed(b"A\x1bd\x03B\n")[1] == Feed(60)
    assert printed(b"\x1bd\x02B\n")[0] == Feed(60)
    assert printed(b"\x1bJ\x10B\n")[0] == Feed(16)
    assert printed(b"A\x1bd\x01B\n")[1] == Line((Run("B", Style(), 0),), Align.LEFT, 30)
    assert printed(b"\x1bJ\x00\x1bd\x00B\n")[0].runs[0].text == "B"


def test_cancel_and_initialise_forget_the_line_but_not_the_paper():
    assert tickets(b"A\nB\x18C\n")[0].text() == "A\nC"
    assert tickets(b"A\nB\x1b@C\n")[0].text() == "A\nC"


@pytest.mark.parametrize(
    ("cut", "partial", "feed_dots"),
    [
        (b"\x1dV\x00", False, 0),
        (b"\x1dV0", False, 0),
        (b"\x1dV\x01", True, 0),
        (b"\x1dV1", True, 0),
        (b"\x1dVA\x20", False, 32),
        (b"\x1dVB\x20", True, 32),
        (b"\x1dVB\x00", True, 0),
        (b"\x1dVa\x20", False, 32),
        (b"\x1dVg\x20", False, 32),
        (b"\x1dVh\x20", True, 32),
        (b"\x1bi", True, 0),
        (b"\x1bm", True, 0),
    ],
)
def test_every_form_of_the_cut_ends_the_ticket(cut, partial, feed_dots):
    first, second = tickets(b"A\n" + cut + b"B\n" + cut)
    assert (first.text(), second.text()) == ("A", "B")
    assert first.is_cut
    assert first.blocks[-1] == Cut(partial)
    assert sum(block.height_dots for block in first.blocks[1:]) == feed_dots


def test_a_cut_prints_the_line_that_waits():
    assert tickets(b"A\x1dV\x00")[0].text() == "A"


def test_blank_paper_is_no_ticket():
    assert tickets(b"\x1b@\n\n\x1bd\x06\x1dV\x00\x1dVB\x00") == []


def test_paper_after_the_last_cut_is_a_ticket_without_a_cut():
    first, second = tickets(b"A\n\x1dV\x00B")
    assert first.is_cut
    assert not second.is_cut
    assert second.text() == "B"


def test_enquiries_drawer_and_buzzer_leave_nothing_on_the_paper():
    talk = b"\x10\x04\x01\x1dr\x01\x1da\xff\x1dIC\x1d(H\x06\x00000001\x1bp\x00\x32\x32\x1bB\x02\x04"
    assert tickets(b"A" + talk + b"B\n")[0].text() == "AB"


def test_a_power_cycle_keeps_the_paper_and_forgets_the_settings():
    paper = Paper()
    for command in Interpreter().feed(b"\x1bE\x01A\nB"):
        paper.apply(command)
    paper.power_cycle()
    paper.apply(Command(Kind.TEXT, b"C"))
    paper.apply(Command(Kind.LINE_FEED, b"\n"))
    lines = paper.take().lines
    assert [(run.text, run.style.bold) for line in lines for run in line.runs] == [
        ("A", True),
        ("C", False),
    ]


def test_the_length_of_the_paper_is_told_in_millimetres():
    (ticket,) = tickets(b"A\nB\n\x1bJ\x14\x1dV\x00")
    assert ticket.height_mm == 10.0


def test_a_real_ticket_split_anywhere_is_the_same_paper():
    data = full_ticket()
    (whole,) = tickets(data)
    for position in range(0, len(data), 97):
        interpreter, paper = Interpreter(), Paper()
        for part in (data[:position], data[position:]):
            for command in interpreter.feed(part):
                paper.apply(command)
        assert paper.take() == whole


@given(data=st.binary(max_size=400), columns=st.sampled_from([32, 48]))
def test_no_bytes_break_the_paper_and_no_line_is_too_wide(data, columns):
    for ticket in tickets(data, columns):
        ticket.text()
        for line in ticket.lines:
            for run in line.runs:
                one = run.style.cell_dots[0]
                assert run.x_dots + run.width_dots <= max(columns * 12, run.x_dots + one)


def test_the_bytes_of_a_ticket_are_counted_without_the_questions_about_it():
    first, second = tickets(b"\x1b@A\n\x10\x04\x01\x1d(H\x06\x00000001\x1dV\x00B\n")
    assert (first.size_bytes, second.size_bytes) == (2 + 2 + 3, 2 + 3)
