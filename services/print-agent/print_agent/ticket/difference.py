"""What a changed order takes away from the ticket before it, and what it adds. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from bonfire.messages import TicketOrder
from bonfire.order import Fulfilment, Item, Modifier

T = TypeVar("T", bound=Hashable)


class Fate(Enum):
    KEPT = auto()
    ADDED = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of the order before, after, or of both. `position` is its place in the order after,
    or where there is none, in the order before.
    """

    before: Item | None
    after: Item | None
    position: int

    @property
    def shown(self) -> Item:
        """The newest that is known of it."""
        item = self.after or self.before
        assert item is not None, "a line is in one of two orders"  # noqa: S101 -- the invariant
        return item

    @property
    def on_paper(self) -> Item:
        """As it stood on the ticket before, or would have."""
        return self.before or self.shown

    @property
    def unchanged(self) -> bool:
        """Does a cook see the same? Prices and ids are none of a cook's business."""
        return (
            self.before is not None
            and self.after is not None
            and _seen(self.before) == _seen(self.after)
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """Every line of both orders, once: first those that are gone, then the order as it is now."""

    lines: tuple[OrderLine, ...]
    promise: bool
    handover: bool  # pickup, delivery, the table, and what the owner calls it
    note: bool
    # Other things that a ticket may show.
    customer: bool
    address: bool
    phone: bool
    instructions: bool
    questions: bool
    payment: bool

    @property
    def gone(self) -> tuple[OrderLine, ...]:
        return tuple(line for line in self.lines if line.after is None)

    @property
    def new_or_changed(self) -> tuple[OrderLine, ...]:
        return tuple(line for line in self.lines if line.after and not line.unchanged)

    @property
    def unchanged(self) -> tuple[OrderLine, ...]:
        return tuple(line for line in self.lines if line.unchanged)


def difference(before: TicketOrder, after: TicketOrder) -> Difference:
    """`before` is the order as it stood on paper.

    A line is found again by its id, then by looking the same, then by its name. A dish under the
    id of another dish is no changed line: one is taken back and one is new.
    """
    was, now = before.fulfilment, after.fulfilment
    return Difference(
        lines=tuple(_lines(before.items, after.items)),
        promise=was.promise != now.promise,
        handover=_handover(was) != _handover(now),
        note=before.note != after.note,
        customer=before.customer_name != after.customer_name,
        address=was.address != now.address,
        phone=before.phone != after.phone,
        instructions=was.instructions != now.instructions,
        questions=before.custom_fields != after.custom_fields,
        payment=before.payment != after.payment,
    )


def fates(
    before: Iterable[T], after: Iterable[T], key: Callable[[T], Hashable]
) -> Iterator[tuple[Fate, T]]:
    """What is there now, in its order, and then what is gone. `key` says what makes two alike."""
    earlier = list(before)
    open_keys = Counter(map(key, earlier))
    for one in after:
        kept = open_keys[key(one)] > 0
        open_keys[key(one)] -= kept
        yield Fate.KEPT if kept else Fate.ADDED, one
    for one in reversed(earlier):  # of two alike the first one was kept
        if open_keys[key(one)] > 0:
            open_keys[key(one)] -= 1
            yield Fate.GONE, one


def modifier_key(modifier: Modifier) -> Hashable:
    return modifier.name, modifier.group, modifier.quantity, modifier.resolved


def _handover(fulfilment: Fulfilment) -> Hashable:
    return fulfilment.kind, fulfilment.table, fulfilment.title


def _seen(item: Item) -> Hashable:
    return item.quantity, _dish(item)


def _dish(item: Item) -> Hashable:
    modifiers = tuple(map(modifier_key, item.modifiers))
    return _name(item), item.variants, modifiers, item.special_request, item.notes


def _name(item: Item) -> Hashable:
    return item.name, item.part_of


def _lines(before: tuple[Item, ...], after: tuple[Item, ...]) -> Iterator[OrderLine]:
    found = _found_again(before, after)
    taken = set(found.values())
    for position, item in enumerate(before):
        if position not in taken:
            yield OrderLine(item, None, position)
    for position, item in enumerate(after):
        earlier = before[found[position]] if position in found else None
        yield OrderLine(earlier, item, position)


def _found_again(before: tuple[Item, ...], after: tuple[Item, ...]) -> dict[int, int]:
    """By positions in `after`, the positions in `before`. The surest signs are asked first."""
    signs: tuple[Callable[[Item], Hashable], ...] = (
        lambda item: (item.id, _seen(item)) if item.id else None,
        lambda item: (item.id, _name(item)) if item.id else None,
        _seen,
        _dish,
        _name,
    )
    found: dict[int, int] = {}
    for sign in signs:
        taken = set(found.values())
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for position, item in enumerate(before):
            if position not in taken and (seen := sign(item)) is not None:
                waiting[seen].append(position)
        for position, item in enumerate(after):
            if position not in found and (those := waiting.get(sign(item))):
                found[position] = those.popleft()
    return found
