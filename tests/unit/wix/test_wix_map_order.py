from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.errors import Reason
from bonfire.order import AlertCode, Order, OrderStatus
from order_ingest.domain.revision import kitchen_digest
from order_ingest.wix.mapping import map_order
from order_ingest.wix.refusal import WixRefused
from tests.support.wix import (
    RESTAURANTS,
    described,
    foreign_order,
    group,
    raw_line,
    raw_order,
    said,
    sample_names,
    sample_order,
    with_options,
)

REAL = "ecom-restaurant-order-pickup-asap-cash.real-redacted.json"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("INITIALIZED", "waiting"),
        ("PENDING", "waiting"),
        ("APPROVED", "approved"),
        ("CANCELED", "cancelled"),
        ("REJECTED", "cancelled"),
    ],
)
def test_every_status_is_known(word, status):
    order = map_order(raw_order(status=word))
    assert order.status == status
    assert order.alerts == ()


@pytest.mark.parametrize(
    ("word", "code"), [("BAKED", AlertCode.UNKNOWN_VALUE), (None, AlertCode.MISSING_FIELD)]
)
def test_an_order_of_unknown_status_waits_with_an_alert(word, code):
    order = map_order(raw_order(status=word))
    assert order.status is OrderStatus.WAITING
    assert [alert.code for alert in order.alerts] == [code]


def test_both_spellings_of_id_and_dates_are_read():
    moment = datetime(2025, 9, 24, 17, 53, 25, tzinfo=UTC)
    rest = {"createdDate": "2025-09-24T17:53:25Z", "updatedDate": "2025-09-24T17:53:25Z"}
    sdk = {"_createdDate": {"seconds": moment.timestamp()}, "_updatedDate": "2025-09-24T17:53:25Z"}
    for raw in (raw_order(**rest), raw_order(**sdk)):
        order = map_order(raw)
        assert (order.placed_at, order.updated_at) == (moment, moment)
    assert map_order(raw_order(id=None, _id="x")).id == "x"
    assert map_order(raw_order(purchasedDate="2025-09-24T17:53:25Z")).placed_at == moment


@pytest.mark.parametrize("id_", [None, "", " ", {}, "x" * 201])
def test_only_an_order_without_a_usable_id_is_refused(id_):
    with pytest.raises(WixRefused) as caught:
        map_order(raw_order(id=id_))
    assert caught.value.reason is Reason.INVALID_FIELDS
    assert caught.value.detail.startswith("order.id")


def test_a_number_may_be_a_number():
    assert map_order(raw_order(number=10033)).number == "10033"


def test_an_order_without_a_number_is_called_by_its_id():
    order = map_order(raw_order(number=None, id="6d6062d8-7a12"))
    assert order.number == "6d6062d8"
    assert [alert.code for alert in order.alerts] == [AlertCode.MISSING_FIELD]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ja, drei", "Ja, drei"),
        (3, "3"),
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (["Gabel", "Messer"], "Gabel, Messer"),
        ({"Rückgeld": {"auf": 50, "klein": True}}, "Rückgeld: auf: 50, klein: yes"),
        ([[[[[[[[[["tief"]]]]]]]]]], "tief"),
    ],
    ids=str,
)
def test_an_answer_may_be_any_json_and_reads_well(value, text):
    order = map_order(raw_order(customFields=[{"title": "Besteck?", "value": value}]))
    assert [(each.label, each.text) for each in order.custom_fields] == [("Besteck?", text)]
    assert order.alerts == ()


def test_custom_fields_of_another_shape_are_kept_with_an_alert():
    order = map_order(raw_order(customFields={"Besteck?": "Ja"}))
    assert [each.text for each in order.custom_fields] == ["Besteck?: Ja"]
    assert [alert.code for alert in order.alerts] == [AlertCode.UNREADABLE_FIELD]


def test_an_empty_custom_field_is_nothing():
    assert map_order(raw_order(customFields=[{"title": "", "value": ""}])).custom_fields == ()


def test_extended_fields_follow_the_custom_fields():
    namespaces = {"_user_fields": {"table": 12}, "@shop/app": {"greeting": "Alles Gute", "n": 7}}
    order = map_order(raw_order(extendedFields={"namespaces": namespaces}))
    assert [(each.label, each.text) for each in order.custom_fields] == [
        ("table", "12"),
        ("greeting", "Alles Gute"),
    ]


