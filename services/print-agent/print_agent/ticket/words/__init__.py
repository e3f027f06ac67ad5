"""The fixed words of a ticket, in every language that a location can choose.

A language is a value of `Words`: a word that is missing is a type error, not a hole on paper. They
are short, as a kitchen says them, and of letters that code page 858 has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bonfire.messages import Language
from print_agent.ticket.words.english import ENGLISH
from print_agent.ticket.words.french import FRENCH
from print_agent.ticket.words.german import GERMAN
from print_agent.ticket.words.italian import ITALIAN
from print_agent.ticket.words.model import Task, Words

__all__ = ["ENGLISH", "FRENCH", "GERMAN", "ITALIAN", "WORDS", "Task", "Words"]

WORDS: Final[Mapping[Language, Words]] = {
    Language.GERMAN: GERMAN,
    Language.ENGLISH: ENGLISH,
    Language.FRENCH: FRENCH,
    Language.ITALIAN: ITALIAN,
}
