"""What of an order each document shows; the rest never leaves the ledger for that printer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.messages import Document, TicketOrder
from bonfire.order import Fulfilment, Item, LabelledText, Order


@dataclass(frozen=True, slots=True)
class _Shows:
    """Beside what all of them show."""

    instructions: bool = False
    contact: bool = False  # telephone and address
    payment: bool = False
    prices: bool = False


_SHOWS: Final[Mapping[Document, _Shows]] = {
    Document.STATION: _Shows(instructions=True),
    Document.PASS: _Shows(instructions=True, contact=True, payment=True, prices=True),
    Document.COURIER: _Shows(instructions=True, contact=True, payment=True),
    Document.BAG: _Shows(),
}


def ticket_order(
    order: Order,
    document: Document,
    items: Iterable[Item],
    allergic: tuple[LabelledText, ...],
) -> TicketOrder:
    """The order with these items as the document shows it; `allergic` is of all its items."""
    shows = _SHOWS[document]
    return TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        fulfilment=_fulfilment(order.fulfilment, shows),
        customer_name=order.customer.full_name,
        phone=order.customer.phone if shows.contact else "",
        payment=order.payment if shows.payment else None,
        note=order.note,
        allergies=allergic,
        custom_fields=order.custom_fields,
        items=tuple(items if shows.prices else map(_without_prices, items)),
        alerts=order.alerts,
    )


def _fulfilment(fulfilment: Fulfilment, shows: _Shows) -> Fulfilment:
    """Words to the driver stay off a bag, unless they speak of an allergy."""
    hidden: dict[str, object] = {}
    if not shows.contact:
        hidden["address"] = None
    if not shows.instructions and not mentions_allergy(fulfilment.instructions):
        hidden["instructions"] = ""
    return fulfilment.model_copy(update=hidden)


def _without_prices(item: Item) -> Item:
    modifiers = tuple(one.model_copy(update={"price": None}) for one in item.modifiers)
    return item.model_copy(update={"price": None, "modifiers": modifiers})
