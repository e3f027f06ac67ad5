"""The one function between text that strangers wrote and paper, a log line or a mail.

Characters without a shape of their own are dropped, since they can only deceive a machine or an
eye. Characters whose shape nobody knows become U+FFFD: something was there, and a person shall see
that it is missing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
CUT_MARK: Final = " [...]"

_BREAKS: Final = frozenset("\n\v\f\x85\u2028\u2029")

# Letters and marks of Unicode's Default_Ignorable_Code_Point: they print as nothing, like the
# format characters, but carry another category.
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """`text` in NFC, with LF as its only control character; any `str` is allowed.

    Dropped: C0, DEL, C1, format characters (bidirectional, zero width, soft hyphen), variation
    selectors. Every kind of line break becomes LF, a tab and every other space one blank.
    Surrogates, private use and unassigned code points become U+FFFD. Cleaning twice changes
    nothing more.
    """
    if text.isascii() and text.isprintable():  # as most are
        return text
    if not text.replace("\n", "").isprintable() or _IGNORABLE.search(text):
        text = "".join(map(_clean_character, text.replace("\r\n", "\n").replace("\r", "\n")))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """`text` cleaned, on one line, without blanks at its ends or two in a row."""
    return " ".join(clean(text).split())


def shorten(text: str, most: int, mark: str = CUT_MARK) -> str:
    """`text` if it has at most `most` characters, else its beginning and `mark`, `most` in all.

    It is cut after a whole word where one ends nearby. Compare with `text` to see if it was cut.
    """
    if len(text) <= most:
        return text
    room = most - len(mark)
    if room <= 0:
        return mark[:most]
    head, _, tail = text[: room + 1].rpartition(" ")
    return (head if head and len(tail) < 20 else text[:room]) + mark


def _clean_character(character: str) -> str:
    if character.isprintable():
        return "" if _IGNORABLE.match(character) else character
    if character in _BREAKS:
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return " "
    return "" if category in ("Cc", "Cf") else UNKNOWN
