"""Nothing that a guest wrote is dropped silently, whichever field Wix puts it in."""

from __future__ import annotations

from typing import Any

import pytest

from bonfire.order import AlertCode, Order
from order_ingest.wix.mapping import map_order
from order_ingest.wix.mapping.readable import is_machine_made
from tests.support.wix import (
    described,
    group,
    raw_line,
    raw_order,
    said,
    sample_names,
    sample_order,
    with_options,
)

TEXT = "bitte ohne Nüsse"
NEW = {"wixNew": TEXT}


def notes(order: Order) -> list[tuple[str, str]]:
    return [(note.label, note.text) for item in order.items for note in item.notes]


def fields(order: Order) -> list[tuple[str, str]]:
    return [(field.label, field.text) for field in order.custom_fields]


def dish(**of_line: Any) -> dict[str, Any]:
    return raw_order(raw_line(**of_line))


def modified(**of_modifier: Any) -> dict[str, Any]:
    return dish(modifierGroups=[group("Extras", {"label": {"original": "Käse"}} | of_modifier)])


def shipped(**shipping: Any) -> dict[str, Any]:
    return raw_order(shippingInfo=raw_order()["shippingInfo"] | shipping)


def delivered(**destination: Any) -> dict[str, Any]:
    home = {"address": {"addressLine": "Mühlstraße 12a", "city": "Lindenbruck"}} | destination
    return raw_order(
        shippingInfo={"code": "DELIVERY|ASAP", "logistics": {"shippingDestination": home}}
    )


CONTACT = raw_order()["recipientInfo"]["contactDetails"]
PICKUP = {"pickupMethod": "STORE_PICKUP"}

ON_A_DISH: dict[str, dict[str, Any]] = {
    "line": dish(**NEW),
    "name": dish(productName={"original": "Suppe"} | NEW),
    "reference": dish(catalogReference=NEW),
    "options": raw_order(with_options(**NEW)),
    "variant": raw_order(with_options(priceVariant={"id": "v1", "name": "Groß"} | NEW)),
    "variant's name": raw_order(with_options(priceVariant={"name": {"original": "Groß"} | NEW})),
    "second name of a variant": raw_order(with_options(priceVariant={"name": "x", "title": TEXT})),
    "option": raw_order(
        with_options(modifierGroups=[{"modifiers": [{"id": "m1", "name": "Käse"} | NEW]}])
    ),
    "group of options": raw_order(with_options(modifierGroups=[{"modifiers": []} | NEW])),
    "modifier": modified(**NEW),
    "modifier's name": modified(label={"original": "Käse"} | NEW),
    "modifier's price": modified(priceInfo=NEW),
    "group": dish(modifierGroups=[group("Extras", "Käse") | NEW]),
    "group's name": dish(modifierGroups=[{"name": {"original": "A"} | NEW, "modifiers": []}]),
    "second name of a group": dish(modifierGroups=[group("Extras", "Käse") | {"title": TEXT}]),
    "description": dish(descriptionLines=[described("Groß") | NEW]),
    "description's text": dish(descriptionLines=[{"plainText": {"original": "Groß"} | NEW}]),
    "description's name": dish(descriptionLines=[{"name": {"original": "Größe"} | NEW}]),
    "colour": dish(descriptionLines=[{"colorInfo": {"original": "Rot", "code": "#f00"} | NEW}]),
    "second name of a dish": raw_order(raw_line() | {"name": TEXT}),
    "extended fields": dish(extendedFields=NEW),
    "sold by weight": dish(decimalQuantity={"value": "0.5", "otherUnit": TEXT}),
    "deep inside": dish(a=[[{"b": [NEW]}]]),
}
BESIDE_THE_DISHES: dict[str, dict[str, Any]] = {
    "order": raw_order(**NEW),
    "shipping": shipped(**NEW),
    "logistics": shipped(logistics={"pickupDetails": PICKUP} | NEW),
    "pickup": shipped(logistics={"pickupDetails": PICKUP | NEW}),
    "pickup's address": shipped(logistics={"pickupDetails": PICKUP | {"address": NEW}}),
    "slot": shipped(logistics={"pickupDetails": PICKUP, "deliveryTimeSlot": NEW}),
    "destination": delivered(**NEW),
    "address": delivered(address={"addressLine": "Mühlstraße 12a"} | NEW),
    "street": delivered(address={"streetAddress": {"name": "Mühlstraße", "number": "12a"} | NEW}),
    "receiver": delivered(contactDetails=CONTACT | NEW),
    "recipient": raw_order(recipientInfo={"contactDetails": CONTACT} | NEW),
    "recipient's contact": raw_order(recipientInfo={"contactDetails": CONTACT | NEW}),
    "recipient's address": raw_order(recipientInfo={"contactDetails": CONTACT, "address": NEW}),
    "second name of a person": raw_order(
        recipientInfo={"contactDetails": CONTACT | {"name": TEXT}}
    ),
    "custom field": raw_order(customFields=[{"title": "Besteck?", "value": "Ja"} | NEW]),
    "extended fields": raw_order(extendedFields=NEW),
    "balance": raw_order(balanceSummary=NEW),
    "deep inside": raw_order(a=[[{"b": [NEW]}]]),
}


