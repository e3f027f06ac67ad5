"""What stands at the top of every ticket of an order, whoever it is for, and can never be hidden:
what to check, allergies, the note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.sanitiser import clean_line
from print_agent.ticket.allergies import ALLERGIES_CHARACTERS, Said, at_top
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Line, Place
from print_agent.ticket.draft import Draft
from print_agent.ticket.guest_text import ALLERGY, NOTE_CHARACTERS, box, read_rest
from print_agent.ticket.style import Style

_LARGE_NOTE_CHARACTERS: Final = 200  # a longer one in large would push the dishes out of sight


def alerts(draft: Draft) -> Iterator[Block]:
    yield from _allergies(draft)
    yield from _note(draft)
    yield from _instructions(draft)
    yield from _withdrawn(draft)


def check_online(draft: Draft) -> Iterator[Banner]:
    """Comes after every text was written: the pen then knows whether something is missing."""
    is_emptied = draft.change is not None and draft.change.gone  # and all of that is known
    is_empty = not draft.count and not is_emptied and not draft.is_test
    if draft.order.alerts or draft.pen.incomplete or is_empty:
        yield Banner(draft.words.check_online.format(draft.number))


def _allergies(draft: Draft) -> Iterator[Block]:
    pen, words = draft.pen, draft.words
    new = draft.change.new_allergies if draft.change else ()
    top = at_top(draft.order)
    for said in top.shown:
        about, shown = pen.line(said.about), pen.lines(said.text, NOTE_CHARACTERS)
        allergy = words.new_allergy if said.as_read in new else words.allergy
        title = f"{allergy} {about}".strip() if shown else allergy
        yield Box(title, shown or about, Place.TICKET, ALLERGY, loud_title=True)
        if pen.cut_last:
            yield read_rest(draft)
    if top.is_cut:
        pen.incomplete = True
        yield read_rest(draft)


def _note(draft: Draft) -> Iterator[Block]:
    """A note that was withdrawn is told, too: the ticket before had it."""
    words, note = draft.words, draft.order.note
    changed = draft.change is not None and draft.change.note
    height = 2 if len(note) <= _LARGE_NOTE_CHARACTERS else 1
    style = Style(height=height, bold=True, inverse=True)
    title = words.new_note if changed else words.note
    yield from box(note, title, draft, Place.TICKET, style)
    if changed and draft.before and not clean_line(note):
        was = draft.before.note
        if not mentions_allergy(was):
            yield from box(was, words.note_gone, draft, Place.TICKET, style)


def _instructions(draft: Draft) -> Iterator[Block]:
    words, text = draft.words, draft.order.fulfilment.instructions
    if mentions_allergy(text):
        changed = draft.change is not None and draft.change.instructions
        title = (
            f"{words.added}{words.colon} {words.instructions}" if changed else words.instructions
        )
        yield from box(text, title, draft, Place.TICKET)


def _withdrawn(draft: Draft) -> Iterator[Block]:
    """In plain, since nobody shall take it for an allergy that holds, and with what to do, since
    nobody shall conclude that there is none: a cancelled dish takes its request along.
    """
    pen, words = draft.pen, draft.words
    start = pen.characters
    told = False
    for said in _allergies_before(draft):
        if pen.characters - start > ALLERGIES_CHARACTERS:
            pen.incomplete = True
            yield read_rest(draft)
            return
        text = ": ".join(filter(None, (pen.line(said.about), pen.line(said.text, NOTE_CHARACTERS))))
        if text:
            yield Detail(text, words.withdrawn, Place.TICKET)
            told = True
    if told:
        yield Line(words.in_doubt)


def _allergies_before(draft: Draft) -> Iterator[Said]:
    """Those on the ticket before that the order has no longer."""
    now, before, words = draft.change, draft.before, draft.words
    if now is None or before is None:
        return
    yield from now.withdrawn_allergies
    order = draft.order
    for about, was, text in (
        (words.note, before.note, order.note),
        (words.instructions, before.fulfilment.instructions, order.fulfilment.instructions),
    ):
        if mentions_allergy(was) and clean_line(was) not in clean_line(text):
            yield Said(about, was)
