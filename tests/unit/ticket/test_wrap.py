import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.ticket import Profile
from print_agent.ticket.clusters import clusters
from print_agent.ticket.paper import Paper
from print_agent.ticket.style import Style
from print_agent.ticket.wrap import widest, wrap
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


@pytest.mark.parametrize(
    "together",
    [
        *("0,5 l", "250 g", "12 Stk", "3 Stk.", "½ l", "5 %", "20 €", "180 °C", "2 x"),
        *("(0,5 l)", "0,5 l,", "1/4 l", "12 MIN", "134,50 EUR"),
        *("2x Brot", "12x Brot", "(2x Brot)", "3\N{MULTIPLICATION SIGN} Brot"),
        *("ohne Dill", "NO ONION", "nicht scharf", "sans sel", "senza sale", "keine Nüsse"),
        *("0171 3920042", "+49 171 39 20 04", "(0171) 392-0042"),
    ],
)
def test_what_belongs_together_stays_on_one_row(together):
    for blanks in range(20):
        text = f"{'x' * (20 - blanks)} {together}"
        assert together in wrap(text, 20) or wrap(text, 20) == [text]


@pytest.mark.parametrize("apart", ["Nr. 12", "12 Artikel", "Sa 7.", "mit 0,5 l", "im Haus"])
def test_other_words_part_where_the_row_ends(apart):
    word = apart.split()[-1] if not apart.startswith("mit") else "0,5 l"
    before = apart.removesuffix(word).strip()
    assert wrap(f"xxxxx {apart}", len(before) + 6) == [f"xxxxx {before}", word]


def test_what_belongs_together_parts_where_no_row_has_room_for_it():
    assert wrap("12x Preiselbeerkompott", 18) == ["12x", "Preiselbeerkompott"]
    assert wrap("Tel 0171 39 20 04 21", 7) == ["Tel", "0171 39", "20 04", "21"]


@given(st.text("0123x l,", max_size=40), st.integers(1, 12))
def test_numbers_and_units_keep_their_order_and_the_paper(text, width):
    rows = wrap(text, width)
    assert all(len(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


def test_a_row_as_wide_as_the_widest_word_breaks_none():
    assert widest("") == 0
    assert widest("Suppe mit 0,5 l Petersilie") == len("Petersilie")


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
