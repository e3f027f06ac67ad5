"""Which stations cook which items of an order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from bonfire.config import Location, Route
from bonfire.order import Item


def route(items: Iterable[Item], location: Location) -> dict[str, tuple[Item, ...]]:
    """The items of each station that has any, by station id.

    Stations come in the order of the configuration, items in the order of the menu. An item may be
    at several stations and is at one at least. Without items the default station still appears,
    with none, so that a person sees the order.
    """
    found: dict[str, list[Item]] = {}
    for item in items:
        for station in _stations_of(item, location):
            found.setdefault(station, []).append(item)
    if not found:
        found[location.default_station] = []
    return {
        station.id: tuple(found[station.id]) for station in location.stations if station.id in found
    }


def _stations_of(item: Item, location: Location) -> set[str]:
    cooks = next(
        (one.stations for one in location.routes if _takes(one, item)), (location.default_station,)
    )
    joins = (one.stations for one in location.routes if _is_in_modifiers(one, item))
    return {*cooks, *(station for stations in joins for station in stations)}


def _takes(rule: Route, item: Item) -> bool:
    return (
        _any_matches(rule.sections, (item.section.id, item.section.name))
        or _any_matches(rule.categories, (item.category,))
        or _any_matches(rule.items, (item.name,))
    )


def _is_in_modifiers(rule: Route, item: Item) -> bool:
    return _any_matches(rule.modifiers, tuple(modifier.name for modifier in item.modifiers))


def _any_matches(patterns: Sequence[str], texts: Sequence[str]) -> bool:
    return any(matches(pattern, text) for pattern in patterns for text in texts if text)


def matches(pattern: str, text: str) -> bool:
    """Is this the text, whatever its capitals and spaces? `*` stands for anything, or nothing.

    Not a regular expression: the text is a guest's, and its length must not cost more than itself.
    """
    first, *others = _plain(pattern).split("*")
    rest = _plain(text)
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


def _plain(text: str) -> str:
    """The same for all ways to write a word: composed or not, wide or narrow, big or small."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
