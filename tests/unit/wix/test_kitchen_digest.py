from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.order import Item, LabelledText, Order
from order_ingest.domain.revision import kitchen_digest
from order_ingest.wix.mapping import map_order
from tests.support.wix import described, group, raw_line, raw_order, sample_order, with_options

SLOT = {"from": "2025-11-20T18:05:00Z", "to": "2025-11-20T18:05:00Z"}
LOGISTICS = {
    "deliveryTime": "20.11.25 19:05",
    "deliveryTimeSlot": SLOT,
    "instructions": "hinten",
    "shippingDestination": {"address": {"addressLine": "Am See 1", "city": "Lindenbruck"}},
}
SHIPPING = {"code": "DELIVERY|ASAP", "title": "Lieferung", "logistics": LOGISTICS}
DISH = with_options(specialRequests="scharf", sectionId="s1") | {
    "quantity": 2,
    "descriptionLines": [described("Groß")],
    "modifierGroups": [group("Extras", "Ei", "Speck")],
}


def order(**fields: Any) -> Order:
    return map_order(raw_order(DISH, raw_line("Suppe"), **{"shippingInfo": SHIPPING} | fields))


def digest(**fields: Any) -> str:
    return kitchen_digest(order(**fields))


def shipped(**logistics: Any) -> dict[str, Any]:
    return {"shippingInfo": SHIPPING | {"logistics": LOGISTICS | logistics}}


def lines(*raw: dict[str, Any]) -> dict[str, Any]:
    return {"lineItems": list(raw)}


BOOKKEEPING: dict[str, dict[str, Any]] = {
    "status": {"status": "CANCELED"},
    "payment": {"paymentStatus": "NOT_PAID", "balanceSummary": {"balance": {"amount": "9"}}},
    "seen": {"seenByAHuman": True, "archived": True, "activities": [{"type": "ORDER_PAID"}]},
    "dates": {"updatedDate": "2026-01-01T00:00:00Z", "createdDate": "2026-01-01T00:00:00Z"},
    "fulfilled": {"fulfillmentStatus": "FULFILLED"},
    "contact": {"recipientInfo": {"contactDetails": {"firstName": "X", "phone": "1"}}},
    "wording": shipped(deliveryTime="Nov 20, 2025, 7:05 PM"),
    "title": {"shippingInfo": SHIPPING | {"title": "Delivery"}},
    "sequence of lines": lines(raw_line("Suppe"), DISH),
    "line ids": lines(DISH | {"id": "7"}, raw_line("Suppe") | {"id": "8"}),
    "prices": lines(DISH | {"price": {"amount": "1"}}, raw_line("Suppe")),
    "section": lines(
        with_options(specialRequests="scharf", sectionId="s2")
        | {name: value for name, value in DISH.items() if name != "catalogReference"},
        raw_line("Suppe"),
    ),
    "alert": {"number": None},
}


@pytest.mark.parametrize("change", BOOKKEEPING)
def test_bookkeeping_is_no_new_revision(change):
    assert digest(**BOOKKEEPING[change]) == digest()


FOR_THE_KITCHEN: dict[str, dict[str, Any]] = {
    "dish more": lines(DISH, raw_line("Suppe"), raw_line("Suppe")),
    "dish less": lines(DISH),
    "name": lines(DISH, raw_line("Brühe")),
    "quantity": lines(DISH | {"quantity": 3}, raw_line("Suppe")),
    "variant": lines(DISH | {"descriptionLines": [described("Klein")]}, raw_line("Suppe")),
    "modifier": lines(DISH | {"modifierGroups": [group("Extras", "Ei")]}, raw_line("Suppe")),
    "group": lines(DISH | {"modifierGroups": [group("Ohne", "Ei", "Speck")]}, raw_line("Suppe")),
    "request": lines(DISH, with_options("Suppe", specialRequest="ohne Salz")),
    "dish note": lines(DISH, with_options("Suppe", customTextFields={"Frage": "Ja"})),
    "note": {"buyerNote": "Nussallergie"},
    "answer": {"customFields": [{"title": "Besteck?", "value": "Ja"}]},
    "kind": {"shippingInfo": {"code": "PICKUP|ASAP", "logistics": {}}},
    "minute": shipped(deliveryTimeSlot={"from": "2025-11-20T18:06:00Z"}),
    "slot": shipped(deliveryTimeSlot=SLOT | {"to": "2025-11-20T18:30:00Z"}),
    "not as soon as possible": {"shippingInfo": SHIPPING | {"code": "DELIVERY|1|2"}},
    "instructions": shipped(instructions="vorne"),
    "address": shipped(shippingDestination={"address": {"addressLine": "Am See 2"}}),
    "wording of an unknown time": shipped(deliveryTimeSlot=None),
}


@pytest.mark.parametrize("change", FOR_THE_KITCHEN)
def test_what_the_kitchen_cares_about_is_a_new_revision(change):
    assert digest(**FOR_THE_KITCHEN[change]) != digest()


def test_all_these_changes_differ_from_each_other():
    digests = [digest(**change) for change in FOR_THE_KITCHEN.values()]
    assert len(set(digests)) == len(digests)


def test_the_wording_counts_where_it_is_the_only_time():
    texts = [shipped(deliveryTimeSlot=None, deliveryTime=text) for text in ("bald", "später")]
    first, second = (digest(**text) for text in texts)
    assert first != second


def test_the_dish_that_something_was_chosen_with_is_for_the_kitchen():
    items = (Item(name="Cola"), Item(name="Cola", part_of="Menü 1"), Item(name="Cola", part_of="2"))

    digests = {kitchen_digest(Order(id="1", number="1", items=(item,))) for item in items}

    assert len(digests) == 3


def test_a_digest_is_the_same_in_every_version():
    order = map_order(sample_order("pickup-asap-cash.json"))
    assert (
        kitchen_digest(order) == "48fe51d65350165d2f81cbb227089740790ca56a8ef3f97f0c181871f2b959bc"
    )


@given(st.text(), st.text())
def test_text_never_moves_from_one_field_into_another(first, second):
    split = kitchen_digest(map_order(raw_order(with_options(first, specialRequest=second), id="x")))
    moved = kitchen_digest(map_order(raw_order(raw_line(first + second), id="x")))
    assert split != moved or not second.strip()


@pytest.mark.parametrize(
    "fields",
    [
        {"recipientInfo": {"contactDetails": {"firstName": "Anna, Nussallergie"}}},
        {"recipientInfo": {"contactDetails": {"phone": "030 1, Nussallergie"}}},
        {"shippingInfo": SHIPPING | {"title": "Für Allergiker"}},
    ],
    ids=["name", "telephone", "title"],
)
def test_an_allergy_in_what_a_cook_does_not_read_else_is_a_change(fields):
    assert digest(**fields) != digest()


def test_what_an_unknown_field_is_about_is_no_change():
    """The digests of a release that did not know of topics hold."""
    new = order(newNote="x", driverPhone="030 1")
    untold = new.model_copy(
        update={
            "custom_fields": tuple(
                LabelledText(label=each.label, text=each.text) for each in new.custom_fields
            )
        }
    )

    assert untold != new
    assert kitchen_digest(untold) == kitchen_digest(new)
