"""Which line of a changed order is which one of the order before.

A shop may number its lines anew, so an id says little: what a cook reads says more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import product
from typing import Final

from print_agent.ticket.as_read import AsRead

# So many lines of one name are compared with one another at a time: an endless order ends.
_COMPARED: Final = 20

_Lines = Sequence[AsRead]
_Sign = Callable[[AsRead], Hashable]


def same_lines(before: _Lines, after: _Lines) -> dict[int, int]:
    """By positions in `after`, the positions in `before`; of each line at most one other.

    Those that read alike, as many as there are. Of the rest, lines of the same dish, and of those
    the ones that differ in the least; the id decides only between lines that are equally close.
    """
    found: dict[int, int] = {}
    for sign in (_id_and_all, _all):
        for earlier, later in _left(before, after, found, sign):
            found.update(zip(later, earlier, strict=False))
    for earlier, later in _left(before, after, found, _name):
        found.update(_closest(before, after, earlier, later))
    return found


def _id_and_all(line: AsRead) -> Hashable:
    return line.id, line


def _all(line: AsRead) -> Hashable:
    return line


def _name(line: AsRead) -> Hashable:
    return line.name


def _left(
    before: _Lines, after: _Lines, found: dict[int, int], sign: _Sign
) -> Iterator[tuple[list[int], list[int]]]:
    """The positions before and after of the lines not found yet, by a sign that both have."""
    taken = set(found.values())
    earlier: defaultdict[Hashable, list[int]] = defaultdict(list)
    later: defaultdict[Hashable, list[int]] = defaultdict(list)
    for position, line in enumerate(before):
        if position not in taken:
            earlier[sign(line)].append(position)
    for position, line in enumerate(after):
        if position not in found:
            later[sign(line)].append(position)
    for seen, positions in later.items():
        if seen in earlier:
            yield earlier[seen], positions


def _closest(before: _Lines, after: _Lines, earlier: list[int], later: list[int]) -> dict[int, int]:
    """Positions after and before, until either side has no more."""

    def distance(pair: tuple[int, int]) -> tuple[int, int, bool]:
        line, old = after[pair[0]], before[pair[1]]
        return line.edits(old), abs(line.quantity - old.quantity), line.id != old.id

    found: dict[int, int] = {}
    taken: set[int] = set()
    while earlier and later:
        for one, old in sorted(product(later[:_COMPARED], earlier[:_COMPARED]), key=distance):
            if one not in found and old not in taken:
                found[one] = old
                taken.add(old)
        later = [one for one in later if one not in found]
        earlier = [old for old in earlier if old not in taken]
    return found
