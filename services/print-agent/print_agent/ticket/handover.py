"""How the order gets to the guest: pickup, delivery, a table."""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.config import OptionalBlock
from bonfire.order import Fulfilment, FulfilmentKind
from print_agent.ticket.blocks import Detail, Place
from print_agent.ticket.draft import NAME_CHARACTERS, Draft
from print_agent.ticket.pen import Pen
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.wording import title_says_more


def say_handover(fulfilment: Fulfilment, pen: Pen) -> str:
    name = pen.line(fulfilment.table, NAME_CHARACTERS)
    table = pen.words.table.format(name) if name else ""
    return ", ".join(filter(None, (_kind(fulfilment, table, pen), table)))


def method(draft: Draft) -> Iterator[Detail]:
    """What the owner calls it, where that says more. It may be all that is known of a table."""
    fulfilment = draft.order.fulfilment
    if fulfilment.kind is FulfilmentKind.UNKNOWN or not title_says_more(fulfilment):
        return
    is_for_table = fulfilment.kind is FulfilmentKind.DINE_IN and not fulfilment.table
    if not is_for_table and not draft.profile.shows(OptionalBlock.METHOD):
        return
    style = Style(height=2, bold=True) if is_for_table else PLAIN
    yield Detail(draft.pen.line(fulfilment.title), draft.words.method, Place.TICKET, style)


def _kind(fulfilment: Fulfilment, table: str, pen: Pen) -> str:
    match fulfilment.kind:
        case FulfilmentKind.PICKUP:
            return pen.words.pickup
        case FulfilmentKind.DELIVERY:
            return pen.words.delivery
        case FulfilmentKind.DINE_IN:
            return "" if table else pen.words.dine_in
        case FulfilmentKind.UNKNOWN:
            title = pen.line(fulfilment.title, NAME_CHARACTERS)
            if table:
                return title if title_says_more(fulfilment) else ""
            return title or pen.words.fulfilment_unknown
