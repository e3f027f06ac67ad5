"""A dish with all that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.config import OptionalBlock
from bonfire.order import Item, LabelledText, Modifier
from print_agent.ticket.blocks import Block, Detail, Dish, Place
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import box, labelled
from print_agent.ticket.money import line_price, surcharge
from print_agent.ticket.no_words import NO_WORDS
from print_agent.ticket.pen import Pen
from print_agent.ticket.style import PLAIN, Style

# A word that turns a dish into another one.
_CHANGES_A_DISH: Final = re.compile(
    rf"\b({'|'.join(sorted(NO_WORDS))}"
    r"|extra\w*|double|doubles|doppelt\w*|en plus|suppléments?|supplemento|aggiunta"
    r"|doppi|doppia|doppie|doppio)\b",
    re.IGNORECASE,
)
# What has no name comes with its id. Eight digits find it online; all 36 break over two lines.
_NAMELESS: Final = re.compile(
    r"(?P<start>\?\? [0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_VARIANT: Final = Style(height=2)
_CHANGES: Final = Style(height=2, bold=True)
_UNRESOLVED: Final = Style(bold=True, inverse=True)
_REQUEST: Final = Style(height=2, bold=True)
_SMALL_CHANGES: Final = Style(bold=True)


@dataclass(frozen=True, slots=True)
class Look:
    """`small` for what nobody cooks from this ticket, `packed` for what is only looked for by its
    name, `struck` for what is taken back.
    """

    small: bool = False
    packed: bool = False
    struck: bool = False
    prices: bool = False

    @property
    def calm(self) -> bool:
        """Whether what stands below the name matters less than the name."""
        return self.small or self.packed


COOKED: Final = Look()
SMALL: Final = Look(small=True)
PACKED: Final = Look(packed=True)
STRUCK: Final = Look(struck=True)


def dish(item: Item, draft: Draft, look: Look = COOKED) -> Iterator[Block]:
    yield name_of(item, draft, look)
    yield from part_of(item, draft)
    for text in item.variants:
        yield from variant(text, draft, look)
    for one in item.modifiers:
        yield modifier(one, draft, look)
    yield from request(item.special_request, draft.words.request, draft, look)
    for note in item.notes:
        yield from labelled(note, draft, Place.DISH)


def name_of(item: Item, draft: Draft, look: Look = COOKED) -> Dish:
    name = _name(item.name, draft.pen)
    if not name:
        draft.pen.incomplete = True
    priced = look.prices and draft.profile.shows(OptionalBlock.PRICES)
    return Dish(
        item.quantity,
        name or draft.words.no_name,
        price=draft.pen.line(line_price(item, draft.words)) if priced else "",
        struck=look.struck,
        small=look.small,
        packed=look.packed,
    )


def part_of(item: Item, draft: Draft) -> Iterator[Detail]:
    if item.part_of and (text := draft.pen.line(item.part_of)):
        yield Detail(text, draft.words.part_of)


def variant(text: str, draft: Draft, look: Look = COOKED) -> Iterator[Detail]:
    if name := _name(text, draft.pen):
        yield Detail(name, style=_emphasis(_changes(name), look, _VARIANT))


def modifier(one: Modifier, draft: Draft, look: Look = COOKED) -> Detail:
    name = _name(one.name, draft.pen)
    group = draft.pen.line(one.group) if one.group else ""
    if one.quantity > 1:
        name = f"{one.quantity}x {name}"
    if not one.resolved or not name:
        draft.pen.incomplete = True
        return Detail(f"?? {name.removeprefix('?? ')}".strip(), group, style=_UNRESOLVED)
    if look.prices and draft.profile.shows(OptionalBlock.PRICES):
        name = f"{name} {draft.pen.line(surcharge(one, draft.words))}".strip()
    return Detail(name, group, style=_emphasis(_changes(name) or _changes(group), look, PLAIN))


def _changes(text: str) -> bool:
    return _CHANGES_A_DISH.search(text) is not None


def _emphasis(changes: bool, look: Look, otherwise: Style) -> Style:
    if look.calm:
        return _SMALL_CHANGES if changes else PLAIN
    return _CHANGES if changes else otherwise


def request(text: str, title: str, draft: Draft, look: Look = COOKED) -> Iterator[Block]:
    if not look.calm:
        yield from box(text, title, draft, Place.DISH, _REQUEST)
    elif text.strip():
        label = f"{draft.words.allergy} {title}" if mentions_allergy(text) else title
        yield from labelled(LabelledText(label=label, text=text), draft, Place.DISH)


def _name(text: str, pen: Pen) -> str:
    written = pen.line(text)
    nameless = _NAMELESS.fullmatch(written) if written.startswith("??") else None
    return nameless["start"] if nameless else written
