"""Which of our restaurants a Wix order is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bonfire.config import Config, LocationMatch
from bonfire.order import Alert, AlertCode, Order
from order_ingest.wix.mapping.findings import ALERT_LIMIT


def located(order: Order, raw: dict[str, Any], config: Config) -> Order:
    """`order`, mapped from `raw`, with its location.

    Wix names a business location, though not on every site; else the operation that the dishes
    were ordered from may be listed among the location's ids. The default location is the last
    resort, with an alert if that may be wrong.
    """
    match = _match(raw, config)
    alerts = order.alerts
    if match.fell_back:
        alert = Alert(code=AlertCode.UNKNOWN_LOCATION, detail="order.businessLocation")
        alerts = (alert, *alerts[: ALERT_LIMIT - 1])
    return order.model_copy(update={"location": match.location.id, "alerts": alerts})


def _match(raw: dict[str, Any], config: Config) -> LocationMatch:
    business = raw.get("businessLocation")
    id_ = business.get("id") or business.get("_id") if isinstance(business, dict) else None
    by_business = config.location_for_wix(id_ if isinstance(id_, str) else None)
    if not by_business.fell_back:
        return by_business
    by_operation = (config.location_for_wix(operation) for operation in _operations(raw))
    return next((match for match in by_operation if not match.fell_back), by_business)


def _operations(raw: dict[str, Any]) -> Iterator[str]:
    lines = raw.get("lineItems")
    for value in lines if isinstance(lines, list) else ():
        for name in ("catalogReference", "options", "operationId"):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            yield value