@pytest.mark.parametrize("place", ON_A_DISH)
def test_a_text_in_a_field_that_wix_was_never_seen_to_use_is_a_note_of_its_dish(place):
    order = map_order(ON_A_DISH[place])
    assert [text for _, text in notes(order)].count(TEXT) == 1
    assert order.alerts == ()
    assert said(order).count(TEXT) == 1


@pytest.mark.parametrize("place", BESIDE_THE_DISHES)
def test_such_a_text_anywhere_else_is_a_field_of_the_order(place):
    order = map_order(BESIDE_THE_DISHES[place])
    assert [text for _, text in fields(order)].count(TEXT) == 1
    assert order.alerts == ()
    assert said(order).count(TEXT) == 1


def test_such_a_text_is_called_by_the_name_of_its_field():
    assert notes(map_order(modified(allergy=TEXT))) == [("allergy", TEXT)]
    assert fields(map_order(raw_order(balanceSummary={"allergy": TEXT}))) == [("allergy", TEXT)]
    translated = {"original": TEXT, "translated": TEXT}
    assert notes(map_order(modified(allergy=translated))) == [("allergy", TEXT)]
    both = translated | {"translated": "no nuts", "hint": "schwer"}
    assert notes(map_order(modified(allergy=both))) == [
        ("allergy", TEXT),
        ("allergy", "no nuts"),
        ("hint", "schwer"),
    ]


@pytest.mark.parametrize("other", ["bezeichnung", "modifierName"])
def test_a_modifier_under_a_name_that_we_do_not_know_is_an_alert_and_a_note(other):
    order = map_order(dish(modifierGroups=[{"modifiers": [{other: {"original": TEXT}}]}]))
    assert [each.name for each in order.items[0].modifiers] == ["??"]
    assert [alert.code for alert in order.alerts] == [AlertCode.UNKNOWN_MODIFIER]
    assert [text for _, text in notes(order)] == [TEXT]


@pytest.mark.parametrize(
    "raw",
    [
        raw_order({"name": TEXT, "quantity": 1}),
        raw_order(with_options(priceVariant={"title": TEXT})),
        dish(modifierGroups=[{"title": TEXT, "modifiers": ["Käse"]}]),
        dish(modifierGroups=[{"modifiers": [{"label": {"text": TEXT}}]}]),
        dish(descriptionLines=[{"text": TEXT}]),
        raw_order(customFields=[{"question": TEXT}]),
        raw_order(recipientInfo={"contactDetails": {"name": TEXT}}),
        delivered(address={"street": TEXT}),
    ],
    ids=str,
)
def test_what_a_reader_shows_from_a_field_that_the_table_does_not_know_is_shown_once(raw):
    assert said(map_order(raw)).count(TEXT) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), ("true", "true"), (3, "3"), (0, "0"), (2.5, "2.5"), ({"hot": True}, "yes")],
    ids=str,
)
def test_a_tick_or_a_number_in_the_options_of_a_dish_is_a_note(value, text):
    order = map_order(raw_order(with_options(spicy=value)))
    assert [note.text for note in order.items[0].notes] == [text]
    assert order.alerts == ()


