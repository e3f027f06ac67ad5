"""The dishes of a ticket, by its kind: all of them, what changed, or what is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from print_agent.ticket.blocks import Banner, Block, Heading
from print_agent.ticket.changed_dish import changed_dish, gone_dish
from print_agent.ticket.difference import Difference, OrderLine
from print_agent.ticket.dishes import COOKED, STRUCK, Look, dish
from print_agent.ticket.draft import Draft
from print_agent.ticket.groups import grouped
from print_agent.ticket.guest_text import read_rest

# About six metres of paper: many times the largest real order, and an end to an endless one.
BODY_CHARACTERS: Final = 40_000

# A heading, or a dish that is not written yet.
Part = Block | Callable[[], Iterator[Block]]


def body(draft: Draft, look: Look = COOKED) -> tuple[Block, ...]:
    """Every line of the order on its own: two that look alike may be two guests' wishes."""
    if draft.is_cancelled:
        parts = _taken_back(draft)
    elif draft.change:
        parts = _changed(draft.change, draft, look)
    else:
        parts = _all(range(len(draft.order.items)), draft, look)
    written = tuple(_up_to_the_limit(tuple(parts), draft))
    return written if written or draft.is_test else (Banner(draft.words.no_items),)


def _all(positions: Iterable[int], draft: Draft, look: Look) -> Iterator[Part]:
    for group in grouped(positions, draft):
        yield from group.headings
        for position in group.positions:
            yield partial(dish, draft.order.items[position], draft, look)


def _changed(now: Difference, draft: Draft, look: Look) -> Iterator[Part]:
    words = draft.words
    if now.gone:
        said = words.cancelled if draft.order.items else words.all_cancelled
        yield Banner(said.format(draft.task.stop))
        for line in now.gone:
            yield partial(gone_dish, line.shown, draft)
    if now.new_or_changed:
        yield Banner(words.new_and_changed)
        yield from _by_group(now.new_or_changed, draft, look)
    if now.unchanged:
        if len(now.unchanged) == len(now.lines):
            yield Banner(words.no_item_changed)
        yield Heading(words.unchanged)
        for line in now.unchanged:
            yield partial(dish, line.shown, draft, replace(look, small=True))


def _by_group(lines: Iterable[OrderLine], draft: Draft, look: Look) -> Iterator[Part]:
    found = {line.position: line for line in lines}
    for group in grouped(found, draft):
        yield from group.headings
        for position in group.positions:
            line = found[position]
            yield partial(changed_dish, line.before, line.shown, draft, look)


def _taken_back(draft: Draft) -> Iterator[Part]:
    """As the lines stood on paper, so that the cook knows which burger; then what never did."""
    if draft.difference is None:
        yield from _all(range(len(draft.order.items)), draft, STRUCK)
        return
    for line in draft.difference.gone:
        yield partial(dish, line.shown, draft, STRUCK)
    found = {line.position: line for line in draft.difference.lines if line.after}
    for group in grouped(found, draft):
        yield from group.headings
        for position in group.positions:
            line = found[position]
            yield partial(dish, line.on_paper, draft, STRUCK)


def _up_to_the_limit(parts: tuple[Part, ...], draft: Draft) -> Iterator[Block]:
    pen = draft.pen
    start = pen.characters
    left = sum(callable(part) for part in parts)
    for part in parts:
        if not callable(part):
            yield part
            continue
        if pen.characters - start > BODY_CHARACTERS:
            pen.incomplete = True
            yield Banner(draft.words.items_left_out.format(left))
            yield read_rest(draft)
            return
        yield from part()
        left -= 1
