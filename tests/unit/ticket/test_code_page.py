import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.config import CodePage
from bonfire.sanitiser import UNKNOWN
from print_agent.ticket.code_page import encoder

PAGES = [page.value for page in CodePage]
# All that a code page may have, a surrogate, and a character of the second plane.
CHARACTERS = [chr(code) for code in (*range(0x10000), 0x1F95C)]


def _encoded(character: str, page: str) -> bytes | None:
    try:
        return encoder(page)(character)
    except UnicodeEncodeError:
        return None


def _expected(character: str, page: str) -> bytes | None:
    try:
        return character.encode(page)
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize("page", PAGES)
def test_every_character_is_encoded_as_python_encodes_it(page):
    assert [_encoded(one, page) for one in CHARACTERS] == [
        _expected(one, page) for one in CHARACTERS
    ]


@given(st.text(), st.sampled_from(PAGES))
def test_what_a_code_page_lacks_becomes_a_question_mark_where_that_is_wanted(text, page):
    assert encoder(page, "replace")(text) == text.encode(page, "replace")


@pytest.mark.parametrize("page", PAGES)
def test_no_code_page_has_the_sign_for_what_nobody_knows(page):
    with pytest.raises(UnicodeEncodeError):
        encoder(page)(UNKNOWN)
