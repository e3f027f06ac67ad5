"""What a reader takes for one character, and between which of them a row may end.

A letter and its marks are one cluster. Chinese and Japanese break between any two characters but
before what closes and after what opens; Thai, Lao and the scripts of India break inside a word only
where it is wider than the paper, and never inside a cluster.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS: Final = frozenset(("Mn", "Mc", "Me"))
_VIRAMA_CLASS: Final = 9  # joins the consonants on its two sides
# Vowels that Thai and Lao write before their consonant, and those that follow it.
_LEADING_VOWELS: Final = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
_FOLLOWING_VOWELS: Final = re.compile("[\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6]")
_JAMO: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")  # vowels and finals of a syllable

_IDEOGRAPHIC: Final = re.compile(
    "[\u2e80-\u2fdf\u3001-\u30ff\u3105-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uffee\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_NOT_FIRST: Final = re.compile(
    "[!%),.:;?\\]}\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u303b"
    "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e\u309b-\u309e"
    "\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee\u30f5\u30f6\u30fb-\u30fe"
    "\uff01\uff05\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff61\uff63]"
)
_NOT_LAST: Final = re.compile(
    "[(\\[{\u3008\u300a\u300c\u300e\u3010\u3014\u3016\uff08\uff3b\uff5b\uff62]"
)


def clusters(text: str) -> list[str]:
    """`text` in pieces that belong together, in their order; joined they are `text` again."""
    if text.isascii():
        return list(text)
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def breakable(text: str) -> list[str]:
    """A word in the pieces between which a row may end: one piece for a word of most alphabets."""
    if not _IDEOGRAPHIC.search(text):
        return [text]
    pieces: list[str] = []
    for cluster in clusters(text):
        if pieces and not _may_part(pieces[-1][-1], cluster[0]):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _continues(before: str, character: str) -> bool:
    if character.isascii() or before.isspace():
        return False
    if unicodedata.category(character) in _MARKS or _JAMO.match(character):
        return True
    if _FOLLOWING_VOWELS.match(character) or _LEADING_VOWELS.match(before[-1]):
        return True
    return unicodedata.combining(before[-1]) == _VIRAMA_CLASS and character.isalpha()


def _may_part(last: str, first: str) -> bool:
    if not (_IDEOGRAPHIC.match(last) or _IDEOGRAPHIC.match(first)):
        return False
    return not (_NOT_LAST.match(last) or _NOT_FIRST.match(first))
