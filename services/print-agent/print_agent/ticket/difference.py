"""What a changed order takes away from the ticket before it, and what it adds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from bonfire.messages import TicketOrder
from bonfire.order import Address, Fulfilment, Item, Promise
from bonfire.sanitiser import clean_line
from print_agent.ticket.allergies import Said, allergies, new_allergies, withdrawn_allergies
from print_agent.ticket.as_read import answers, as_read
from print_agent.ticket.same_lines import same_lines

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
    unchanged: bool  # to a cook, whose business prices and ids are not

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


@dataclass(frozen=True, slots=True)
class Difference:
    """Every line of both orders, once: first those that are gone, then the order as it is now."""

    lines: tuple[OrderLine, ...]
    new_allergies: frozenset[Said]  # as they are read
    withdrawn_allergies: tuple[Said, ...]
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
    """`before` is the order as it stood on paper. What reads the same is no difference.

    A dish under the id of another dish is no changed line: one is taken back and one is new.
    """
    was, now = before.fulfilment, after.fulfilment
    allergic_before, allergic = tuple(allergies(before)), tuple(allergies(after))
    return Difference(
        lines=tuple(_lines(before.items, after.items)),
        new_allergies=new_allergies(allergic_before, allergic),
        withdrawn_allergies=tuple(withdrawn_allergies(allergic_before, allergic)),
        promise=_promise(was.promise) != _promise(now.promise),
        handover=_handover(was) != _handover(now),
        note=_differ(before.note, after.note),
        customer=_differ(before.customer_name, after.customer_name),
        address=_address(was.address) != _address(now.address),
        phone=_differ(before.phone, after.phone),
        instructions=_differ(was.instructions, now.instructions),
        questions=answers(before.custom_fields) != answers(after.custom_fields),
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


def _differ(before: str, after: str) -> bool:
    return clean_line(before) != clean_line(after)


def _promise(promise: Promise) -> Hashable:
    return promise.asap, promise.at, promise.until, clean_line(promise.text)


def _handover(fulfilment: Fulfilment) -> Hashable:
    return fulfilment.kind, clean_line(fulfilment.table), clean_line(fulfilment.title)


def _address(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    rows = (*address.lines, address.postal_code, address.city, address.country)
    return tuple(filter(None, map(clean_line, rows)))


def _lines(before: Sequence[Item], after: Sequence[Item]) -> Iterator[OrderLine]:
    was, now = tuple(map(as_read, before)), tuple(map(as_read, after))
    found = same_lines(was, now)
    taken = set(found.values())
    for position, item in enumerate(before):
        if position not in taken:
            yield OrderLine(item, None, position, unchanged=False)
    for position, item in enumerate(after):
        old = found.get(position)
        if old is None:
            yield OrderLine(None, item, position, unchanged=False)
        else:
            yield OrderLine(before[old], item, position, was[old] == now[position])
