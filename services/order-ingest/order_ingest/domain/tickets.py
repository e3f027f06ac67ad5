"""Which tickets an order makes, what stands on each, and what it says of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bonfire.config import Location, Station
from bonfire.messages import Document, OtherStation, StationPart
from bonfire.order import LABEL_CHARACTERS, Fulfilment, FulfilmentKind, Item, Order
from order_ingest.domain.menu import in_menu_order
from order_ingest.domain.routing import Line, route


@dataclass(frozen=True, slots=True)
class Ticket:
    """`station` is the one whose it is: of those that share it, the first in the configuration."""

    station: Station
    name: str
    copies: int
    items: tuple[Item, ...]
    stations: tuple[StationPart, ...] = ()
    part: int = 1
    parts: int = 1
    others: tuple[OtherStation, ...] = ()


def tickets(order: Order, location: Location) -> tuple[Ticket, ...]:
    """First those of the stations that cook, at least one; then those of the whole order."""
    routed = route(order.items, location, order.fulfilment.kind)
    lines = in_menu_order(routed, location.menu_sections)
    cooking = _station_tickets(lines, location)
    told = [OtherStation(name=each.name, items=_count(each.items)) for each in cooking]
    numbered = (
        replace(each, part=at + 1, parts=len(cooking), others=(*told[:at], *told[at + 1 :]))
        for at, each in enumerate(cooking)
    )
    return (*numbered, *_order_tickets(lines, location, order.fulfilment, tuple(told)))


@dataclass(frozen=True, slots=True)
class _Row:
    """What is printed as one line, and which stations of this ticket make a part of it."""

    item: Item
    makers: frozenset[str]


def _station_tickets(lines: Sequence[Line], location: Location) -> Sequence[Ticket]:
    """One per printer: two stations beside each other do not read two tickets of one order."""
    sharing: dict[str, list[Station]] = {}
    for station in location.stations:
        if station.document is Document.STATION:
            sharing.setdefault(station.printer, []).append(station)
    found = [_station_ticket(members, _rows(lines, members)) for members in sharing.values()]
    if any(each.items for each in found):
        return [each for each in found if each.items]
    # A person has to see an order of which we read no dish.
    default = location.station(location.default_station)
    return [replace(_station_ticket(sharing[default.printer], ()), name=default.name)]


def _station_ticket(members: Sequence[Station], rows: Sequence[_Row]) -> Ticket:
    makers = frozenset[str]().union(*(row.makers for row in rows))
    parts = _parts(rows, members)
    return Ticket(
        station=members[0],
        name=_names(makers, members),
        copies=max(member.copies for member in members),
        items=tuple(row.item for row in rows),
        stations=parts if len(parts) > 1 else (),
    )


def _rows(lines: Iterable[Line], members: Iterable[Station]) -> Sequence[_Row]:
    """A choice that stands alone elsewhere is no second line beside its dish."""
    ids = frozenset(member.id for member in members)
    rows: list[_Row] = []
    for line in lines:
        if line.stations & ids:
            rows.append(_Row(line.item, line.makers & ids))
        else:
            alone = (_Row(choice.item, choice.stations & ids) for choice in line.choices)
            rows.extend(row for row in alone if row.makers)
    return rows


def _order_tickets(
    lines: Iterable[Line],
    location: Location,
    fulfilment: Fulfilment,
    cooking: tuple[OtherStation, ...],
) -> Iterable[Ticket]:
    """A pass has to know what it waits for, and from whom; goods are packed and brought as well."""
    rows = [_Row(line.item, line.makers) for line in lines]
    parts = _parts(rows, location.stations)
    for station in location.stations:
        if station.document is not Document.STATION and _is_for(station, fulfilment):
            yield Ticket(
                station=station,
                name=station.name,
                copies=station.copies,
                items=tuple(row.item for row in rows),
                stations=parts,
                others=cooking if station.document is Document.PASS else (),
            )


def _is_for(station: Station, fulfilment: Fulfilment) -> bool:
    """An order that has an address may have to go there, also where the shop has not said so."""
    kinds = {fulfilment.kind}
    if fulfilment.kind is FulfilmentKind.UNKNOWN and fulfilment.address is not None:
        kinds.add(FulfilmentKind.DELIVERY)
    return not station.only_for or not kinds.isdisjoint(station.only_for)


def _parts(rows: Iterable[_Row], stations: Sequence[Station]) -> tuple[StationPart, ...]:
    """By who makes them, in the order of the configuration: kitchen, kitchen + bar, bar.

    What nobody makes is in none.
    """
    order = [station.id for station in stations]
    found: dict[frozenset[str], list[int]] = {}
    for position, row in enumerate(rows):
        if row.makers:
            found.setdefault(row.makers, []).append(position)
    return tuple(
        StationPart(name=_names(makers, stations), items=tuple(positions))
        for makers, positions in sorted(
            found.items(), key=lambda one: sorted(order.index(maker) for maker in one[0])
        )
    )


def _names(makers: frozenset[str], stations: Iterable[Station]) -> str:
    names = (station.name for station in stations if station.id in makers)
    return " + ".join(names)[:LABEL_CHARACTERS]


def _count(items: Iterable[Item]) -> int:
    return sum(item.quantity for item in items)
