"""What speaks of an allergy anywhere in an order. Every ticket of the order has it at its top."""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.allergy import (
    answer_mentions_allergy,
    mentions_allergy,
    name_mentions_allergy,
    names_allergy,
)
from bonfire.order import (
    LABEL_CHARACTERS,
    TEXT_CHARACTERS,
    Fulfilment,
    Item,
    LabelledText,
    Order,
    Topic,
)


def order_allergies(order: Order) -> tuple[LabelledText, ...]:
    """Whole, with the dish or the question as its label where it has one; the same words once.

    Left out are the note and the instructions: where they speak of an allergy, they stand on every
    ticket themselves. So are codes and ids of the order and its location, which no ticket shows.
    """
    found = (
        LabelledText(label=label[:LABEL_CHARACTERS], text=text[start : start + TEXT_CHARACTERS])
        for label, text in _speaking(order)
        for start in range(0, max(1, len(text)), TEXT_CHARACTERS)
    )
    return tuple(dict.fromkeys(found))


def _speaking(order: Order) -> Iterator[tuple[str, str]]:
    for item in order.items:
        yield from _of_dish(item)
    for field in order.custom_fields:
        if _answer_speaks(field):
            yield field.label, field.text
    customer, fulfilment = order.customer, order.fulfilment
    shops = filter(names_allergy, (order.number, fulfilment.title, fulfilment.promise.text))
    names = (customer.name, customer.company, fulfilment.table, *_address(fulfilment))
    yield from (("", text) for text in shops)
    yield from (("", text) for text in filter(name_mentions_allergy, names))
    yield from (("", text) for text in filter(mentions_allergy, (customer.phone,)))


def _of_dish(item: Item) -> Iterator[tuple[str, str]]:
    """The guest's own words, and the shop's that name an allergy: nuts in a menu are none."""
    dish = item.part_of or item.name
    if mentions_allergy(item.special_request):
        yield dish, item.special_request
    for note in item.notes:
        if _answer_speaks(note):
            yield dish, note.in_words
    choices = (
        LabelledText(label=modifier.group, text=modifier.name).in_words
        for modifier in item.modifiers
    )
    section = (item.section.id, item.section.name, item.category)
    for text in filter(names_allergy, (*item.variants, *choices, *section, item.id)):
        yield dish, text
    for text in filter(names_allergy, (item.name, item.part_of)):
        yield "", text


def _answer_speaks(field: LabelledText) -> bool:
    speaks = answer_mentions_allergy(field.label, field.text)
    return speaks and (field.topic is not Topic.CONTACT or name_mentions_allergy(field.in_words))


def _address(fulfilment: Fulfilment) -> tuple[str, ...]:
    address = fulfilment.address
    if address is None:
        return ()
    return (*address.lines, address.postal_code, address.city, address.country)
