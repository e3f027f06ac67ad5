"""A dish that is not as it was on the ticket before: as it is now, with every change marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.order import Item, LabelledText
from bonfire.sanitiser import clean_line
from print_agent.ticket.allergies import speaks_of_allergy
from print_agent.ticket.as_read import answer, choice
from print_agent.ticket.blocks import Block, Box, Detail, Place
from print_agent.ticket.difference import Fate, fates
from print_agent.ticket.dishes import (
    STRUCK,
    Look,
    dish,
    modifier,
    name_of,
    part_of,
    request,
    variant,
)
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import labelled
from print_agent.ticket.style import PLAIN, Style

_CHANGED: Final = Style(height=2, bold=True, inverse=True)


def changed_dish(before: Item | None, after: Item, draft: Draft, look: Look) -> Iterator[Block]:
    """Without a `before`, all of it is new."""
    if before is None:
        name, *others = dish(after, draft, look)
        yield from (name, Detail(draft.words.added, style=_CHANGED), *others)
        return
    yield name_of(after, draft, look)
    if before.quantity != after.quantity:
        yield Detail(_quantities(before.quantity, after.quantity), style=_CHANGED)
    yield from part_of(after, draft)
    for fate, text in fates(before.variants, after.variants, key=clean_line):
        for detail in variant(text, draft, look):
            yield _marked(detail, fate, draft)
    for fate, one in fates(before.modifiers, after.modifiers, key=choice):
        yield _marked(modifier(one, draft, look), fate, draft)
    yield from _request(before.special_request, after.special_request, draft, look)
    for fate, note in fates(before.notes, after.notes, key=answer):
        for detail in labelled(note, draft, Place.DISH):
            yield _marked(detail, fate, draft)


def gone_dish(item: Item, draft: Draft) -> Iterator[Block]:
    """As it stood, for the cook to find it. What it says of an allergy must not read as one that
    holds.
    """
    request_of_allergy = mentions_allergy(item.special_request)
    calm = {"special_request": "" if request_of_allergy else item.special_request, "notes": ()}
    for block in dish(item.model_copy(update=calm), draft, STRUCK):
        yield _calmed(block)
    if request_of_allergy:
        words = draft.words
        yield from _gone(LabelledText(label=words.request, text=item.special_request), draft)
    for note in item.notes:
        if speaks_of_allergy(note):
            yield from _gone(note, draft)
        else:
            yield from map(_calmed, labelled(note, draft, Place.DISH))


def _calmed(block: Block) -> Block:
    """The name says what to stop. What belonged to it is only for finding it."""
    match block:
        case Detail():
            return replace(block, style=PLAIN, struck=True)
        case Box():
            return replace(block, style=PLAIN)
    return block


def _quantities(before: int, after: int) -> str:
    """Both, and what it means for who has begun already."""
    return f"{before}x -> {after}x ({after - before:+})"


def _marked(detail: Detail, fate: Fate, draft: Draft) -> Detail:
    """Loud is only what holds now: who takes in one of two words must not cook the gone one."""
    words = draft.words
    match fate:
        case Fate.KEPT:
            return detail
        case Fate.ADDED:
            label = f"{words.added} {detail.label}".strip()
            return replace(detail, label=label, style=_CHANGED)
        case Fate.GONE:
            label = f"{words.gone} {detail.label}".strip()
            return replace(detail, label=label, style=PLAIN, struck=True)


def _request(before: str, after: str, draft: Draft, look: Look) -> Iterator[Block]:
    """A request that was withdrawn is told as one that is new: the cook may remember it."""
    words = draft.words
    changed = clean_line(before) != clean_line(after)
    yield from request(after, words.new_request if changed else words.request, draft, look)
    if changed and not clean_line(after):
        yield from _gone(LabelledText(label=words.request, text=before), draft)


def _gone(field: LabelledText, draft: Draft) -> Iterator[Detail]:
    for detail in labelled(field, draft, Place.DISH):
        yield _marked(detail, Fate.GONE, draft)
