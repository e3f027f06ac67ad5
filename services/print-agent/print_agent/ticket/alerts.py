"""What stands at the top of every ticket of an order, whoever it is for, and can never be hidden:
what to check, allergies, the note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from bonfire.allergy import mentions_allergy
from bonfire.messages import TicketOrder
from bonfire.sanitiser import clean_line
from print_agent.ticket.blocks import Banner, Block, Box, Place
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import (
    ALLERGY,
    NOTE_CHARACTERS,
    box,
    read_rest,
    speaks_of_allergy,
)
from print_agent.ticket.style import Style

# Of all texts together: some metres of paper, and then the rest online.
ALLERGIES_CHARACTERS: Final = 12_000

_LARGE_NOTE_CHARACTERS: Final = 200  # a longer one in large would push the dishes out of sight


class Said(NamedTuple):
    """What a guest wrote, and the dish or the question that it is about."""

    about: str
    text: str


def alerts(draft: Draft) -> Iterator[Block]:
    yield from _allergies(draft)
    yield from _note(draft)
    instructions = draft.order.fulfilment.instructions
    if mentions_allergy(instructions):
        yield from box(instructions, draft.words.instructions, draft, Place.TICKET)


def check_online(draft: Draft) -> Iterator[Banner]:
    """Comes after every text was written: the pen then knows whether something is missing."""
    is_empty = not draft.count and not draft.is_test
    if draft.order.alerts or draft.pen.incomplete or is_empty:
        yield Banner(draft.words.check_online.format(draft.number))


def allergies(order: TicketOrder) -> Iterator[Said]:
    """Every text that speaks of an allergy and is not the order's note or instructions: those that
    the order lists, wherever the dish is cooked, and then what only its own lines say. Each once.
    """
    listed = (Said(one.label, one.text) for one in order.allergies)
    told = set()
    for said in (*listed, *_of_lines(order)):
        key = (clean_line(said.about), clean_line(said.text))
        if key not in told:
            told.add(key)
            yield said


def _of_lines(order: TicketOrder) -> Iterator[Said]:
    for item in order.items:
        dish = item.part_of or item.name
        if item.special_request and mentions_allergy(item.special_request):
            yield Said(dish, item.special_request)
        for note in item.notes:
            if speaks_of_allergy(note):
                yield Said(dish, note.in_words)
    for field in order.custom_fields:
        if speaks_of_allergy(field):
            yield Said(field.label, field.text)


def _allergies(draft: Draft) -> Iterator[Block]:
    pen, words = draft.pen, draft.words
    start = pen.characters
    for said in allergies(draft.order):
        if pen.characters - start > ALLERGIES_CHARACTERS:
            pen.incomplete = True
            yield read_rest(draft)
            return
        about, shown = pen.line(said.about), pen.lines(said.text, NOTE_CHARACTERS)
        title = f"{words.allergy} {about}".strip() if shown else words.allergy
        yield Box(title, shown or about, Place.TICKET, ALLERGY, loud_title=True)
        if pen.cut_last:
            yield read_rest(draft)


def _note(draft: Draft) -> Iterator[Block]:
    """A note that was withdrawn is told, too: the ticket before had it."""
    words, note = draft.words, draft.order.note
    changed = draft.change is not None and draft.change.note
    height = 2 if len(note) <= _LARGE_NOTE_CHARACTERS else 1
    style = Style(height=height, bold=True, inverse=True)
    title = words.new_note if changed else words.note
    yield from box(note, title, draft, Place.TICKET, style)
    if changed and draft.before and not note.strip():
        yield from box(draft.before.note, words.note_gone, draft, Place.TICKET, style)
