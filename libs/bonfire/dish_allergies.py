"""What speaks of an allergy at the dishes of an order. Every ticket of the order has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bonfire.allergy import answer_mentions_allergy, mentions_allergy, names_allergy
from bonfire.order import LABEL_CHARACTERS, TEXT_CHARACTERS, Item, LabelledText


def dish_allergies(items: Iterable[Item]) -> tuple[LabelledText, ...]:
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
