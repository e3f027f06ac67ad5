"""Which stations cook which items of an order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bonfire.config import Location, Route
from bonfire.messages import Document
from bonfire.order import LABEL_CHARACTERS, MOST_OF_A_LINE, FulfilmentKind, Item, Modifier
from order_ingest.domain.patterns import any_matches, plain

# Choices of one dish that stand without it. Each repeats what the guest wrote to the dish, and a
# ticket must not grow without end.
MOST_ALONE: Final = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a dish as a line of its own, and the stations that see it without the dish."""

    item: Item
    stations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """An item of an order, and the ids of the stations that see the whole of it.

    At least one, but for goods of the shop, which nobody makes.
    """

    item: Item
    stations: frozenset[str]
    choices: tuple[Choice, ...] = ()

    @property
    def makers(self) -> frozenset[str]:
        """Every station that makes a part of it."""
        return self.stations.union(*(choice.stations for choice in self.choices))


def route(items: Iterable[Item], location: Location, kind: FulfilmentKind) -> tuple[Line, ...]:
    """The lines of an order of this kind, as they came.

    Only stations with tickets for orders of this kind cook. An item that no route leads to one of
    them is at the default station, which never refuses.
    """
    cooks = frozenset(
        station.id
        for station in location.stations
        if station.document is Document.STATION
        and (not station.only_for or kind in station.only_for)
    )
    return tuple(
        Line(item, frozenset()) if item.goods else _line(item, location, cooks) for item in items
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of an item that routes look at."""

    sections: tuple[str, ...]
    categories: tuple[str, ...]
    names: tuple[str, ...]
    modifiers: tuple[str, ...]

    @classmethod
    def of(cls, item: Item) -> _Said:
        return cls(
            (plain(item.section.id), plain(item.section.name)),
            (plain(item.category),),
            (plain(item.name),),
            tuple(plain(modifier.name) for modifier in item.modifiers),
        )


def _line(item: Item, location: Location, cooks: frozenset[str]) -> Line:
    said = _Said.of(item)
    taken = next((one.stations for one in location.routes if _takes(one, said)), ())
    whole = cooks.intersection(taken) or frozenset([location.default_station])
    whole |= cooks.intersection(_joining(said.modifiers, location.routes, alone=False))
    choices = [
        (modifier, stations)
        for modifier, name in zip(item.modifiers, said.modifiers, strict=True)
        if (stations := cooks.intersection(_joining((name,), location.routes, alone=True)) - whole)
    ]
    if len(choices) > MOST_ALONE or any(
        item.quantity * modifier.quantity > MOST_OF_A_LINE for modifier, _ in choices
    ):
        # No set menu is like that. These stations see all of it, so that nothing is lost.
        return Line(item, whole.union(*(stations for _, stations in choices)))
    return Line(
        item,
        whole,
        tuple(Choice(_standing_alone(modifier, item), stations) for modifier, stations in choices),
    )


def _takes(rule: Route, said: _Said) -> bool:
    return (
        any_matches(rule.sections, said.sections)
        or any_matches(rule.categories, said.categories)
        or any_matches(rule.items, said.names)
    )


def _joining(choices: Sequence[str], routes: Iterable[Route], *, alone: bool) -> Iterator[str]:
    """The stations of all routes that look for one of these choices, to see it alone or not."""
    for one in routes:
        if one.modifiers_alone is alone and any_matches(one.modifiers, choices):
            yield from one.stations


def _standing_alone(modifier: Modifier, dish: Item) -> Item:
    """As often as it was ordered in all, with the guest's words: they may be about it.

    It has no section: it stands in none of the menu's.
    """
    return Item(
        name=modifier.name,
        quantity=dish.quantity * modifier.quantity,
        id=dish.id,
        special_request=dish.special_request,
        notes=dish.notes,
        part_of=dish.name[:LABEL_CHARACTERS],
    )
