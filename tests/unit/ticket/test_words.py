from dataclasses import fields
from string import Formatter

import pytest

from bonfire.messages import Language
from print_agent.ticket.charset import Charset
from print_agent.ticket.words import ENGLISH, WORDS, Task, Words


def spellings(words: Words | Task) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, Task):
            found |= {f"{field.name}.{name}": said for name, said in spellings(value).items()}
        else:
            found[field.name] = [value] if isinstance(value, str) else list(value)
    return found


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
    charset = Charset("cp858")
    for texts in spellings(WORDS[language]).values():
        assert all(charset.fit(text) == (text, False) for text in texts)


@pytest.mark.parametrize("language", [one for one in Language if one is not Language.ENGLISH])
def test_every_language_has_its_own_words(language):
    """Whoever adds one copies another: a sentence that was left over is found here."""
    english, own = spellings(ENGLISH), spellings(WORDS[language])
    same = {name for name in own if own[name] == english[name] and " " in own[name][0]}
    assert same <= {"table", "date"}
    assert len({tuple(texts) for texts in own.values()}) > len(own) * 0.9


@pytest.mark.parametrize("language", Language)
def test_the_words_to_be_read_from_afar_fit_one_line_of_80_millimetres(language):
    words = WORDS[language]
    for text in (words.change, words.cancel, words.asap_until.format("19:41")):
        assert len(text) <= 24, text
