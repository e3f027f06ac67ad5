from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bonfire.order import AlertCode, Item, Order
from order_ingest.wix.mapping import is_shop_only, map_order
from tests.support.wix import (
    RESTAURANTS,
    STORES,
    described,
    raw_line,
    raw_order,
    sample_order,
    with_options,
)

UNKNOWN_APP = "0f0f0f0f-0000-4000-8000-000000000000"


def codes(order: Order) -> set[AlertCode]:
    return {alert.code for alert in order.alerts}


def item(line: dict[str, Any]) -> Item:
    """The item of a line that raises no alert."""
    order = map_order(raw_order(line))
    assert order.alerts == ()
    (only,) = order.items
    return only


def of_app(app: Any, name: str = "Ware") -> dict[str, Any]:
    return raw_line(name, catalogReference={"appId": app})


def test_a_line_is_read_whole():
    line = with_options(sectionId="s1") | {"quantity": 3, "price": {"amount": "26.00"}}
    only = item(line)
    assert (only.name, only.quantity, only.id, only.section.id) == ("Käsespätzle", 3, "1", "s1")
    assert only.price is not None
    assert (only.price.amount, only.price.currency) == (Decimal("26.00"), "EUR")


def test_the_other_spelling_of_the_section_is_read():
    assert item(with_options(menuSectionId="s2")).section.id == "s2"


def test_equal_lines_stay_two_lines_in_the_order_of_the_cart():
    lines = [raw_line("Suppe"), raw_line("Schnitzel"), raw_line("Suppe")]
    items = map_order(raw_order(*lines)).items
    assert [each.name for each in items] == ["Suppe", "Schnitzel", "Suppe"]


@pytest.mark.parametrize("app", [RESTAURANTS, RESTAURANTS.upper(), "", None, 7])
def test_a_line_of_the_restaurant_or_of_no_app_is_a_dish(app):
    assert [each.name for each in map_order(raw_order(of_app(app))).items] == ["Ware"]


def test_goods_of_the_shop_come_after_the_dishes_of_a_mixed_cart():
    order = map_order(raw_order(of_app(STORES), raw_line(), of_app(STORES)))
    assert [each.goods for each in order.items] == [False, True, True]
    assert order.items[0].name == "Käsespätzle"
    assert order.alerts == ()
    assert not is_shop_only(order)


def test_an_order_of_shop_goods_alone_is_known_as_such():
    order = map_order(raw_order(of_app(STORES), of_app(STORES)))
    assert order.items == ()
    assert is_shop_only(order)


@pytest.mark.parametrize("lines", [None, [], {}, ""], ids=str)
def test_an_order_without_lines_is_an_alarm_and_no_shop_order(lines):
    order = map_order(raw_order(lineItems=lines))
    assert AlertCode.NO_ITEMS in codes(order)
    assert not is_shop_only(order)


def test_a_line_of_an_unknown_app_is_left_out_with_an_alert():
    order = map_order(raw_order(raw_line(), of_app(UNKNOWN_APP)))
    assert len(order.items) == 1
    assert codes(order) == {AlertCode.UNKNOWN_VALUE}


def test_only_lines_of_unknown_apps_are_no_shop_order():
    order = map_order(raw_order(*[of_app(UNKNOWN_APP)] * 300, customFields=[7] * 300))
    assert not is_shop_only(order)
    assert order.alerts[0].code is AlertCode.NO_ITEMS
    assert len(order.alerts) == 200


def test_a_dish_without_a_name_shows_its_id_and_an_alert():
    reference = {"catalogItemId": "d1", "appId": RESTAURANTS}
    for line, name in (
        (raw_line("", catalogReference=reference), "?? d1"),
        (raw_line(" "), "?? 1"),
        ({"quantity": 1}, "??"),
    ):
        order = map_order(raw_order(line))
        assert order.items[0].name == name
        assert codes(order) == {AlertCode.MISSING_NAME}


def test_a_line_that_is_no_object_is_still_printed():
    order = map_order(raw_order(lineItems=["Pizza", 7, [], None]))
    assert [each.name for each in order.items] == ["Pizza", "7", "??", "??"]
    assert codes(order) == {AlertCode.UNREADABLE_FIELD}
    assert [each.name for each in map_order(raw_order(lineItems="Pizza")).items] == ["Pizza"]


@pytest.mark.parametrize(
    ("value", "quantity"), [(2, 2), ("2", 2), (2.0, 2), (None, 1), (999_999, 999_999)]
)
def test_a_quantity_may_be_written_in_several_ways(value, quantity):
    assert item(raw_line(quantity=value)).quantity == quantity


@pytest.mark.parametrize(
    "value",
    [0, -1, 1.5, 1_000_000, True, "zwölf", "zwei", [2], {"a": 1}, float("inf"), "1e400", "sNaN"],
    ids=str,
)
def test_an_odd_quantity_counts_as_one_with_an_alert(value):
    order = map_order(raw_order(raw_line(quantity=value)))
    assert order.items[0].quantity == 1
    assert [alert.detail for alert in order.alerts] == ["order.lineItems[0].quantity"]


