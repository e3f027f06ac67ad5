"""The patterns of bonfire.toml, by which its routes know dishes, choices and sections."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache


def matches(pattern: str, text: str) -> bool:
    """Is this the text, whatever its capitals and spaces? `*` stands for anything, or nothing.

    Not a regular expression: the text is a guest's, and its length must not cost more than itself.
    """
    return _fits(_pieces(pattern), plain(text))


def any_matches(patterns: Iterable[str], texts: Sequence[str]) -> bool:
    """Texts that `plain` wrote: they are looked at by many routes. An empty one is never meant."""
    return any(_fits(_pieces(pattern), text) for pattern in patterns for text in texts if text)


def plain(text: str) -> str:
    """The same for all ways to write a word: composed or not, wide or narrow, big or small."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=4_096)  # they come from the configuration only
def _pieces(pattern: str) -> tuple[str, ...]:
    return tuple(plain(pattern).split("*"))


def _fits(pieces: tuple[str, ...], rest: str) -> bool:
    first, *others = pieces
    if not others:
        return rest == first
    *middle, last = others
    if not rest.startswith(first):
        return False
    rest = rest[len(first) :]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "*", rest)
        if not found:
            return False
    return rest.endswith(last)
