"""What guests wrote of allergies, wherever it stands in an order. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from bonfire.allergy import answer_mentions_allergy, mentions_allergy
from bonfire.messages import TicketOrder
from bonfire.order import LabelledText
from bonfire.sanitiser import clean_line

# Of all texts together: some metres of paper, and then the rest online.
ALLERGIES_CHARACTERS: Final = 12_000


class Said(NamedTuple):
    """What a guest wrote, and the dish or the question that it is about."""

    about: str
    text: str

    @property
    def as_read(self) -> Said:
        return Said(clean_line(self.about), clean_line(self.text))


def allergies(order: TicketOrder) -> Iterator[Said]:
    """Every text that speaks of an allergy and is not the order's note or instructions: those that
    the order lists, wherever the dish is cooked, and then what only its own lines say. Each once.
    """
    listed = (Said(one.label, one.text) for one in order.allergies)
    told = set()
    for said in (*listed, *_of_lines(order)):
        if said.as_read not in told:
            told.add(said.as_read)
            yield said


class Top(NamedTuple):
    """What of them stands at the top of a ticket, and whether there would be more."""

    shown: tuple[Said, ...]
    is_cut: bool


def at_top(order: TicketOrder) -> Top:
    shown: list[Said] = []
    characters = 0
    for said in allergies(order):
        if characters > ALLERGIES_CHARACTERS:
            return Top(tuple(shown), is_cut=True)
        characters += len(said.about) + len(said.text)
        shown.append(said)
    return Top(tuple(shown), is_cut=False)


def new_allergies(before: Iterable[Said], after: Iterable[Said]) -> frozenset[Said]:
    """Those that did not stand on paper with these words, as they are read."""
    known = {said.as_read for said in before}
    return frozenset(said.as_read for said in after) - known


def withdrawn_allergies(before: Iterable[Said], after: Iterable[Said]) -> Iterator[Said]:
    """Those that the order has no longer. What only grew is not withdrawn."""
    standing: defaultdict[str, list[str]] = defaultdict(list)
    for said in after:
        standing[said.as_read.about].append(said.as_read.text)
    for said in before:
        about, text = said.as_read
        if not any(text in other for other in standing[about]):
            yield said


def speaks_of_allergy(field: LabelledText) -> bool:
    return answer_mentions_allergy(field.label, field.text)


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
