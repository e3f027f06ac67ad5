"""What is the same to whoever reads a ticket: ids, prices, the order of choices, a blank at the end
of a name and signs without a shape make no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from bonfire.order import Item, LabelledText, Modifier
from bonfire.sanitiser import clean_line


@dataclass(frozen=True, slots=True)
class AsRead:
    """A line of an order. Two that read alike are equal, whatever their ids."""

    name: Hashable  # of the dish and of the one that it is a part of
    quantity: int
    parts: frozenset[Hashable]  # variants, choices, requests and notes; of two alike, each
    id: str = field(compare=False)

    def edits(self, other: AsRead) -> int:
        """How many parts are only in one of the two."""
        return len(self.parts ^ other.parts)


def as_read(item: Item) -> AsRead:
    return AsRead(
        name=(clean_line(item.name), clean_line(item.part_of)),
        quantity=item.quantity,
        parts=frozenset(_numbered(_parts(item))),
        id=item.id,
    )


def choice(modifier: Modifier) -> Hashable:
    name, group = clean_line(modifier.name), clean_line(modifier.group)
    return name, group, modifier.quantity, modifier.resolved


def answer(of: LabelledText) -> tuple[str, str]:
    return clean_line(of.label), clean_line(of.text)


def answers(fields: Iterable[LabelledText]) -> Counter[tuple[str, str]]:
    """Without those that print as nothing."""
    return Counter(one for one in map(answer, fields) if any(one))


def _parts(item: Item) -> Iterator[Hashable]:
    yield from (text for text in map(clean_line, item.variants) if text)
    yield from map(choice, item.modifiers)
    if request := clean_line(item.special_request):
        yield "request", request
    for note in answers(item.notes).elements():
        yield "note", note


def _numbered(parts: Iterable[Hashable]) -> Iterator[Hashable]:
    """A choice that was made twice is not the choice made once."""
    seen: Counter[Hashable] = Counter()
    for part in parts:
        seen[part] += 1
        yield part, seen[part]
