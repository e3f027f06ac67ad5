"""What a preview is made of: print jobs, or an order whose ticket nobody has planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import pydantic
from pydantic_core import from_json

from bonfire.errors import Permanent, Reason
from bonfire.messages import Document, PrintJob, TicketOrder, problems
from bonfire.order import KNOWN_WORDS_ONLY, Item, LabelledText, Order, Topic
from bonfire.order_allergies import order_allergies

_ORDER_SCHEMA: Final = "bonfire.order/1"
_WHOLE: Final = (Document.PASS, Document.COURIER)


class UnreadableInput(Permanent):
    """The file holds neither print jobs nor orders."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.UNREADABLE_MESSAGE, detail)


def read_jobs(
    data: bytes, timezone: str, now: datetime, document: Document | None = None
) -> Iterator[PrintJob]:
    """The print jobs in `data`; an order becomes one ticket with all that it holds.

    `timezone` is for orders, and `now` for one that does not say when it was placed. With
    `document` only jobs of that one come, and an order becomes one. Raises `UnreadableInput`.
    """
    for number, value in enumerate(_values(data), start=1):
        try:
            job = _job(value, timezone, now, document or Document.STATION)
        except pydantic.ValidationError as error:
            raise UnreadableInput(f"no. {number}: {problems(error)}") from error
        if document in (None, job.document):
            yield job


def _values(data: bytes) -> Iterable[Any]:
    try:
        value = from_json(data)
    except ValueError as whole:
        try:
            values = [from_json(line) for line in data.splitlines() if line.strip()]
        except ValueError:
            values = []
        if not values:
            raise UnreadableInput(f"not JSON: {whole}") from whole
        return values
    return value if isinstance(value, list) else [value]


def _job(value: Any, timezone: str, now: datetime, document: Document) -> PrintJob:
    if not isinstance(value, dict):
        raise UnreadableInput("a print job or an order is a JSON object")
    if _is_from_wix(value):
        raise UnreadableInput(
            "this is an order as Wix sends it; routing makes its tickets: "
            "order-ingest jobs FILE | print-agent preview -"
        )
    schema = value.get("schema", _ORDER_SCHEMA)
    if schema == PrintJob.SCHEMA:
        return PrintJob.model_validate(value)
    if schema != _ORDER_SCHEMA:
        raise UnreadableInput(f"{schema!r} is no {PrintJob.SCHEMA} and no {_ORDER_SCHEMA}")
    order = Order.model_validate(value, context=KNOWN_WORDS_ONLY)
    return _whole_order(order, timezone, now, document)


def _is_from_wix(value: dict[str, Any]) -> bool:
    inner = value.get("order")
    return "lineItems" in value or (isinstance(inner, dict) and "lineItems" in inner)


def _whole_order(order: Order, timezone: str, now: datetime, document: Document) -> PrintJob:
    at = order.placed_at or now
    return PrintJob(
        job_id="0" * 32,
        document=document,
        organisation="preview",
        location="preview",
        timezone=timezone,
        agent="preview",
        station="preview",
        station_name="PREVIEW",
        printer="preview",
        accepted_at=at,
        due_at=at,
        order=_shown(order, document),
    )


def _shown(order: Order, document: Document) -> TicketOrder:
    """The part that this document may show."""
    whole = TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        fulfilment=order.fulfilment,
        customer_name=order.customer.full_name,
        phone=order.customer.phone,
        payment=order.payment,
        note=order.note,
        allergies=order_allergies(order),
        custom_fields=order.custom_fields,
        items=order.items,
        alerts=order.alerts,
    )
    if document in _WHOLE:
        return whole
    return whole.model_copy(
        update={
            "fulfilment": order.fulfilment.model_copy(update={"address": None}),
            "phone": "",
            "payment": None,
            "custom_fields": _public(order.custom_fields),
            "items": tuple(map(_without_price, order.items)),
        }
    )


def _without_price(item: Item) -> Item:
    modifiers = tuple(one.model_copy(update={"price": None}) for one in item.modifiers)
    seen = {"price": None, "modifiers": modifiers, "notes": _public(item.notes)}
    return item.model_copy(update=seen)


def _public(texts: Iterable[LabelledText]) -> tuple[LabelledText, ...]:
    return tuple(text for text in texts if text.topic not in (Topic.CONTACT, Topic.PRICE))
