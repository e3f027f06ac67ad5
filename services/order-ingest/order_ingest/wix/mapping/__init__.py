"""A Wix order as Bonfire's order.

`map_order` never fails on an order that has an id: what cannot be read becomes an alert, and the
ticket says CHECK ORDER ONLINE. Nothing here does I/O or asks for the time.
"""

from __future__ import annotations

from typing import Any, Final

from bonfire.errors import Reason
from bonfire.order import (
    AlertCode,
    Customer,
    Fulfilment,
    FulfilmentKind,
    LabelledText,
    Order,
    OrderStatus,
)
from order_ingest.wix.mapping.findings import LABEL_LIMIT, TEXT_LIMIT, Findings
from order_ingest.wix.mapping.forms import read_forms
from order_ingest.wix.mapping.fulfilment import read_fulfilment
from order_ingest.wix.mapping.items import read_extended_fields, read_items
from order_ingest.wix.mapping.payment import read_payment
from order_ingest.wix.mapping.people import read_customer
from order_ingest.wix.mapping.raw import Raw
from order_ingest.wix.mapping.readable import readable
from order_ingest.wix.mapping.topics import topic_of, topic_of_answer
from order_ingest.wix.mapping.unread import ORDER, read_unread
from order_ingest.wix.refusal import WixRefused

__all__ = ["is_shop_only", "map_order"]

_STATUS: Final = {
    "INITIALIZED": OrderStatus.WAITING,
    "PENDING": OrderStatus.WAITING,
    "APPROVED": OrderStatus.APPROVED,
    "CANCELED": OrderStatus.CANCELLED,
    "REJECTED": OrderStatus.CANCELLED,
}
_MAX_ID_LENGTH: Final = 200
_MAX_CUSTOM_FIELDS: Final = 200


def map_order(raw: dict[str, Any]) -> Order:
    """The order in Wix's JSON `raw`, in the REST or the SDK spelling.

    Its `location` stays empty: `order_ingest.wix.location` knows which one it is.
    Raises `WixRefused` with INVALID_FIELDS if the order has no usable id, and for nothing else.
    """
    findings = Findings()
    order = Raw(raw, findings)
    id_ = order.get("id", "_id").text()
    if not 1 <= len(id_) <= _MAX_ID_LENGTH:
        raise WixRefused(Reason.INVALID_FIELDS, "order.id is missing or not what it should be.")
    currency = order.get("currency").text(12)
    custom_fields = _custom_fields(order)
    fulfilment = read_fulfilment(order, custom_fields)
    customer = read_customer(order)
    _expect_name(order, fulfilment, customer)
    mapped = Order(
        id=id_,
        number=_number(order, id_),
        status=_status(order),
        placed_at=order.get("createdDate", "_createdDate", "purchasedDate").moment(),
        updated_at=order.get("updatedDate", "_updatedDate").moment(),
        fulfilment=fulfilment,
        customer=customer,
        items=read_items(order, currency),
        note=order.get("buyerNote").text(TEXT_LIMIT),
        custom_fields=custom_fields,
        payment=read_payment(order, currency),
    )
    unread = dict.fromkeys(
        read_unread(order, ORDER, topic_of)
    )  # once each: Wix repeats whole persons
    every = order.capped([*custom_fields, *unread], _MAX_CUSTOM_FIELDS, "fields")
    return mapped.model_copy(update={"custom_fields": every, "alerts": findings.alerts()})


def is_shop_only(order: Order) -> bool:
    """Whether a mapped order holds nothing to cook, only goods of the site's shop."""
    return not order.items and all(alert.code is not AlertCode.NO_ITEMS for alert in order.alerts)


def _number(order: Raw, id_: str) -> str:
    number = order.get("number")
    if text := number.text():
        return text
    number.alert(AlertCode.MISSING_FIELD)
    return id_[:8]


def _status(order: Raw) -> OrderStatus:
    place = order.get("status")
    status = _STATUS.get(place.text())
    if status is None:
        place.alert(AlertCode.UNKNOWN_VALUE if place else AlertCode.MISSING_FIELD)
        return OrderStatus.WAITING
    return status


def _custom_fields(order: Raw) -> tuple[LabelledText, ...]:
    """The answers to the shop's questions, the names of its forms, what apps and owner attached."""
    fields = order.get("customFields")
    every = fields.capped(fields.all(), _MAX_CUSTOM_FIELDS, "fields")
    answers = [_custom_field(field) for field in every]
    answers += [*read_forms(order), *read_extended_fields(order, topic_of)]
    kept = [answer for answer in answers if answer.label or answer.text]
    return fields.capped(kept, _MAX_CUSTOM_FIELDS, "fields")


def _custom_field(field: Raw) -> LabelledText:
    if not isinstance(field.value, dict) or not field.value.keys() & {"title", "value"}:
        field.unreadable()
        return LabelledText(text=field.text(TEXT_LIMIT))
    value, question = field.get("value"), field.get("title", "translatedTitle").text(LABEL_LIMIT)
    answer = value.cut(readable(value.value), TEXT_LIMIT)
    return LabelledText(label=question, text=answer, topic=topic_of_answer(question, answer))


def _expect_name(order: Raw, fulfilment: Fulfilment, customer: Customer) -> None:
    """Whoever picks up or is driven to has a name; a table needs none."""
    leaves_the_house = fulfilment.kind in (FulfilmentKind.PICKUP, FulfilmentKind.DELIVERY)
    if leaves_the_house and not (customer.name or customer.company):
        order.get("recipientInfo").alert(AlertCode.MISSING_FIELD)
