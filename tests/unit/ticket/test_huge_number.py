import io
import itertools

import pytest
from PIL import Image

from bonfire.config import EPSON_NUMBERS, CodePage, Technology
from escpos_paper import IMPACT, Ticket, tickets
from print_agent.ticket import Profile
from print_agent.ticket.blocks import Huge
from print_agent.ticket.huge_number import _DIGITS
from print_agent.ticket.render import print_rows
from print_agent.ticket.row import Row
from print_agent.ticket.typeset import typeset

WITHOUT_BLOCKS = (CodePage.CP1252, CodePage.ISO8859_15)
ROW_DOTS = 18  # of nine needles, in half dots


def needles(columns: int = 33, code_page: CodePage = CodePage.CP858) -> Profile:
    return Profile(
        columns=columns,
        technology=Technology.IMPACT,
        code_page=code_page,
        code_page_number=EPSON_NUMBERS[code_page],
        raster=False,
    )


def shown(profile: Profile, number: str = "10417") -> list[str]:
    rows = typeset([Huge(number)], profile)
    return ["".join(span.text for span in row.spans) for row in rows if isinstance(row, Row)]


def on_paper(profile: Profile, number: str = "10417") -> Ticket:
    data = print_rows(typeset([Huge(number)], profile), profile)
    (ticket,) = tickets(data, profile.columns, IMPACT)
    return ticket


def ink(ticket: Ticket) -> Image.Image:
    with Image.open(io.BytesIO(ticket.png())) as picture:
        return picture.convert("L").point(lambda value: 255 if value < 128 else 0, "1")


def box(ticket: Ticket) -> tuple[int, int, int, int]:
    found = ink(ticket).getbbox()
    assert found
    return found


@pytest.mark.parametrize("columns", [33, 40])
@pytest.mark.parametrize("code_page", [page for page in CodePage if page not in WITHOUT_BLOCKS])
def test_needles_draw_the_order_number_out_of_blocks(columns, code_page):
    *drawn, plain = on_paper(needles(columns, code_page)).text().splitlines()
    assert [row.strip() for row in drawn if row.strip()] == [
        "▄█   ▄███▄ █   █  ▄█   █████",
        "▀▀█   █   █ █   █ ▀▀█       █",
        "█   █   █ █████   █      █",
        "█   █   █     █   █     █",
        "█████ ▀███▀     █ █████   █",
    ]
    assert plain.strip() == "10417"


@pytest.mark.parametrize("code_page", WITHOUT_BLOCKS)
def test_where_the_code_page_has_no_blocks_they_are_letters(code_page):
    *drawn, plain = shown(needles(code_page=code_page))
    assert set("".join(drawn)) == {"#", " "}
    assert plain.strip() == "10417"


def test_the_rows_of_a_drawn_number_touch():
    ticket = on_paper(needles(), "4")
    drawn = [line for line in ticket.lines if any("█" in run.text for run in line.runs)]
    assert [line.height_dots for line in drawn] == [ROW_DOTS] * 5
    left, upper, right, _ = box(ticket)
    stem = ink(ticket).crop((right - 1, upper, right, upper + 5 * ROW_DOTS))
    inked = "".join("x" if stem.getpixel((0, y)) else " " for y in range(stem.height))
    assert max(map(len, inked.split("x"))) <= 1  # nine needles leave a hair between their strokes
    assert left < right - 1


def test_a_drawn_number_is_far_larger_than_anything_around_it():
    left, _, right, _ = box(on_paper(needles()))
    across, along = IMPACT.dots_per_mm
    assert (right - left) / across == pytest.approx(55, abs=2)
    assert 5 * ROW_DOTS / along == pytest.approx(16, abs=1)


def test_every_digit_is_five_wide_and_high_and_like_no_other():
    assert sorted(_DIGITS) == list("0123456789")
    assert {len(rows) for rows in _DIGITS.values()} == {5}
    assert {len(row) for rows in _DIGITS.values() for row in rows} == {5}
    letters = [tuple(shown(needles(code_page=CodePage.CP1252), one)[:-1]) for one in _DIGITS]
    for one, other in itertools.combinations(letters, 2):
        assert one != other


@pytest.mark.parametrize("number", ["A-204", "1041 7", "100417", "?"])
def test_what_cannot_be_drawn_stands_between_bars(number):
    above, middle, below = shown(needles(), number)
    assert above == below == "=" * 33
    assert middle.strip() == number


def test_six_digits_are_drawn_where_the_paper_has_forty_columns():
    assert len(shown(needles(40), "100417")) == 6
    assert len(shown(needles(40), "1004170")) == 3


def test_a_thermal_printer_prints_the_order_number_alone():
    (number,) = shown(Profile())
    assert number.strip() == "10417"
