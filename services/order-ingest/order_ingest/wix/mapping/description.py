"""The description lines of a line item: `name` is often empty, and the text is then the variant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from order_ingest.wix.mapping.findings import TEXT_LIMIT
from order_ingest.wix.mapping.raw import Raw

# Of one dish; an item has no room for more.
MAX_LINES = 200

_HEX = re.compile("#[0-9a-f]{3,8}", re.IGNORECASE)
_BOOKKEEPING = frozenset(("name", "lineType", "plainText", "plainTextValue", "colorInfo", "color"))


@dataclass(frozen=True, slots=True)
class DescriptionLine:
    """`group` is what the line calls the choice ("Größe"), empty for a nameless line."""

    group: str
    text: str


def read_description(lines: Raw) -> list[DescriptionLine]:
    """Every text of every line; a line that says two different things becomes two."""
    every = [described for line in lines.all() for described in _read(line)]
    return list(lines.capped(every, MAX_LINES, "texts"))


def _read(line: Raw) -> Iterator[DescriptionLine]:
    if not isinstance(line.value, dict):
        line.unreadable()
        yield DescriptionLine("", line.text(TEXT_LIMIT))
        return
    group = line.get("name").text()
    texts = _texts(line)
    for text in texts:
        yield DescriptionLine(group, text)
    if not texts and group:
        yield DescriptionLine("", group)
    elif not texts and line.value.keys() - _BOOKKEEPING:
        line.unreadable()
        yield DescriptionLine("", line.text(TEXT_LIMIT))


def _texts(line: Raw) -> list[str]:
    """Plain text and colour, then their deprecated twins if these say something else.

    The twin of a colour is often its code, which is for the eye: it counts where nothing else does.
    """
    color = line.get("colorInfo")
    twin = line.get("color").text() if "color" in line.value else ""
    found = [
        line.get("plainText").text(TEXT_LIMIT),
        color.get("original", "translated").text(TEXT_LIMIT) if color else "",
        line.get("plainTextValue").text(TEXT_LIMIT),
        "" if _HEX.fullmatch(twin) else twin,
    ]
    return list(dict.fromkeys(filter(None, found))) or list(filter(None, [twin]))
