"""Which bindings of an exchange a routing key matches."""

from __future__ import annotations


def matches(kind: str, pattern: str, key: str) -> bool:
    """Does a binding with `pattern` take a message with `key` from an exchange of this kind?"""
    match kind:
        case "fanout":
            return True
        case "topic":
            return _topic_matches(pattern.split("."), key.split("."))
        case _:
            return pattern == key


def _topic_matches(pattern: list[str], words: list[str]) -> bool:
    """`*` stands for one word, `#` for any number of them."""
    if not pattern:
        return not words
    head, rest = pattern[0], pattern[1:]
    if head == "#":
        return any(_topic_matches(rest, words[skip:]) for skip in range(len(words) + 1))
    return bool(words) and head in ("*", words[0]) and _topic_matches(rest, words[1:])
