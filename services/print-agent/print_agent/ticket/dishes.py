"""The dishes of a ticket, in the order of the menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bonfire.messages import TicketOrder
from bonfire.order import Item, Modifier
from print_agent.ticket.blocks import Banner, Block, Detail, Dish, Heading
from print_agent.ticket.guest_text import item_texts
from print_agent.ticket.pen import Pen
from print_agent.ticket.style import PLAIN, Style

# About six metres of paper: many times the largest real order, and an end to an endless one.
BODY_CHARACTERS: Final = 40_000

# A word that turns a dish into another one. The menu's language need not be the ticket's.
_CHANGES_A_DISH: Final = re.compile(
    r"\b(no|not|without|ohne|kein|keine|keinen|nicht|sans|pas|senza|niente|extra|extras|statt)\b",
    re.IGNORECASE,
)
# What has no name comes with its id. Eight digits find it online; all 36 break over two lines.
_NAMELESS: Final = re.compile(
    r"(?P<start>\?\? [0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_CHANGED: Final = Style(height=2, bold=True)
_UNRESOLVED: Final = Style(bold=True, inverse=True)


def dishes(order: TicketOrder, number: str, pen: Pen) -> Iterator[Block]:
    """Every line of the order on its own: two that look alike may be two guests' wishes."""
    start = pen.characters
    shown = 0
    for section, items in _by_section(order.items, pen):
        if section:
            yield Heading(section)
        for item in items:
            if pen.characters - start > BODY_CHARACTERS:
                pen.incomplete = True
                yield Banner(pen.words.items_left_out.format(len(order.items) - shown))
                yield Banner(pen.words.read_rest.format(number))
                return
            yield from _dish(item, number, pen)
            shown += 1


def total(order: TicketOrder) -> int:
    return sum(item.quantity for item in order.items)


def _by_section(items: tuple[Item, ...], pen: Pen) -> list[tuple[str, list[Item]]]:
    """Items under the names of their sections, both in the order in which they came.

    Items without a section come first, where no heading can claim them.
    """
    sections: dict[str, list[Item]] = {"": []}
    for item in items:
        sections.setdefault(pen.line(item.section.name), []).append(item)
    return [(name, members) for name, members in sections.items() if members]


def _dish(item: Item, number: str, pen: Pen) -> Iterator[Block]:
    name = _name(item.name, pen)
    if not name:
        pen.incomplete = True
    yield Dish(item.quantity, name or pen.words.no_name)
    for variant in item.variants:
        if text := _name(variant, pen):
            yield Detail(text, style=Style(height=2))
    for modifier in item.modifiers:
        yield _modifier(modifier, pen)
    yield from item_texts(item, number, pen)


def _modifier(modifier: Modifier, pen: Pen) -> Detail:
    name, group = _name(modifier.name, pen), pen.line(modifier.group)
    if modifier.quantity > 1:
        name = f"{modifier.quantity}x {name}"
    if not modifier.resolved or not name:
        pen.incomplete = True
        return Detail(f"?? {name.removeprefix('?? ')}".strip(), group, style=_UNRESOLVED)
    changes = _CHANGES_A_DISH.search(name) or _CHANGES_A_DISH.search(group)
    return Detail(name, group, style=_CHANGED if changes else PLAIN)


def _name(text: str, pen: Pen) -> str:
    written = pen.line(text)
    nameless = _NAMELESS.fullmatch(written)
    return nameless["start"] if nameless else written
