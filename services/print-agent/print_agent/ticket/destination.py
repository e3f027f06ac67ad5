"""Where an order is brought to, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bonfire.order import Address, FulfilmentKind
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Place
from print_agent.ticket.draft import Draft
from print_agent.ticket.pen import Pen
from print_agent.ticket.style import Style

_ADDRESS_CHARACTERS: Final = 1_500


def destination(draft: Draft, style: Style, phone: Style, name: str = "") -> Iterator[Block]:
    """The address under the guest's name, if it is given here, and the telephone."""
    pen, words = draft.pen, draft.words
    written = _written(draft.order.fulfilment.address, pen)
    if written or name:
        yield Box(words.address, "\n".join(filter(None, (name, written))), Place.TICKET, style)
    if not written and draft.order.fulfilment.kind is FulfilmentKind.DELIVERY:
        pen.incomplete = True
        yield Banner(words.no_address)
    if number := pen.line(draft.order.phone):
        yield Detail(number, words.phone, Place.TICKET, phone)


def _written(address: Address | None, pen: Pen) -> str:
    if address is None:
        return ""
    city = f"{address.postal_code} {address.city}"
    return pen.lines("\n".join((*address.lines, city, address.country)), _ADDRESS_CHARACTERS)
