from hypothesis import given
from hypothesis import strategies as st

from print_agent.ticket import Profile
from print_agent.ticket.clusters import clusters
from print_agent.ticket.paper import Paper
from print_agent.ticket.style import Style
from print_agent.ticket.wrap import wrap
from tests.unit.ticket.alphabets import LETTERS

WORDS = st.text(st.sampled_from("ab c\n"), max_size=60)


@given(WORDS, st.integers(1, 20), st.integers(1, 20))
def test_rows_keep_their_width_and_all_letters_in_order(text, width, first):
    rows = wrap(text, width, first)
    assert rows
    assert len(rows[0]) <= first
    assert all(len(row) <= width for row in rows[1:])
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(st.lists(st.text("ab", min_size=1, max_size=8)), st.integers(8, 30), st.integers(1, 30))
def test_a_word_that_fits_a_row_is_never_broken(words, width, first):
    assert " ".join(wrap(" ".join(words), width, min(first, width))).split() == words


def test_a_word_wider_than_the_paper_is_broken_where_the_paper_ends():
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]


def test_line_breaks_stay():
    assert wrap("one\n\ntwo", 10) == ["one", "", "two"]


PAPER = Paper(Profile())
NAME = Style(height=2, bold=True)


@given(st.text(LETTERS, max_size=60), st.integers(12, 30))
def test_in_every_alphabet_rows_keep_their_width_and_no_letter_loses_its_marks(text, width):
    text = PAPER.fit(text)
    rows = PAPER.wrap(text, NAME, width)
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(PAPER.width(row, NAME) <= width for row in rows)
    pieces = [piece for row in rows for piece in clusters(row) if not piece.isspace()]
    assert pieces == [piece for piece in clusters(text) if not piece.isspace()]


def test_chinese_fills_the_row_and_a_thai_word_stays_whole():
    assert PAPER.wrap("北京烤鸭配薄饼", NAME, 9) == ["北京烤鸭", "配薄饼"]
    assert PAPER.wrap("ข้าวผัด น้ำปลา", NAME, 12) == ["ข้าวผัด", "น้ำปลา"]
