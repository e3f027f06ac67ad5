"""What changed about an order as a whole, said before anything about its dishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.order import Fulfilment
from print_agent.ticket.blocks import Block, Detail, Line, Place
from print_agent.ticket.difference import Difference
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.handover import say_handover
from print_agent.ticket.promise import say_promise
from print_agent.ticket.style import Style
from print_agent.ticket.wording import title_says_more

_CHANGED: Final = Style(height=2, bold=True, inverse=True)
_BOLD: Final = Style(bold=True)


def changes(draft: Draft) -> Iterator[Block]:
    """A changed note is marked where the note stands."""
    now, before, words = draft.change, draft.before, draft.words
    if now is None or before is None:
        return
    was, is_now = before.fulfilment, draft.order.fulfilment
    if now.promise:
        times = say_promise(is_now.promise, draft), say_promise(was.promise, draft)
        yield from _instead(words.new_time, *times, draft)
    if now.handover:
        ways = _way(is_now, draft), _way(was, draft)
        yield from _instead(words.new_handover, *ways, draft)
    if others := ", ".join(_others(now, draft)):
        yield Line(f"{words.also_changed}{words.colon} {others}".upper(), _BOLD)


def _way(fulfilment: Fulfilment, draft: Draft) -> str:
    """With the owner's name for it, which may be all that is known of a table."""
    said = say_handover(fulfilment, draft.pen)
    title = draft.pen.line(fulfilment.title, NAME_CHARACTERS)
    more = title_says_more(fulfilment) and title not in said
    return f"{said}, {title}" if more else said


def _instead(label: str, new: str, old: str, draft: Draft) -> Iterator[Detail]:
    """Nothing where both read the same to a person."""
    if new != old:
        yield Detail(draft.words.instead.format(new, old), label, Place.TICKET, _CHANGED)


def _others(now: Difference, draft: Draft) -> Iterator[str]:
    words = draft.words
    said = {
        words.customer: now.customer,
        words.address: now.address,
        words.phone: now.phone,
        words.instructions: now.instructions,
        words.questions: now.questions,
        words.payment: now.payment,
    }
    return (name for name, changed in said.items() if changed)
