"""What ends a ticket: whether it is all of the order, and the small print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.config import OptionalBlock
from print_agent.ticket.blocks import Block, Line, Pair
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.promise import say_promised_time
from print_agent.ticket.style import Style
from print_agent.ticket.words import Words

_SMALL: Final = Style(small=True)


def foot(draft: Draft) -> Iterator[Block]:
    job, words = draft.job, draft.words
    part = words.part.format(job.part, job.parts) if job.parts > 1 else ""
    if draft.count:
        yield Pair(_items(draft.count, words), part, Style(height=2, bold=True))
    if draft.profile.shows(OptionalBlock.OTHER_STATIONS):
        for other in job.others:
            name = draft.pen.line(other.name, NAME_CHARACTERS)
            yield Line(words.other_station.format(name, _items(other.items, words)))
    if job.copies > 1:
        yield Line(words.copy.format(job.copy_number, job.copies))
    if small := " · ".join(_small_print(draft)):
        yield Line(small, _SMALL)
    for unused in draft.slip.unused:
        printer = draft.pen.line(unused.printed_at, NAME_CHARACTERS).upper()
        said = words.unused_printed_at if printer else words.unused
        yield Line(said.format(unused.number, printer), _SMALL)


def identity(draft: Draft) -> Line:
    """The last line of every ticket, by which a roll of paper is checked against the journal."""
    return Line(f"#{draft.slip.number}  job {draft.job.job_id[:8]}")


def _small_print(draft: Draft) -> Iterator[str]:
    job, local, words = draft.job, draft.local, draft.words
    if draft.profile.shows(OptionalBlock.TIMES):
        if job.order.placed_at:
            yield f"{words.ordered} {local.say(job.order.placed_at)}"
        yield f"{words.printed} {local.say(draft.slip.printed_at)}"
        if promised := say_promised_time(job.order.fulfilment.promise, draft):
            yield f"{words.promised} {promised}"
    if draft.slip.previous:
        yield words.previous.format(draft.slip.previous)


def _items(count: int, words: Words) -> str:
    return words.items_one if count == 1 else words.items_many.format(count)
