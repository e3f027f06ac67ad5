"""What of an order each document shows; the rest never leaves the ledger for that printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bonfire.allergy import answer_mentions_allergy, mentions_allergy, names_allergy
from bonfire.messages import Document, TicketOrder
from bonfire.order import (
    LABEL_CHARACTERS,
    TEXT_CHARACTERS,
    Fulfilment,
    Item,
    LabelledText,
    Order,
)


@dataclass(frozen=True, slots=True)
class _Shows:
    """Beside what all of them show."""

    instructions: bool = False
    contact: bool = False  # telephone and address
    payment: bool = False
    prices: bool = False


_SHOWS: Final[Mapping[Document, _Shows]] = {
    Document.STATION: _Shows(instructions=True),
    Document.PASS: _Shows(instructions=True, contact=True, payment=True, prices=True),
    Document.COURIER: _Shows(instructions=True, contact=True, payment=True),
    Document.BAG: _Shows(),
}


def ticket_order(
    order: Order,
    document: Document,
    items: Iterable[Item],
    allergic: tuple[LabelledText, ...],
) -> TicketOrder:
    """The order with these items as the document shows it; `allergic` is of all its items."""
    shows = _SHOWS[document]
    return TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        fulfilment=_fulfilment(order.fulfilment, shows),
        customer_name=order.customer.full_name,
        phone=order.customer.phone if shows.contact else "",
        payment=order.payment if shows.payment else None,
        note=order.note,
        allergies=allergic,
        custom_fields=order.custom_fields,
        items=tuple(items if shows.prices else map(_without_prices, items)),
        alerts=order.alerts,
    )


def allergies(items: Iterable[Item]) -> tuple[LabelledText, ...]:
    """What speaks of an allergy at any dish, whole, by the dish's name; the same words once."""
    found = (
        LabelledText(label=dish[:LABEL_CHARACTERS], text=text[start : start + TEXT_CHARACTERS])
        for item in items
        for dish in (item.part_of or item.name,)
        for text in _allergic_words(item)
        for start in range(0, len(text), TEXT_CHARACTERS)
    )
    return tuple(dict.fromkeys(found))


def _allergic_words(item: Item) -> Iterator[str]:
    """The guest's own, and choices that name an allergy: nuts in a name of the menu are none."""
    if mentions_allergy(item.special_request):
        yield item.special_request
    for note in item.notes:
        if answer_mentions_allergy(note.label, note.text):
            yield note.in_words
    yield from filter(names_allergy, item.variants)
    for modifier in item.modifiers:
        choice = LabelledText(label=modifier.group, text=modifier.name).in_words
        if names_allergy(choice):
            yield choice


def _fulfilment(fulfilment: Fulfilment, shows: _Shows) -> Fulfilment:
    """Words to the driver stay off a bag, unless they speak of an allergy."""
    hidden: dict[str, object] = {}
    if not shows.contact:
        hidden["address"] = None
    if not shows.instructions and not mentions_allergy(fulfilment.instructions):
        hidden["instructions"] = ""
    return fulfilment.model_copy(update=hidden)


def _without_prices(item: Item) -> Item:
    modifiers = tuple(one.model_copy(update={"price": None}) for one in item.modifiers)
    return item.model_copy(update={"price": None, "modifiers": modifiers})