def test_a_note_beyond_the_limit_is_kept_up_to_it_with_an_alert():
    assert map_order(raw_order(buyerNote="ü" * 10_000)).note == "ü" * 10_000
    order = map_order(raw_order(buyerNote="ü" * 20_001))
    assert order.note == "ü" * 20_000
    assert [(alert.code, alert.detail) for alert in order.alerts] == [
        (AlertCode.TOO_LONG, "order.buyerNote: 20001 characters, 20000 kept")
    ]


def test_half_an_emoji_does_not_break_an_order():
    order = map_order(raw_order(buyerNote="Danke \ud83d", number="\ud83d\ude00"))
    assert order.note == "Danke \N{REPLACEMENT CHARACTER}"
    assert order.number == "\N{GRINNING FACE}"
    order.model_dump_json()


def test_printer_commands_in_a_name_are_kept_for_the_sanitiser():
    text = "\x1b@\x1dV\x00Pizza"
    assert map_order(raw_order(raw_line(text), buyerNote=text)).items[0].name == text


def test_alerts_never_repeat_what_the_guest_wrote():
    secret = "Geheimnis " * 3000
    raw = raw_order(
        raw_line(secret, quantity=secret, modifierGroups=secret),
        **dict.fromkeys(("buyerNote", "status", "paymentStatus", "createdDate"), secret),
    )
    order = map_order(raw | {"recipientInfo": secret, "shippingInfo": secret})
    assert order.alerts
    assert "Geheimnis" not in repr(order.alerts)


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_of_ours_maps(name):
    order = map_order(sample_order(name))
    assert order.items
    assert order.location == ""
    assert Order.model_validate_json(order.model_dump_json()) == order


def test_the_cash_sample_tells_the_kitchen_everything():
    order = map_order(sample_order("pickup-asap-cash.json"))
    assert order.alerts == ()
    spaetzle = order.items[1]
    assert (spaetzle.name, spaetzle.quantity, spaetzle.variants) == (
        "Käsespätzle",
        2,
        ("Große Portion",),
    )
    assert [(each.name, each.quantity) for each in spaetzle.modifiers] == [
        ("Röstzwiebeln", 2),
        ("Bergkäse", 1),
    ]
    assert spaetzle.special_request == "Bitte ohne Schnittlauch, Zwiebeln extra knusprig"
    sides = [each.modifiers[0].name for each in order.items[2:4]]
    assert sides == ["Pommes frites", "Kartoffelsalat"]
    assert "Nussallergie" in order.note
    assert order.payment.to_collect is not None


def test_a_real_restaurants_order_maps_without_an_alert():
    order = map_order(foreign_order(REAL))
    assert order.alerts == ()
    assert [(each.quantity, each.name, each.variants) for each in order.items] == [
        (3, "Nam Tok", ("Ente",)),
        (3, "Som Tam", ()),
    ]
    assert order.fulfilment.promise.asap
    assert order.fulfilment.promise.at == datetime(2025, 9, 24, 18, 24, tzinfo=UTC)
    assert (order.number, order.customer.name) == ("10033", "Erika Muster")
    assert str(order.payment.to_collect) == "amount=Decimal('132.00') currency='CHF'"


def test_the_official_shop_order_is_known_as_one():
    order = map_order(foreign_order("ecom-get-order.official-2023.json"))
    assert order.items == ()
    assert order.alerts == ()


def nested(value: Any) -> Any:
    for _ in range(800):
        value = [value]
    return value


def delivered(**logistics: Any) -> dict[str, Any]:
    return raw_order(shippingInfo={"code": "DELIVERY|ASAP", "logistics": logistics})


def delivered_to(**address: Any) -> dict[str, Any]:
    return delivered(shippingDestination={"address": address})


def ordered_by(holder: str = "recipientInfo", **details: str) -> dict[str, Any]:
    return raw_order(**{"recipientInfo": None, holder: {"contactDetails": details}})


def answered(**field: Any) -> dict[str, Any]:
    return raw_order(customFields=[{"title": "Frage", "value": "Antwort"} | field])


def dish(**options: Any) -> dict[str, Any]:
    return raw_order(with_options(**options))


