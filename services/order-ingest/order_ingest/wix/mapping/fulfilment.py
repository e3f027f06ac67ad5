"""How and when the order leaves the kitchen."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from bonfire.order import Address, AlertCode, Fulfilment, FulfilmentKind, LabelledText, Promise
from order_ingest.wix.mapping.findings import TEXT_LIMIT
from order_ingest.wix.mapping.people import read_address
from order_ingest.wix.mapping.raw import Raw
from order_ingest.wix.moments import read_moment

_KIND_OF_CODE: Final = {
    "PICKUP": FulfilmentKind.PICKUP,
    "DELIVERY": FulfilmentKind.DELIVERY,
    "DINE_IN": FulfilmentKind.DINE_IN,
}
_TABLE: Final = r"(?:tisch|table)[\s-]*(?:nummer|number|nr\b\.?|no\b\.?|#)?"
_TABLE_QUESTION: Final = re.compile(rf"\W*(?:ihre?|your)?\s*{_TABLE}\W*", re.IGNORECASE)
_TABLE_TITLE: Final = re.compile(rf"\b{_TABLE}\s*:?\s*(\w{{0,3}}\d\w{{0,3}})\b", re.IGNORECASE)
_MAX_TABLE_LENGTH: Final = 20


def read_fulfilment(order: Raw, custom_fields: tuple[LabelledText, ...]) -> Fulfilment:
    shipping = order.get("shippingInfo")
    logistics = shipping.get("logistics")
    title = shipping.get("title").text()
    kind = _kind(shipping, logistics)
    destination = logistics.get("shippingDestination").get("address")
    if kind is FulfilmentKind.DELIVERY and not destination:
        destination.alert(AlertCode.MISSING_FIELD)
    return Fulfilment(
        kind=kind,
        title=title,
        table=_table(title, custom_fields),
        promise=_promise(shipping.get("code"), logistics),
        instructions=logistics.get("instructions").text(TEXT_LIMIT),
        address=read_address(destination) or _pickup_point(logistics.get("pickupDetails")),
    )


def _kind(shipping: Raw, logistics: Raw) -> FulfilmentKind:
    """The detail that Wix documents decides; its code decides for a table and in doubt.

    Never the title: that is the owner's own wording.
    """
    code = shipping.get("code")
    by_code = _KIND_OF_CODE.get(code.text().partition("|")[0].strip().upper())
    pickup = bool(logistics.get("pickupDetails"))
    delivery = bool(logistics.get("shippingDestination"))
    if by_code is not FulfilmentKind.DINE_IN and pickup != delivery:
        return FulfilmentKind.PICKUP if pickup else FulfilmentKind.DELIVERY
    if by_code is not None:
        return by_code
    code.alert(AlertCode.UNKNOWN_VALUE if code else AlertCode.MISSING_FIELD)
    return FulfilmentKind.UNKNOWN


def _pickup_point(pickup: Raw) -> Address | None:
    """The address of a pickup that is not at the restaurant itself."""
    if pickup.get("pickupMethod").text() != "PICKUP_POINT":
        return None
    return read_address(pickup.get("address"))


def _promise(code: Raw, logistics: Raw) -> Promise:
    """A slot whose ends are equal is a promised minute; Wix gives one to every ASAP order."""
    _, *times = code.text().split("|")
    slot = logistics.get("deliveryTimeSlot")
    start, end = slot.get("from").moment(), slot.get("to").moment()
    if start is None and end is None:
        start, end = _code_moments(times) or (None, None)
    if start is None:
        start = end
    if start is not None and end is not None and end < start:
        slot.unreadable()
    return Promise(
        asap=times[:1] == ["ASAP"],
        at=start,
        until=end if start is not None and end is not None and end > start else None,
        text=logistics.get("deliveryTime", "deliverByDate").text(),
    )


def _code_moments(times: list[str]) -> tuple[datetime | None, datetime | None] | None:
    """`TYPE|1763667000000|1763668800000`, in milliseconds."""
    if len(times) != 2 or not all(time.isascii() and time.isdigit() for time in times):
        return None
    if any(len(time) > 15 for time in times):
        return None
    return read_moment(int(times[0])), read_moment(int(times[1]))


def _table(title: str, custom_fields: tuple[LabelledText, ...]) -> str:
    """For display only, and the field it was found in stays: Wix documents no place for it."""
    for answer in custom_fields:
        if _TABLE_QUESTION.fullmatch(answer.label) and 0 < len(answer.text) <= _MAX_TABLE_LENGTH:
            return answer.text
    found = _TABLE_TITLE.search(title)
    return found[1] if found else ""
