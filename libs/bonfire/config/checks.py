"""What no single value can tell: references that lead nowhere, and ids that are not unique.

The checks read the file as it was written, so that they also speak beside a mistake elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bonfire.config import address, reach
from bonfire.config.document import Entry, Values

Place = tuple[str, str]  # what it says, and where
_PER_LOCATION: Final = {"station", "printer"}


def problems(root: Values) -> Iterator[str]:
    """Every broken reference and every id, address or mailbox that is there twice."""
    top = Entry(root, root)
    locations = top.tables("locations")
    yield from _references(top.table("organisation"), "default_location", locations, "location")
    yield from _twice(_places(locations, "id"), "this location")
    yield from _twice(_wix_locations(locations), "this Wix location")
    for location in locations:
        yield from _inside(location)
    # A copied location with its id unchanged is told once, not again for each of its printers.
    first = {one.text("id") or one.at(): one for one in reversed(locations)}
    distinct = [one for one in locations if one in first.values()]
    for agent in sorted({_agent(one) for one in distinct}):
        yield from _of_print_host([one for one in distinct if _agent(one) == agent], agent)
    people = top.tables("people")
    for person in people:
        yield from _references(person, "locations", locations, "location")
    yield from _twice(_places(people, "email"), "this mailbox")


def _inside(location: Entry) -> Iterator[str]:
    stations, printers = location.tables("stations"), location.tables("printers")
    yield from _twice(_places(stations, "id"), "this station")
    yield from _twice(_places(location.tables("menu_sections"), "id"), "this section")
    yield from _references(location, "default_station", stations, "station")
    for station in stations:
        yield from _references(station, "printer", printers, "printer")
    for route in location.tables("routes"):
        yield from _references(route, "stations", stations, "station")
    yield from reach.problems(location)


def _of_print_host(locations: Iterable[Entry], agent: str) -> Iterator[str]:
    """One print host knows its printers by id, and two of one address would mix their tickets.

    Other hosts may use both again: each restaurant has its own network.
    """
    printers = [printer for location in locations for printer in location.tables("printers")]
    yield from _twice(_places(printers, "id"), f'print host "{agent}": this printer')
    yield from _same_devices(printers, agent)


def _agent(location: Entry) -> str:
    return location.text("agent") or location.text("id") or ""


def _places(entries: Iterable[Entry], key: str) -> Iterator[Place]:
    for entry in entries:
        text = entry.text(key)
        if text is not None:
            yield text.casefold(), entry.at(key)


def _wix_locations(locations: Iterable[Entry]) -> Iterator[Place]:
    for location in locations:
        for index, text in location.texts("wix_locations"):
            yield text.casefold(), location.at("wix_locations", index)


def _same_devices(printers: Iterable[Entry], agent: str) -> Iterator[str]:
    """Also two spellings of one, and a model on USB with and without its serial number."""
    seen: list[tuple[address.Address, str]] = []
    for printer in printers:
        try:
            this = address.parse(printer.text("address"))
        except ValueError:  # told already, where its type is checked
            continue
        at = printer.at("address")
        for other, where in seen:
            if address.same_device(this, other):
                what = "is there already" if this == other else f'may mean the printer "{other}"'
                yield f'{at}: print host "{agent}": this address, "{this}", {what}: {where}'
                break
        seen.append((this, at))


def _twice(places: Iterable[Place], what: str) -> Iterator[str]:
    first: dict[str, str] = {}
    for text, where in places:
        if text in first:
            yield f'{where}: {what}, "{text[:80]}", is there already: {first[text]}'
        else:
            first[text] = where


def _references(entry: Entry, key: str, targets: Sequence[Entry], noun: str) -> Iterator[str]:
    """The text, or every text of the list, under this key is the id of one of these targets."""
    known = [text for target in targets if (text := target.text("id")) is not None]
    named = [(entry.at(key, index), text) for index, text in entry.texts(key)]
    single = entry.text(key)
    if single is not None:
        named.append((entry.at(key), single))
    scope = " in this location" if noun in _PER_LOCATION else ""
    for where, text in named:
        if text not in known:
            yield f'{where}: no {noun} "{text[:80]}"{scope}; known: {", ".join(known) or "none"}'