@pytest.mark.parametrize(
    "amount",
    [
        "so viel",
        "gratis",
        "NaN",
        "Infinity",
        "1e-9",
        "1e12",
        "0" * 30,
        "0e-999",
        "0e999",
        True,
        [1],
    ],
    ids=str,
)
def test_an_odd_price_is_left_out_with_an_alert(amount):
    order = map_order(raw_order(raw_line(price={"amount": amount})))
    assert order.items[0].price is None
    assert codes(order) == {AlertCode.UNREADABLE_FIELD}


@pytest.mark.parametrize("price", [{"amount": 2.5}, {"amount": "2.50"}, 2.5, "2.50"])
def test_a_price_may_be_written_in_several_ways(price):
    found = item(raw_line(price=price)).price
    assert found is not None
    assert found.amount == Decimal("2.5")


@pytest.mark.parametrize("spelling", ["specialRequest", "specialRequests"])
def test_a_special_request_is_read_in_either_spelling_and_place(spelling):
    assert item(with_options(**{spelling: "ohne Nüsse"})).special_request == "ohne Nüsse"
    assert item(raw_line(**{spelling: "ohne Nüsse"})).special_request == "ohne Nüsse"


def test_two_different_requests_are_both_kept_and_equal_ones_once():
    line = with_options(specialRequests=["ohne Nüsse", "scharf"], specialRequest="Ohne  Nüsse")
    assert item(line).special_request == "ohne Nüsse\nscharf"


def test_a_request_repeated_in_a_nameless_line_is_no_variant():
    line = with_options(specialRequests="ohne Nüsse") | {
        "descriptionLines": [described("ohne nüsse"), described("ohne Nüsse", "Allergie")]
    }
    only = item(line)
    assert only.variants == ()
    assert [(each.group, each.name) for each in only.modifiers] == [("Allergie", "ohne Nüsse")]


def test_answers_to_the_shops_questions_about_a_dish_are_notes():
    line = with_options(customTextFields={"Text auf der Torte?": "Alles Gute", "Kerzen": 40}) | {
        "descriptionLines": [described("Alles Gute", "Text auf der Torte?")]
    }
    only = item(line)
    assert [(note.label, note.text) for note in only.notes] == [
        ("Text auf der Torte?", "Alles Gute"),
        ("Kerzen", "40"),
    ]
    assert only.modifiers == ()


def test_texts_in_options_that_nobody_has_seen_are_notes_but_ids_are_not():
    line = with_options(
        allergies=["Erdnuss", {"severity": "schwer"}],
        trackingId="7a410001-0000-4000-8000-000000000001",
        url="https://example.com/x",
        at="2026-05-12T18:00:00Z",
        menuId="m",
        flag=False,
    )
    assert [(note.label, note.text) for note in item(line).notes] == [
        ("allergies", "Erdnuss"),
        ("severity", "schwer"),
    ]


def test_extended_fields_of_a_line_are_notes():
    namespaces = {"_user_fields": {"spice": 3}, "@app/x": {"wish": "extra scharf", "n": 1}}
    only = item(raw_line(extendedFields={"namespaces": namespaces}))
    assert [(note.label, note.text) for note in only.notes] == [
        ("spice", "3"),
        ("wish", "extra scharf"),
    ]
    odd = item(raw_line(extendedFields={"namespaces": "ohne Nüsse"}))
    assert [note.text for note in odd.notes] == ["ohne Nüsse"]


@pytest.mark.parametrize(
    ("field", "limit"), [("variants", 100), ("modifiers", 200), ("notes", 100)]
)
def test_more_of_anything_than_an_item_holds_is_cut_with_an_alert(field, limit):
    texts = [f"Nr. {number}" for number in range(limit + 5)]
    line = {
        "variants": raw_line(descriptionLines=[described(text) for text in texts]),
        "modifiers": raw_line(descriptionLines=[described(text, "Extra") for text in texts]),
        "notes": with_options(customTextFields={text: text for text in texts}),
    }[field]
    order = map_order(raw_order(line))
    assert len(getattr(order.items[0], field)) == limit
    assert codes(order) == {AlertCode.TOO_LONG}


def test_more_lines_than_an_order_holds_are_cut_with_an_alert():
    order = map_order(raw_order(*[raw_line()] * 1001))
    assert len(order.items) == 1000
    assert codes(order) == {AlertCode.TOO_LONG}


def test_two_hundred_lines_are_no_trouble():
    order = map_order(raw_order(*[raw_line(f"Gericht {n}") for n in range(200)]))
    assert len(order.items) == 200
    assert order.alerts == ()


def test_the_mixed_cart_sample_has_its_dishes_and_the_apron_as_goods():
    order = map_order(sample_order("mixed-cart.json"))
    assert [(each.name, each.goods) for each in order.items] == [
        ("Linsen mit Spätzle", False),
        ("Tagesdessert", False),
        ("Kochschürze „Gasthaus Bosco“", True),
    ]
    assert order.alerts == ()


@pytest.mark.parametrize("field", ["note", "buyerNote", "customTextFields"])
def test_a_text_in_a_field_of_a_line_that_we_do_not_know_is_a_note(field):
    line = raw_line("Suppe", **{field: {"Wunsch": "ohne Nüsse bitte"}})
    (item,) = map_order(raw_order(line)).items
    assert "ohne Nüsse bitte" in [note.text for note in item.notes]
