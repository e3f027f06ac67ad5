import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_agent.ticket.clusters import breakable, clusters
from tests.unit.ticket.alphabets import LETTERS

TEXTS = st.text() | st.text(LETTERS)


@given(TEXTS)
def test_the_pieces_of_a_text_are_the_text(text):
    assert "".join(clusters(text)) == text
    assert "".join(breakable(text)) == text


@given(TEXTS)
def test_no_piece_begins_with_a_mark_that_belongs_to_a_letter_before_it(text):
    for before, after in zip(clusters(text), clusters(text)[1:], strict=False):
        assert before.isspace() or unicodedata.category(after[0]) not in ("Mn", "Mc", "Me")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("abc", ["a", "b", "c"]),
        ("น้ำปลา", ["น้ำ", "ป", "ลา"]),
        ("เผ็ด", ["เผ็", "ด"]),
        ("नमस्ते", ["न", "म", "स्ते"]),
        ("ガ\u3099x", ["ガ\u3099", "x"]),
        ("한국", ["한", "국"]),
    ],
)
def test_a_letter_keeps_its_marks(text, pieces):
    assert clusters(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Röstzwiebeln", ["Röstzwiebeln"]),
        ("ไม่ใส่น้ำปลา", ["ไม่ใส่น้ำปลา"]),
        ("北京。烤鸭", ["北", "京。", "烤", "鸭"]),
        ("「大盛り」お", ["「大", "盛", "り」", "お"]),
        ("烤鸭DuckA鸭", ["烤", "鸭", "DuckA", "鸭"]),
    ],
)
def test_chinese_and_japanese_may_end_a_row_between_most_characters(text, pieces):
    assert breakable(text) == pieces
