"""The sections of the menu: how they are called on paper, and which comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bonfire.config import MenuSection
from bonfire.order import Section
from order_ingest.domain.patterns import plain
from order_ingest.domain.routing import Line


def in_menu_order(lines: Iterable[Line], sections: Sequence[MenuSection]) -> tuple[Line, ...]:
    """Lines of the same section, and of all that are not in the menu, stay as they came.

    What is not in it, or in no section at all, comes after what is. A section is known by its id,
    or by its name where the shop has no ids.
    """
    places = {plain(section.id): place for place, section in enumerate(sections)}
    placed = [(_place(line.item.section, places), line) for line in lines]
    return tuple(
        line if place is None else _called(line, sections[place].name)
        for place, line in sorted(
            placed, key=lambda one: len(sections) if one[0] is None else one[0]
        )
    )


def _place(section: Section, places: dict[str, int]) -> int | None:
    for text in (section.id, section.name):
        if text and (place := places.get(plain(text))) is not None:
            return place
    return None


def _called(line: Line, name: str) -> Line:
    section = line.item.section.model_copy(update={"name": name})
    return replace(line, item=line.item.model_copy(update={"section": section}))
