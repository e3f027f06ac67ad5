from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bonfire.order import AlertCode, Fulfilment, FulfilmentKind, Order, Promise
from order_ingest.wix.mapping import map_order
from tests.support.wix import raw_order, sample_order

SEVEN = datetime(2025, 11, 20, 19, 0, tzinfo=UTC)
HALF_PAST = datetime(2025, 11, 20, 19, 30, tzinfo=UTC)
SEVEN_MS, HALF_PAST_MS = (int(m.timestamp() * 1000) for m in (SEVEN, HALF_PAST))
PICKUP: dict[str, Any] = {"pickupDetails": {"pickupMethod": "STORE_PICKUP"}}
ADDRESS = {"addressLine": "Mühlstraße 12a", "city": "Lindenbruck", "postalCode": "79999"}
DELIVERY: dict[str, Any] = {"shippingDestination": {"address": ADDRESS}}


def shipped(code: Any = "PICKUP|ASAP", title: str = "", **logistics: Any) -> Order:
    shipping = {"code": code, "title": title, "logistics": logistics}
    return map_order(raw_order(shippingInfo=shipping))


def fulfilment(code: Any = "PICKUP|ASAP", title: str = "", **logistics: Any) -> Fulfilment:
    """The fulfilment of an order that raises no alert."""
    order = shipped(code, title, **logistics)
    assert order.alerts == ()
    return order.fulfilment


def promise(code: str = "", **logistics: Any) -> Promise:
    return fulfilment(code, **PICKUP, **logistics).promise


def slot(start: Any, end: Any) -> dict[str, Any]:
    return {"deliveryTimeSlot": {"from": start, "to": end}}


@pytest.mark.parametrize(
    ("code", "logistics", "kind"),
    [
        ("PICKUP|ASAP", {}, "pickup"),
        ("pickup|ASAP", {}, "pickup"),
        ("DELIVERY|1|2", DELIVERY, "delivery"),
        ("DINE_IN|ASAP", {}, "dine_in"),
        ("DINE_IN|ASAP", PICKUP, "dine_in"),
        ("", PICKUP, "pickup"),
        ("", DELIVERY, "delivery"),
        ("a0fde0a4-6f4e-3716-64be-c0acbde1696a", DELIVERY, "delivery"),
        ("DELIVERY|ASAP", PICKUP, "pickup"),
        ("PICKUP|ASAP", DELIVERY, "delivery"),
        ("DELIVERY|ASAP", PICKUP | DELIVERY, "delivery"),
        (None, PICKUP, "pickup"),
    ],
)
def test_the_documented_detail_decides_and_the_code_in_doubt(code, logistics, kind):
    assert fulfilment(code, "Lieferung Abholung Tisch", **logistics).kind == kind


@pytest.mark.parametrize(
    ("code", "logistics", "alert"),
    [
        ("CURBSIDE|ASAP", {}, AlertCode.UNKNOWN_VALUE),
        ("CURBSIDE|ASAP", PICKUP | DELIVERY, AlertCode.UNKNOWN_VALUE),
        ("", {}, AlertCode.MISSING_FIELD),
        (["PICKUP"], {}, AlertCode.UNREADABLE_FIELD),
    ],
    ids=str,
)
def test_a_kind_that_nothing_tells_is_unknown_with_an_alert(code, logistics, alert):
    order = shipped(code, "Abholung", **logistics)
    assert alert in {each.code for each in order.alerts}
    if alert is not AlertCode.UNREADABLE_FIELD:
        assert order.fulfilment.kind is FulfilmentKind.UNKNOWN


def test_an_order_without_shipping_prints_with_an_alert():
    order = map_order(raw_order(shippingInfo=None))
    assert order.fulfilment == Fulfilment()
    assert [(each.code, each.detail) for each in order.alerts] == [
        (AlertCode.MISSING_FIELD, "order.shippingInfo.code")
    ]


def test_a_slot_whose_ends_are_equal_is_a_promised_minute():
    both = "2025-11-20T19:00:00Z"
    assert promise(**slot(both, both)) == Promise(at=SEVEN)
    assert promise("PICKUP|ASAP", **slot(both, both)) == Promise(asap=True, at=SEVEN)


def test_a_slot_is_from_until():
    times = slot("2025-11-20T19:00:00Z", {"seconds": int(HALF_PAST.timestamp())})
    assert promise(**times) == Promise(at=SEVEN, until=HALF_PAST)


@pytest.mark.parametrize(
    "times", [slot("2025-11-20T19:00:00Z", None), slot(None, "2025-11-20T19:00:00Z")]
)
def test_half_a_slot_is_a_minute(times):
    assert promise(**times) == Promise(at=SEVEN)


def test_without_a_slot_the_code_holds_the_times():
    code = f"PICKUP|{SEVEN_MS}|{HALF_PAST_MS}"
    assert promise(code) == Promise(at=SEVEN, until=HALF_PAST)
    assert promise(f"PICKUP|{SEVEN_MS}|{SEVEN_MS}") == Promise(at=SEVEN)


@pytest.mark.parametrize("times", ["1", "a|b", "1|2|3", "9" * 20 + "|1"])
def test_a_code_that_holds_no_times_promises_nothing(times):
    assert promise(f"PICKUP|{times}") == Promise()


def test_the_shops_own_wording_is_kept():
    assert promise(deliveryTime="24.09.25 20:24") == Promise(text="24.09.25 20:24")
    assert promise(deliverByDate="bald") == Promise(text="bald")


