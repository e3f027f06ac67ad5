"""The guest's free text: always whole up to a stated length, always in a box or after a label."""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.allergy import mentions_allergy
from bonfire.messages import TicketOrder
from bonfire.order import Item, LabelledText
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Place
from print_agent.ticket.pen import Pen
from print_agent.ticket.style import PLAIN, Style

NOTE_CHARACTERS = 1_500
REQUEST_CHARACTERS = 600
_LARGE_NOTE_CHARACTERS = 200  # a longer note in large type would push the dishes out of sight

_BOLD = Style(bold=True)
_ALLERGY = Style(height=2, bold=True, inverse=True)


def order_texts(order: TicketOrder, number: str, pen: Pen) -> Iterator[Block]:
    """What the guest wrote about the whole order."""
    style = Style(
        height=2 if len(order.note) <= _LARGE_NOTE_CHARACTERS else 1, bold=True, inverse=True
    )
    yield from _box(order.note, pen.words.note, number, pen, Place.TICKET, style)
    instructions = order.fulfilment.instructions
    yield from _box(instructions, pen.words.instructions, number, pen, Place.TICKET, PLAIN)
    for field in order.custom_fields:
        yield from _labelled(field, pen, Place.TICKET)
    if name := pen.line(order.customer_name):
        yield Detail(name, pen.words.customer, Place.TICKET, _BOLD)


def item_texts(item: Item, number: str, pen: Pen) -> Iterator[Block]:
    """What the guest wrote about one dish."""
    style = Style(height=2, bold=True)
    yield from _box(item.special_request, pen.words.request, number, pen, Place.DISH, style)
    for note in item.notes:
        yield from _labelled(note, pen, Place.DISH)


def speaks_of_allergy_below(order: TicketOrder) -> bool:
    """Whether a text that stands below the top of the ticket does."""
    return any(
        mentions_allergy(text)
        for item in order.items
        for text in (item.special_request, *(f"{note.label} {note.text}" for note in item.notes))
        if text
    )


def _box(
    text: str, title: str, number: str, pen: Pen, place: Place, style: Style
) -> Iterator[Block]:
    most = NOTE_CHARACTERS if place is Place.TICKET else REQUEST_CHARACTERS
    shown = pen.lines(text, most)
    if not shown:
        return
    if mentions_allergy(text):
        yield Box(f"{pen.words.allergy} {title}", shown, place, _ALLERGY, loud_title=True)
    else:
        yield Box(title, shown, place, style)
    if pen.cut_last:
        yield Banner(pen.words.read_rest.format(number))


def _labelled(field: LabelledText, pen: Pen, place: Place) -> Iterator[Block]:
    label, text = pen.line(field.label), pen.line(field.text)
    if label or text:
        allergic = mentions_allergy(f"{field.label} {field.text}")
        yield Detail(text, label or "-", place, _ALLERGY if allergic else PLAIN)
