"""The same choice in several places, as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bonfire.order import Money


def folded(text: str) -> str:
    """What two spellings of one text have in common: neither case nor spaces count."""
    return " ".join(text.casefold().split())


@dataclass(slots=True, eq=False)
class Choice:
    """One entry of one place, which takes in the same choice of other places."""

    name: str
    id: str
    group: str
    group_id: str
    quantity: int
    price: Money | None
    places: set[str]

    def is_same(self, other: Choice) -> bool:
        """Whether both are one choice, which two entries of one place never are."""
        if not self.places.isdisjoint(other.places) or not self._may_share_group(other):
            return False
        same_name = folded(self.name) == folded(other.name)
        if self.id and other.id:
            return self.id == other.id and (same_name or not (self.name and other.name))
        return bool(self.name) and same_name

    def _may_share_group(self, other: Choice) -> bool:
        if self.group_id and other.group_id and self.group_id != other.group_id:
            return False
        return not (self.group and other.group) or folded(self.group) == folded(other.group)

    def take_in(self, other: Choice) -> None:
        self.name = self.name or other.name
        self.id = self.id or other.id
        self.group = self.group or other.group
        self.group_id = self.group_id or other.group_id
        self.quantity = max(self.quantity, other.quantity)
        self.price = self.price or other.price
        self.places |= other.places


class Union:
    """The choices of all places so far, in the order in which they were added."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []
        # A cart may hold thousands: comparing each with each would block everybody else.
        self._by_id: dict[str, list[Choice]] = {}
        self._by_name: dict[str, list[Choice]] = {}

    def add(self, entry: Choice) -> None:
        if not self.take_in(entry):
            self.choices.append(entry)
            self._index(entry, entry.id, entry.name)

    def take_in(self, entry: Choice) -> bool:
        """Unites `entry` with the first choice that is the same, if there is one."""
        for choice in self._candidates(entry):
            if choice.is_same(entry):
                self._index(
                    choice, "" if choice.id else entry.id, "" if choice.name else entry.name
                )
                choice.take_in(entry)
                return True
        return False

    def _candidates(self, entry: Choice) -> Iterator[Choice]:
        if entry.id:
            yield from self._by_id.get(entry.id, ())
        if entry.name:
            yield from self._by_name.get(folded(entry.name), ())

    def _index(self, choice: Choice, new_id: str, new_name: str) -> None:
        if new_id:
            self._by_id.setdefault(new_id, []).append(choice)
        if new_name:
            self._by_name.setdefault(folded(new_name), []).append(choice)
