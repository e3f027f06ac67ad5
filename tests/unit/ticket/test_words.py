from dataclasses import fields
from string import Formatter

import pytest

from bonfire.messages import Language
from print_agent.ticket.charset import Charset
from print_agent.ticket.words import ENGLISH, WORDS, Words


def spellings(words: Words) -> dict[str, list[str]]:
    values = {field.name: getattr(words, field.name) for field in fields(words)}
    return {
        name: [value] if isinstance(value, str) else list(value) for name, value in values.items()
    }


def blanks(text: str) -> int:
    return sum(name is not None for _, name, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("language", Language)
def test_every_language_has_every_word_with_the_same_blanks_to_fill(language):
    english = spellings(ENGLISH)
    for name, texts in spellings(WORDS[language]).items():
        assert all(texts), name
        assert [blanks(text) for text in texts] == [blanks(text) for text in english[name]], name


@pytest.mark.parametrize("language", Language)
def test_every_word_can_be_printed(language):
    for texts in spellings(WORDS[language]).values():
        assert all(Charset("cp858").fit(text) == (text, False) for text in texts)
