"""The words that take something away from a dish. The menu's language need not be the ticket's."""

from __future__ import annotations

from typing import Final

NO_WORDS: Final = frozenset(
    (
        *("no", "not", "without", "w/o", "less"),
        *("ohne", "kein", "keine", "keinen", "nicht", "weniger", "statt"),
        *("sans", "pas", "aucun", "aucune", "moins"),
        *("senza", "niente", "meno"),
    )
)
"""In lower case, one word each."""
