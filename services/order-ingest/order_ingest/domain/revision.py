"""Which change of an order is one for the kitchen: two revisions differ in their digest."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from bonfire.order import Fulfilment, Item, LabelledText, Order, Promise
from bonfire.order_allergies import order_allergies


def kitchen_digest(order: Order) -> str:
    """64 hex digits over dishes, notes, and how, when and where the order goes.

    Not in it: status, payment, prices, the customer's name and phone unless they speak of an
    allergy, nor goods of the shop, times of bookkeeping, ids of lines and sections, alerts, and the
    sequence of the lines.
    Equal digests mean the same ticket for a cook; it does not change when a later version of
    Bonfire adds a field to `Order`.
    """
    content = [
        sorted(json.dumps(_item(item)) for item in order.items if not item.goods),
        order.note,
        _texts(order.custom_fields),
        _fulfilment(order.fulfilment),
        *_allergies_beside(order),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _item(item: Item) -> list[Any]:
    """With which dish something was chosen tells whom it is for. Most items are of no dish, and
    their digests are those of releases that did not know of any.
    """
    return [
        item.name,
        item.quantity,
        sorted(item.variants),
        sorted([each.group, each.name, each.quantity] for each in item.modifiers),
        item.special_request,
        _texts(item.notes),
        *([item.part_of] if item.part_of else []),
    ]


def _fulfilment(fulfilment: Fulfilment) -> list[Any]:
    promise, address = fulfilment.promise, fulfilment.address
    return [
        fulfilment.kind,
        fulfilment.table,
        fulfilment.instructions,
        promise.asap,
        _moment(promise.at),
        _moment(promise.until),
        # The wording only repeats a time that we have, in a language that may change.
        promise.text if promise.at is None else "",
        [address.lines, address.postal_code, address.city] if address else None,
    ]


def _allergies_beside(order: Order) -> list[list[str]]:
    """In texts that are no concern of a cook else."""
    title, promise = order.fulfilment.title, Promise(text=order.fulfilment.promise.text)
    beside = Order(
        id=order.id,
        number=order.number,
        customer=order.customer,
        items=tuple(item for item in order.items if item.goods),
        fulfilment=Fulfilment(title=title, promise=promise),
    )
    return _texts(order_allergies(beside))


def _texts(texts: tuple[LabelledText, ...]) -> list[list[str]]:
    return [[each.label, each.text] for each in texts]


def _moment(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
