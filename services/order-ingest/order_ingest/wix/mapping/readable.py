"""Any JSON value as text that a person can read, and the texts inside any JSON value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

# Deeper than this nobody reads; what stands there is listed without its structure.
_MAX_DEPTH: Final = 8

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TRANSLATIONS: Final = frozenset(("original", "translated"))
# Ids, URLs and times that programs write for programs. A path is one by how it begins or ends:
# "/no/nuts" is a guest's.
_MACHINE_MADE: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=\d*[a-f])[0-9a-f]{16,}"
    r"|[a-z][a-z0-9+.-]*://\S*"
    r"|/(online-ordering|product-page)(/\S*)?"
    r"|(/[a-z0-9_.~%+-]+)+\.(html?|php|json|xml|pdf|png|jpe?g|gif|webp|avif|svg)"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?"
    r"|1\d{12}(\d{3})?|\d{18,}",  # in milliseconds or microseconds, or longer than any phone's
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


def leaves(
    value: Any, keep: Callable[[Any], bool] = lambda scalar: True
) -> Iterator[tuple[str, str]]:
    """Every scalar in `value` to `keep`, with the key nearest to it, in order, however deep."""
    for path, text in branches(value, keep):
        yield path[-1] if path else "", text


def branches(
    value: Any, keep: Callable[[Any], bool] = lambda scalar: True
) -> Iterator[tuple[tuple[str, ...], str]]:
    """As `leaves`, with all keys around each scalar, from the outermost."""
    stack: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while stack:
        path, inner = stack.pop()
        if isinstance(inner, dict):
            stack.extend(reversed(list(_children(path, inner))))
        elif isinstance(inner, list):
            stack.extend((path, child) for child in reversed(inner))
        elif keep(inner) and (text := readable(inner)).strip():
            yield path, text


def _children(
    path: tuple[str, ...], value: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A text and its translation are called what their object is called, and are one if equal."""
    translated = value.keys() >= _TRANSLATIONS
    for name, child in value.items():
        if not translated or name not in _TRANSLATIONS:
            yield (*path, mended(name)), child
        elif name == "original" or not isinstance(child, str) or child != value["original"]:
            yield path, child


def is_written(value: Any) -> bool:
    """Whether it is a text that a person may have written."""
    return isinstance(value, str) and not is_machine_made(value)


def is_said(value: Any) -> bool:
    """Whether it is such a text, a number or a tick, and not the lack of one."""
    return value is not False and not is_machine_made(readable(value))


def is_machine_made(text: str) -> bool:
    """Whether it looks like an id, a URL or a time that no person wrote."""
    return bool(_MACHINE_MADE.fullmatch(text.strip()))
