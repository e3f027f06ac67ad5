"""What a Wix event asks of us."""

from __future__ import annotations

from enum import StrEnum

from bonfire.order import Order, OrderStatus
from order_ingest.wix.envelope import EventKind, WixEvent
from order_ingest.wix.mapping import is_shop_only


class Action(StrEnum):
    PRINT = "print"  # the kitchen may cook it
    STORE = "store"  # keep it; not accepted yet, or nothing in it to cook
    CANCEL = "cancel"  # it must not be cooked (any more)
    IGNORE = "ignore"  # not about an order, or only the erasing of personal data


def decide(event: WixEvent, order: Order | None) -> Action:
    """What to do about `event`, whose order was mapped to `order`.

    Neither payment nor fulfilment decides: cash orders are approved unpaid, and Wix marks orders
    without shipping as fulfilled by itself. After PRINT the order counts as approved, whatever
    status its snapshot shows.
    """
    if event.anonymized or order is None:
        return Action.IGNORE
    if event.kind is EventKind.CANCELED or order.status is OrderStatus.CANCELLED:
        return Action.CANCEL
    approved = event.kind is EventKind.APPROVED or order.status is OrderStatus.APPROVED
    return Action.PRINT if approved and not is_shop_only(order) else Action.STORE
