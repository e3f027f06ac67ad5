"""Any JSON value as text that a person can read, and the texts inside any JSON value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

# Deeper than this nobody reads; what stands there is listed without its structure.
_MAX_DEPTH: Final = 8

# Ids, URLs and times that programs write for programs.
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MACHINE_MADE: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9a-f]{16,}"
    r"|[a-z][a-z0-9+.-]*://\S*"
    r"|/\S*"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?"
    r"|\d{13,}"
    r"|true|false|null",
    re.IGNORECASE,
)


def mended(text: str) -> str:
    """The text with halves of surrogate pairs joined, or replaced where the other half is lost."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def readable(value: Any, depth: int = 0) -> str:
    """Lists as "a, b", objects as "key: a, key: b", yes and no for booleans."""
    if isinstance(value, str):
        return mended(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list) and depth >= _MAX_DEPTH:
        return ", ".join(text for _, text in leaves(value))
    if isinstance(value, dict):
        parts = (f"{mended(key)}: {readable(inner, depth + 1)}" for key, inner in value.items())
        return ", ".join(parts)
    if isinstance(value, list):
        return ", ".join(readable(inner, depth + 1) for inner in value)
    return str(value)


def leaves(value: Any, *, only_text: bool = False) -> Iterator[tuple[str, str]]:
    """Every scalar in `value` with the key nearest to it, in order, however deep it is.

    With `only_text`: strings that a person may have written.
    """
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        key, inner = stack.pop()
        if isinstance(inner, dict):
            stack.extend(reversed([(mended(name), child) for name, child in inner.items()]))
        elif isinstance(inner, list):
            stack.extend((key, child) for child in reversed(inner))
        elif (not only_text or _is_written(inner)) and (text := readable(inner)).strip():
            yield key, text


def _is_written(value: Any) -> bool:
    return isinstance(value, str) and not is_machine_made(value)


def is_machine_made(text: str) -> bool:
    """Whether it looks like an id, a URL or a time that no person wrote."""
    return bool(_MACHINE_MADE.fullmatch(text.strip()))
