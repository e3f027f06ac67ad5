"""What of an order each document shows; the rest never leaves the ledger for that printer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bonfire.allergy import mentions_allergy
from bonfire.messages import Document, TicketOrder
from bonfire.order import Alert, AlertCode, Fulfilment, Item, LabelledText, Order, Topic

# Instructions, telephone, address, payment and prices are where texts about them are.
_SHOWS: Final[Mapping[Document, frozenset[Topic]]] = {
    Document.STATION: frozenset([Topic.ORDER]),
    Document.PASS: frozenset(Topic),
    Document.COURIER: frozenset([Topic.ORDER, Topic.HANDOVER, Topic.CONTACT]),
    Document.BAG: frozenset([Topic.ORDER]),
}


def ticket_order(
    order: Order,
    document: Document,
    items: Iterable[Item],
    allergic: tuple[LabelledText, ...],
    *,
    handed_over: bool = True,
) -> TicketOrder:
    """The order with these items as the document shows it; `allergic` is of all its items.

    Unless the order is `handed_over` with a ticket for whoever does that, the cooks' tickets have
    what is said to them, and CHECK ORDER ONLINE for what no cook's ticket may have.
    """
    shows, alerts = _SHOWS[document], order.alerts
    if document is Document.STATION and not handed_over:
        shows = shows | {Topic.HANDOVER}
        alerts = (*alerts, *_not_printed(order, allergic))
    is_private = Topic.CONTACT in shows
    return TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        fulfilment=_fulfilment(order.fulfilment, shows),
        customer_name=order.customer.full_name,
        phone=order.customer.phone if is_private else "",
        payment=order.payment if is_private else None,
        note=order.note,
        allergies=allergic,
        custom_fields=_shown(order.custom_fields, shows),
        items=tuple(_item(item, shows) for item in items),
        alerts=alerts,
    )


def is_handed_over(documents: Iterable[Document]) -> bool:
    """Whether any of them is for who hands the order over, or brings it."""
    return any(Topic.HANDOVER in _SHOWS[document] for document in documents)


def _shown(texts: Iterable[LabelledText], shows: frozenset[Topic]) -> tuple[LabelledText, ...]:
    return tuple(text for text in texts if text.topic in shows)


def _fulfilment(fulfilment: Fulfilment, shows: frozenset[Topic]) -> Fulfilment:
    """Words to the driver are everywhere if they speak of an allergy."""
    hidden: dict[str, object] = {}
    if Topic.CONTACT not in shows:
        hidden["address"] = None
    if Topic.HANDOVER not in shows and not mentions_allergy(fulfilment.instructions):
        hidden["instructions"] = ""
    return fulfilment.model_copy(update=hidden)


def _item(item: Item, shows: frozenset[Topic]) -> Item:
    seen: dict[str, object] = {"notes": _shown(item.notes, shows)}
    if Topic.PRICE not in shows:
        seen["price"] = None
        seen["modifiers"] = tuple(one.model_copy(update={"price": None}) for one in item.modifiers)
    return item.model_copy(update=seen)


def _not_printed(order: Order, allergic: Sequence[LabelledText]) -> Iterable[Alert]:
    """Who writes where a telephone belongs may have meant anything; at goods, nothing to cooks."""
    notes = (note for item in order.items if not item.goods for note in item.notes)
    contacts = [text for text in (*order.custom_fields, *notes) if text.topic is Topic.CONTACT]
    printed = {words for text in allergic for words in (text.text, text.in_words)} | {""}
    if any(text.in_words not in printed for text in contacts):
        yield Alert(code=AlertCode.NOT_PRINTED, detail="contact details")