@pytest.mark.parametrize("value", [False, None, "", " ", [], {}, 1763667000000], ids=str)
def test_what_says_nothing_in_the_options_of_a_dish_is_no_note(value):
    assert notes(map_order(raw_order(with_options(spicy=value)))) == []


@pytest.mark.parametrize(
    "raw", [dish(new=7), modified(new=True), raw_order(new=False), shipped(n=1)]
)
def test_a_number_or_a_flag_in_any_other_unknown_field_is_bookkeeping(raw):
    order = map_order(raw)
    assert (notes(order), fields(order), order.alerts) == ([], [], ())


@pytest.mark.parametrize(
    "text",
    [
        *("/", "/scharf", "/Nüsse!", "//scharf//", "/ohne Nüsse/mit Ei", "/no/nuts", "/a/b/"),
        *("/no/nuts.please", "/media-luna", "00491713920042", "0" * 16, "true", "False", "null"),
    ],
)
def test_words_with_slashes_long_phone_numbers_and_yes_and_no_are_a_guests(text):
    assert not is_machine_made(text)
    assert notes(map_order(dish(new=text))) == [("new", text)]


@pytest.mark.parametrize(
    "text",
    [
        "/online-ordering",
        "/online-ordering/menu",
        "/product-page/käse?x=1",
        "/menu.html",
        "/a/b/menu.jpeg",
        "https://example.com/x",
        "7a410001-0000-4000-8000-000000000001",
        "d41d8cd98f00b204e9800998ecf8427e",
        "1763667000000",
        "1763667000000000",
        "9" * 20,
        "2026-05-12T18:00:00.000Z",
    ],
)
def test_ids_paths_links_and_times_that_programs_write_are_no_text(text):
    assert is_machine_made(text)
    assert notes(map_order(dish(new=text))) == []


def test_the_same_text_of_recipient_and_receiver_is_one_field():
    person = {"contactDetails": CONTACT | NEW}
    raw = delivered(**person) | {"recipientInfo": person}
    assert fields(map_order(raw)) == [("wixNew", TEXT)]


def test_more_such_texts_than_there_is_room_for_are_an_alert():
    many = {f"new{number}": f"Text {number}" for number in range(250)}
    on_a_dish, beside = map_order(dish(**many)), map_order(raw_order(**many))
    assert len(on_a_dish.items[0].notes) == 100
    assert len(beside.custom_fields) == 200
    for order in (on_a_dish, beside):
        assert [alert.code for alert in order.alerts] == [AlertCode.TOO_LONG]


def test_a_colour_in_the_deprecated_field_is_shown_but_not_its_code():
    line = {"plainText": {"original": "Groß"}, "color": "Rot"}
    assert map_order(dish(descriptionLines=[line])).items[0].variants == ("Groß", "Rot")
    line = {"colorInfo": {"original": "Rot", "code": "#f00"}, "color": "#ff0000"}
    assert map_order(dish(descriptionLines=[line])).items[0].variants == ("Rot",)


def test_an_address_in_both_spellings_is_shown_in_both():
    order = map_order(delivered(address={"addressLine": "Mühlstraße 12a", "addressLine1": TEXT}))
    assert order.fulfilment.address is not None
    assert order.fulfilment.address.lines == ("Mühlstraße 12a", TEXT)


@pytest.mark.parametrize("name", sample_names())
def test_no_sample_order_holds_a_field_that_we_do_not_know(name):
    sample = sample_order(name)
    order = map_order(sample)
    asked = [
        answer
        for line in sample["lineItems"]
        for answer in line.get("catalogReference", {})
        .get("options", {})
        .get("customTextFields", {})
        .items()
    ]
    goods = [(note.label, note.text) for each in order.items if each.goods for note in each.notes]
    assert notes(order) == asked + goods
    titles = [field["title"] for field in sample.get("customFields", ())]
    assert [label for label, _ in fields(order)] == titles