# Every place where a guest can write, each as a function that plants a text in an order.
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "note": lambda text: raw_order(buyerNote=text),
    "answer": lambda text: answered(value=text),
    "deep answer": lambda text: answered(value={"a": [text]}),
    "very deep answer": lambda text: answered(value=nested(text)),
    "question": lambda text: answered(title=text),
    "owner's field": lambda text: raw_order(
        extendedFields={"namespaces": {"_user_fields": {"a": text}}}
    ),
    "request": lambda text: dish(specialRequest=text),
    "requests": lambda text: dish(specialRequests=text),
    "request in a list": lambda text: dish(specialRequests=["x", {"t": text}]),
    "request of the line": lambda text: raw_order(raw_line(specialRequests=text)),
    "answer about a dish": lambda text: dish(customTextFields={"Frage": text}),
    "question about a dish": lambda text: dish(customTextFields={text: "Ja"}),
    "variant": lambda text: raw_order(raw_line(descriptionLines=[described(text)])),
    "description": lambda text: raw_order(raw_line(descriptionLines=[described(text, "Frage")])),
    "modifier": lambda text: raw_order(raw_line(modifierGroups=[group("Extras", text)])),
    "option": lambda text: dish(modifierGroups=[{"modifiers": [{"id": "1", "name": text}]}]),
    "dish": lambda text: raw_order(raw_line(text)),
    "instructions": lambda text: delivered(instructions=text),
    "wording": lambda text: delivered(deliveryTime=text),
    "street": lambda text: delivered_to(addressLine=text),
    "floor": lambda text: delivered_to(addressLine2=text),
    "flat": lambda text: delivered_to(streetAddress={"apt": text}),
    "town": lambda text: delivered_to(city=text),
    "first name": lambda text: ordered_by(firstName=text),
    "last name": lambda text: ordered_by("billingInfo", lastName=text),
    "company": lambda text: ordered_by("billingInfo", company=text),
    "phone": lambda text: ordered_by(phone=text),
}


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=25)
@given(text=st.text(min_size=1, max_size=200).filter(lambda text: not text.isspace()))
def test_whatever_a_guest_writes_anywhere_is_in_the_order(place, text):
    order = map_order(PLACES[place](text))
    assert text in said(order)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def is_total(raw: dict[str, Any]) -> None:
    try:
        order = map_order(raw)
    except WixRefused as refused:
        assert refused.reason is Reason.INVALID_FIELDS  # noqa: PT017 -- both ends are allowed
        return
    assert Order.model_validate_json(order.model_dump_json()) == order
    assert len(kitchen_digest(order)) == 64


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(raw_order())) | st.text(), json_values))
def test_any_json_object_maps_if_it_has_an_id(fields):
    is_total({"id": "x"} | fields)


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in inner:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from places_of(child, (*path, key))


BASES = [sample_order(name) for name in sample_names()]
BASE_PLACES = [list(places_of(base)) for base in BASES]


@st.composite
def wounded_orders(draw: st.DrawFn) -> dict[str, Any]:
    """One of our samples with up to five values replaced, dropped or doubled."""
    index = draw(st.integers(0, len(BASES) - 1))
    order = copy.deepcopy(BASES[index])
    for path in draw(st.lists(st.sampled_from(BASE_PLACES[index]), min_size=1, max_size=5)):
        holder: Any = order
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = draw(st.just([holder[path[-1]]] * 2) | json_values)
        except (KeyError, IndexError, TypeError):
            continue
    return order


@settings(max_examples=100)
@given(wounded_orders())
def test_a_real_shape_with_anything_in_the_wrong_place_still_maps(raw):
    is_total(raw)


@pytest.mark.parametrize("place", ["buyerNote", "customFields", "lineItems", "shippingInfo", "id"])
def test_a_field_as_deep_as_json_allows_is_no_trouble(place):
    is_total({"id": "x"} | {place: nested({"original": "tief"})})


SAME = [{"modifiers": ["z"] * 300}]
HOSTILE: dict[str, dict[str, Any]] = {
    "modifiers": {
        "lineItems": [{"modifierGroups": SAME, "descriptionLines": ["z"] * 300}] * 80,
    },
    "lines": {"lineItems": [{}] * 60_000},
    "fields": {"customFields": [1] * 90_000},
    "requests": {
        "lineItems": [{"specialRequest": "a b\n" * 40_000, "descriptionLines": ["q"] * 20_000}],
    },
    "unknown": {"lineItems": [{"wixNew": [["x"]] * 50_000}]},
    "slashes": {"lineItems": [{"wixNew": "/" + "a./" * 70_000 + "!"}]},
    "texts": {"extendedFields": {"namespaces": {"a": [["x"]] * 30_000}}},
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_no_body_of_the_largest_size_blocks_for_long(trick):
    raw = raw_order(**HOSTILE[trick])
    assert len(json.dumps(raw)) > 200_000
    started = time.process_time()
    order = map_order(raw)
    assert time.process_time() - started < 5
    assert order.alerts


def test_an_appid_alone_makes_no_dish_of_nothing():
    order = map_order(raw_order({"catalogReference": {"appId": RESTAURANTS}}))
    assert [each.name for each in order.items] == ["??"]
