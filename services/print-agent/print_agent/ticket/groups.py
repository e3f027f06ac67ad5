"""The lines of a ticket under the headings of their stations and of their sections of the menu."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bonfire.config import Grouping
from bonfire.messages import Document
from print_agent.ticket.blocks import Heading
from print_agent.ticket.draft import Draft

_BY_STATION: Final = (Document.STATION, Document.PASS)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines by their positions in the order, under their headings."""

    headings: tuple[Heading, ...]
    positions: tuple[int, ...]


def grouped(positions: Iterable[int], draft: Draft) -> Iterator[Group]:
    """Each of `positions` once; stations, sections and lines in the order in which they came.

    A line of no station or of no section comes first, where no heading can claim it.
    """
    wanted = tuple(positions)
    if draft.profile.group_by is Grouping.NONE:
        yield Group((), wanted)
        return
    for station, cooked in _by_station(wanted, draft):
        heading = (Heading(station, of_station=True),) if station else ()
        for section, members in _by_section(cooked, draft):
            below = (Heading(section),) if section else ()
            yield Group((*heading, *below), tuple(members))
            heading = ()


def _by_station(positions: Sequence[int], draft: Draft) -> Iterator[tuple[str, Sequence[int]]]:
    """Headings only where there are several; a bag or a courier's ticket wants none unless told."""
    job = draft.job
    asked = draft.profile.group_by is Grouping.STATION or job.document in _BY_STATION
    if not asked or len(job.stations) < 2:
        yield "", positions
        return
    station_of: dict[int, int] = {}
    for index, part in enumerate(job.stations):
        for position in part.items:
            station_of.setdefault(position, index)
    if unclaimed := [one for one in positions if one not in station_of]:
        yield "", unclaimed
    for index, part in enumerate(job.stations):
        if cooked := [one for one in positions if station_of.get(one) == index]:
            yield draft.pen.line(part.name), cooked


def _by_section(positions: Sequence[int], draft: Draft) -> list[tuple[str, list[int]]]:
    sections: dict[str, list[int]] = {"": []}
    headings: dict[str, str] = {}
    for position in positions:
        name = draft.order.items[position].section.name
        if name not in headings:
            headings[name] = draft.pen.line(name)
        sections.setdefault(headings[name], []).append(position)
    return [(name, members) for name, members in sections.items() if members]
