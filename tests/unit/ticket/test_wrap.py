from hypothesis import given
from hypothesis import strategies as st

from print_agent.ticket.wrap import wrap

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