def test_a_slot_that_ends_before_it_starts_is_read_as_its_start_with_an_alert():
    order = shipped(**PICKUP, **slot("2025-11-20T19:30:00Z", "2025-11-20T19:00:00Z"))
    assert (order.fulfilment.promise.at, order.fulfilment.promise.until) == (HALF_PAST, None)
    assert [each.code for each in order.alerts] == [AlertCode.UNREADABLE_FIELD]


def test_a_time_that_is_none_is_an_alert():
    order = shipped(**PICKUP, **slot("gleich", None))
    assert [each.detail for each in order.alerts] == [
        "order.shippingInfo.logistics.deliveryTimeSlot.from"
    ]


def test_instructions_and_title_are_kept():
    found = fulfilment(title="Abholung", instructions="Hintertür", **PICKUP)
    assert (found.title, found.instructions) == ("Abholung", "Hintertür")


def address(**fields: Any) -> tuple[str, ...]:
    found = fulfilment("DELIVERY", shippingDestination={"address": fields}).address
    assert found is not None
    return found.lines


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({"addressLine": "Am See 1", "addressLine2": "3. OG"}, ("Am See 1", "3. OG")),
        ({"addressLine1": "Am See 1", "addressLine2": "3. OG"}, ("Am See 1", "3. OG")),
        ({"streetAddress": {"name": "Am See", "number": "1", "apt": "4"}}, ("Am See 1", "4")),
        (
            {"addressLine": "1 Am See", "streetAddress": {"name": "Am See", "number": "1"}},
            ("1 Am See",),
        ),
        (
            {"addressLine": "Hofgut", "streetAddress": {"name": "Am See", "number": "1"}},
            ("Hofgut", "Am See 1"),
        ),
        ({"addressLine": "Am See 1", "street": "Am See 1"}, ("Am See 1",)),
        ({"formattedAddress": "Am See 1, Lindenbruck"}, ("Am See 1, Lindenbruck",)),
        ({"city": "Lindenbruck"}, ()),
    ],
)
def test_an_address_is_read_in_either_spelling(fields, lines):
    assert address(**fields) == lines


def test_an_address_has_its_town():
    found = fulfilment("DELIVERY", **DELIVERY).address
    assert found is not None
    assert (found.postal_code, found.city, found.country) == ("79999", "Lindenbruck", "")


def test_an_address_that_is_a_text_is_kept_with_an_alert():
    order = shipped("DELIVERY", shippingDestination={"address": "Am See 1"})
    assert order.fulfilment.address is not None
    assert order.fulfilment.address.lines == ("Am See 1",)
    assert [each.code for each in order.alerts] == [AlertCode.UNREADABLE_FIELD]


def test_a_delivery_without_an_address_is_an_alert():
    order = shipped("DELIVERY|ASAP", shippingDestination={"contactDetails": {"phone": "1"}})
    assert [(each.code, each.detail) for each in order.alerts] == [
        (AlertCode.MISSING_FIELD, "order.shippingInfo.logistics.shippingDestination.address")
    ]


def test_only_a_pickup_elsewhere_has_an_address():
    there = {"pickupMethod": "PICKUP_POINT", "address": ADDRESS}
    found = fulfilment(pickupDetails=there).address
    assert found is not None
    assert found.lines == ("Mühlstraße 12a",)
    assert fulfilment(pickupDetails=there | {"pickupMethod": "STORE_PICKUP"}).address is None


@pytest.mark.parametrize(
    "question",
    ["Tisch", "Tischnummer", "Tisch-Nr.", "Tisch Nr", "Table", "Table number", "Ihr Tisch?"],
)
def test_a_table_is_found_among_the_answers_and_stays_there(question):
    order = map_order(raw_order(customFields=[{"title": question, "value": "12 außen"}]))
    assert order.fulfilment.table == "12 außen"
    assert order.custom_fields[0].text == "12 außen"


@pytest.mark.parametrize(
    ("title", "table"),
    [("Tisch 12", "12"), ("Am Tisch Nr. 4b", "4b"), ("Table #7", "7"), ("Table: A5", "A5")],
)
def test_a_table_may_stand_in_the_title(title, table):
    assert fulfilment(title=title, **PICKUP).table == table


@pytest.mark.parametrize("title", ["Stable 12", "Tischreservierung", "Table d'hôte", "Im Haus"])
def test_a_title_that_only_resembles_a_table_is_none(title):
    assert fulfilment(title=title, **PICKUP).table == ""


def test_an_answer_that_only_resembles_a_table_is_none():
    fields = [
        {"title": "Tischreservierung gewünscht?", "value": "Ja"},
        {"title": "Tisch", "value": "irgendwo am Fenster bitte"},
        {"title": "Tisch", "value": ""},
    ]
    assert map_order(raw_order(customFields=fields)).fulfilment.table == ""


def test_the_table_of_the_dine_in_sample_is_found():
    order = map_order(sample_order("dine-in-table.json"))
    assert (order.fulfilment.kind, order.fulfilment.table) == (FulfilmentKind.DINE_IN, "12")
    assert order.alerts == ()


def test_the_delivery_sample_tells_the_driver_everything():
    order = map_order(sample_order("delivery-scheduled-paid.json"))
    there = order.fulfilment.address
    assert there is not None
    assert there.lines == ("Mühlstraße 12a", "Hinterhaus, 3. OG")
    assert order.fulfilment.promise.at == datetime(2025, 11, 20, 19, 30, tzinfo=UTC)
    assert order.fulfilment.promise.until == datetime(2025, 11, 20, 20, 0, tzinfo=UTC)
    assert (order.customer.name, order.customer.phone) == ("Zoë Łukaszewska", "0171 3920042")
    assert "Klingel defekt" in order.fulfilment.instructions
    assert order.payment.to_collect is None
    assert order.alerts == ()
