"""The guest's free text: always whole up to a stated length, always in a box or after a label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.config import OptionalBlock
from bonfire.order import LabelledText
from print_agent.ticket.allergies import speaks_of_allergy
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Place
from print_agent.ticket.draft import Draft
from print_agent.ticket.style import LOUD, LOUD_AND_LARGE, PLAIN, Style

NOTE_CHARACTERS: Final = 1_500
REQUEST_CHARACTERS: Final = 600

ALLERGY: Final = LOUD
_BOLD: Final = Style(bold=True)


def box(text: str, title: str, draft: Draft, place: Place, style: Style = PLAIN) -> Iterator[Block]:
    """`text` in its frame, if there is any. An allergy in it is loud, however it is styled else."""
    if not text:
        return
    allergic = mentions_allergy(text)
    whole = place is Place.TICKET or allergic
    shown = draft.pen.lines(text, NOTE_CHARACTERS if whole else REQUEST_CHARACTERS)
    if not shown:
        return
    if allergic:
        yield Box(f"{draft.words.allergy} {title}", shown, place, ALLERGY, loud_title=True)
    else:
        yield Box(title, shown, place, style)
    if draft.pen.cut_last:
        yield read_rest(draft)


def labelled(field: LabelledText, draft: Draft, place: Place) -> Iterator[Detail]:
    label, text = draft.pen.line(field.label), draft.pen.line(field.text)
    if label or text:
        style = ALLERGY if speaks_of_allergy(field) else PLAIN
        yield Detail(text, label or "-", place, style)


def read_rest(draft: Draft) -> Banner:
    return Banner(draft.words.read_rest.format(draft.number), LOUD_AND_LARGE)


def instructions(draft: Draft, style: Style = PLAIN) -> Iterator[Block]:
    """For handing the order over. What speaks of an allergy stands at the top already."""
    text = draft.order.fulfilment.instructions
    if not mentions_allergy(text):
        yield from box(text, draft.words.instructions, draft, Place.TICKET, style)


def questions(draft: Draft) -> Iterator[Block]:
    """The checkout's questions with the guest's answers; an allergy stands at the top already."""
    if draft.profile.shows(OptionalBlock.QUESTIONS):
        for field in draft.order.custom_fields:
            if not speaks_of_allergy(field):
                yield from labelled(field, draft, Place.TICKET)


def customer(draft: Draft, style: Style = _BOLD) -> Iterator[Block]:
    name = draft.pen.line(draft.order.customer_name)
    if name and draft.profile.shows(OptionalBlock.CUSTOMER):
        yield Detail(name, draft.words.customer, Place.TICKET, style)
