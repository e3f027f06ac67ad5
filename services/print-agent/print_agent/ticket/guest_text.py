"""The guest's free text: always whole up to a stated length, always in a box or after a label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.config import OptionalBlock
from bonfire.messages import Document
from bonfire.order import LabelledText, Topic
from print_agent.ticket.allergies import Said, at_top, speaks_of_allergy
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
    """The checkout's questions with the guest's answers, and what else only has a label."""
    for field in draft.order.custom_fields:
        if _is_shown(field, draft):
            yield from labelled(field, draft, Place.TICKET)


def _is_shown(field: LabelledText, draft: Draft) -> bool:
    """An allergy stands at the top already, or here where the top is full; it is never hidden."""
    if speaks_of_allergy(field):
        said = Said(field.label, field.text).as_read
        return said not in {each.as_read for each in at_top(draft.order).shown}
    if field.topic is Topic.CONTACT:
        is_courier = draft.job.document is Document.COURIER
        return is_courier or draft.profile.shows(OptionalBlock.CONTACT)
    return draft.profile.shows(OptionalBlock.QUESTIONS)


def customer(draft: Draft, style: Style = _BOLD) -> Iterator[Block]:
    name = draft.pen.line(draft.order.customer_name)
    if name and draft.profile.shows(OptionalBlock.CUSTOMER):
        yield Detail(name, draft.words.customer, Place.TICKET, style)
