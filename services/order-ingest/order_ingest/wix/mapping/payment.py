"""What is paid and what the driver or the counter still has to take."""

from __future__ import annotations

from typing import Final

from bonfire.order import AlertCode, Money, Payment, PaymentStatus
from order_ingest.wix.mapping.raw import Raw

_STATUS: Final = {
    "": PaymentStatus.UNKNOWN,
    "UNSPECIFIED": PaymentStatus.UNKNOWN,
    "PENDING": PaymentStatus.UNKNOWN,  # the bank has not decided yet
    "PENDING_MERCHANT": PaymentStatus.UNKNOWN,
    "NOT_PAID": PaymentStatus.NOT_PAID,
    "CANCELED": PaymentStatus.NOT_PAID,
    "DECLINED": PaymentStatus.NOT_PAID,
    "PAID": PaymentStatus.PAID,
    "PARTIALLY_PAID": PaymentStatus.PARTLY_PAID,
    "PARTIALLY_REFUNDED": PaymentStatus.REFUNDED,
    "FULLY_REFUNDED": PaymentStatus.REFUNDED,
}
_OPEN: Final = (PaymentStatus.NOT_PAID, PaymentStatus.PARTLY_PAID)


def read_payment(order: Raw, currency: str) -> Payment:
    """The balance is what Wix says is open; only where it says nothing, an unpaid total is."""
    place = order.get("paymentStatus")
    status = _STATUS.get(place.text())
    if status is None:
        place.alert(AlertCode.UNKNOWN_VALUE)
        status = PaymentStatus.UNKNOWN
    total = _total(order, currency)
    balance = order.get("balanceSummary").get("balance")
    to_collect = balance.money(currency)
    if to_collect is None and status in _OPEN:
        if status is PaymentStatus.NOT_PAID and not balance:
            to_collect = total
        if to_collect is None:
            balance.alert(AlertCode.MISSING_FIELD)
    if to_collect is not None and to_collect.amount <= 0:
        to_collect = None
    return Payment(status=status, total=total, to_collect=to_collect)


def _total(order: Raw, currency: str) -> Money | None:
    for summary in ("priceSummary", "payNow"):
        if total := order.get(summary).get("total", "totalPrice").money(currency):
            return total
    return None
