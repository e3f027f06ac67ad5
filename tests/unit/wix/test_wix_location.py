from __future__ import annotations

from typing import Any

import pytest

from bonfire.config import Config
from bonfire.order import AlertCode, Order
from order_ingest.wix.location import located
from order_ingest.wix.mapping import map_order
from tests.support.configs import config, location
from tests.support.wix import raw_line, raw_order, with_options

CHAIN = config(
    location("altstadt", agent="a", wix_locations=["B-1", "op-1"]),
    location("hafen", agent="b", wix_locations=["b-2"]),
)
ONE = config(location("altstadt"))


def found(configuration: Config, **fields: Any) -> Order:
    raw = raw_order(**fields)
    return located(map_order(raw), raw, configuration)


def alerts(order: Order) -> list[AlertCode]:
    return [alert.code for alert in order.alerts]


@pytest.mark.parametrize(
    ("business", "location_id"),
    [({"id": "b-1"}, "altstadt"), ({"id": "b-2"}, "hafen"), ({"_id": "B-2"}, "hafen")],
)
def test_the_business_location_says_which_restaurant_it_is(business, location_id):
    order = found(CHAIN, businessLocation=business)
    assert order.location == location_id
    assert alerts(order) == []


def test_without_it_the_operation_of_the_dishes_may_say_so():
    lines = [raw_line(), with_options(operationId="other"), with_options(operationId="op-1")]
    order = found(CHAIN, lineItems=lines)
    assert order.location == "altstadt"
    assert alerts(order) == []


@pytest.mark.parametrize("business", [None, {"id": "b-3"}, {"id": 7}, {}, "b-2", ["b-2"]], ids=str)
def test_an_unknown_restaurant_is_the_default_one_with_an_alert(business):
    order = found(CHAIN, businessLocation=business)
    assert order.location == "altstadt"
    assert alerts(order) == [AlertCode.UNKNOWN_LOCATION]


@pytest.mark.parametrize("business", [None, {"id": "b-3"}])
def test_the_only_restaurant_needs_no_ids(business):
    order = found(ONE, businessLocation=business)
    assert order.location == "altstadt"
    assert alerts(order) == []


@pytest.mark.parametrize(
    "lines",
    ["Pizza", [7], [{"catalogReference": "x"}], [{"catalogReference": {"options": [1]}}]],
    ids=str,
)
def test_odd_lines_say_nothing_about_the_restaurant(lines):
    assert AlertCode.UNKNOWN_LOCATION in alerts(found(CHAIN, lineItems=lines))


def test_the_alert_fits_beside_all_others():
    order = found(CHAIN, lineItems=[], customFields=[[n] for n in range(300)])
    assert len(order.alerts) == 200
    assert {AlertCode.UNKNOWN_LOCATION, AlertCode.NO_ITEMS} <= set(alerts(order))
