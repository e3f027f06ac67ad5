from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime

from bonfire.order import (
    Address,
    Alert,
    Customer,
    Fulfilment,
    Item,
    LabelledText,
    Modifier,
    Money,
    Order,
    Promise,
    Section,
    Topic,
    Value,
)
from bonfire.order_allergies import order_allergies

WORDS = "Nussallergie"
# Every other text of an order is looked at, also one that a later release adds.
NOT_LOOKED_AT = {
    "note": "stands at the top of every ticket whatever it says",
    "fulfilment.instructions": "stand at the top of every ticket if they speak of an allergy",
    "id": "of the shop's programs",
    "location": "of bonfire.toml",
    "items.price.currency": "a code",
    "items.modifiers.price.currency": "a code",
    "payment.total.currency": "a code",
    "payment.to_collect.currency": "a code",
    "alerts.detail": "a place in the shop's order; CHECK ORDER ONLINE stands there already",
}
NO_TEXT = {None, type(None), Ellipsis, int, bool, Decimal, AwareDatetime}
NEEDED: dict[type, dict[str, Any]] = {
    Order: {"id": "o-1", "number": "10033"},
    Item: {"name": "Suppe"},
    Modifier: {"name": "groß"},
    Money: {"amount": "4.50"},
    Alert: {"code": "no_items"},
}


def texts(annotation: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every text in a model, whatever it is wrapped in."""
    if get_origin(annotation) is Annotated:
        yield from texts(annotation.__origin__, path)
    elif get_origin(annotation) in (Union, UnionType, tuple):
        for inner in get_args(annotation):
            yield from texts(inner, path)
    elif isinstance(annotation, type) and issubclass(annotation, Value):
        for name, field in annotation.model_fields.items():
            yield from texts(field.annotation, (*path, name))
    elif annotation is str:
        yield path
    else:
        assert annotation in NO_TEXT or issubclass(annotation, Enum)


def planted(model: type[Value], path: tuple[str, ...]) -> dict[str, Any]:
    """As little of the model as there has to be, with these words in one place."""
    name, *rest = path
    annotation = model.model_fields[name].annotation
    value: Any = planted(_model_in(annotation), tuple(rest)) if rest else WORDS
    if get_origin(annotation) is tuple:
        value = [value]
    return NEEDED.get(model, {}) | {name: value}


def _model_in(annotation: Any) -> type[Value]:
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    return next(_model_in(inner) for inner in get_args(annotation) if inner is not Ellipsis)


EVERY = sorted(set(texts(Order)))


def test_the_texts_of_an_order_are_all_found():
    names = {".".join(path) for path in EVERY}
    assert NOT_LOOKED_AT.keys() < names
    assert {"items.notes.label", "fulfilment.address.lines", "fulfilment.promise.text"} < names
    assert len(names) > 30


@pytest.mark.parametrize("path", EVERY, ids=".".join)
def test_an_allergy_in_any_text_of_an_order_is_found(path):
    order = Order.model_validate(planted(Order, path))

    found = order_allergies(order)

    if ".".join(path) in NOT_LOOKED_AT:
        assert found == ()
    else:
        assert len(found) == 1
        assert WORDS in found[0].in_words


def order(**fields: Any) -> Order:
    return Order(id="o-1", number="10033", **fields)


def of_dish(*items: Item) -> list[tuple[str, str]]:
    return [(each.label, each.text) for each in order_allergies(order(items=items))]


def test_every_kind_of_words_at_a_dish_is_looked_at():
    dish = Item(
        name="Pasta",
        variants=("groß", "für Allergiker"),
        modifiers=(
            Modifier(group="Allergien", name="Sellerie"),
            Modifier(group="Soße", name="Erdnuss"),
        ),
        special_request="bitte\nglutenfrei",
        notes=(
            LabelledText(label="Unverträglichkeiten?", text="Milch"),
            LabelledText(label="Allergien?", text="keine"),
            LabelledText(label="", text="Zöliakie"),
            LabelledText(label="Allergie", text=""),
        ),
        section=Section(name="Für Allergiker"),
    )

    assert of_dish(dish) == [
        ("Pasta", "bitte\nglutenfrei"),
        ("Pasta", "Unverträglichkeiten? Milch"),
        ("Pasta", "Zöliakie"),
        ("Pasta", "Allergie"),
        ("Pasta", "für Allergiker"),
        ("Pasta", "Allergien: Sellerie"),
        ("Pasta", "Für Allergiker"),
    ]


def test_an_allergen_in_words_of_the_shop_is_no_allergy():
    dish = Item(
        name="Nusskuchen",
        modifiers=(Modifier(name="Haselnusseis"),),
        section=Section(name="Mit Nüssen"),
        category="Lupinenkaffee",
    )
    method = Fulfilment(title="Nussmarkt", promise=Promise(text="zur Nusszeit"))

    assert order_allergies(order(items=(dish,), fulfilment=method)) == ()


def test_a_dish_whose_name_speaks_of_an_allergy_says_so_once():
    assert of_dish(Item(name="Menü für Allergiker")) == [("", "Menü für Allergiker")]


def test_the_same_words_at_the_same_dish_are_said_once_and_at_another_dish_again():
    soup, cake = (Item(name=name, special_request="Nussallergie") for name in ("Suppe", "Kuchen"))

    assert [label for label, _ in of_dish(soup, soup, cake)] == ["Suppe", "Kuchen"]


def test_an_answer_at_the_checkout_keeps_its_question():
    fields = (
        LabelledText(label="Allergien?", text="Sellerie"),
        LabelledText(label="Allergien?", text="keine"),
        LabelledText(label="Anlass", text="Geburtstag"),
    )

    assert order_allergies(order(custom_fields=fields)) == fields[:1]


def test_names_of_people_and_places_are_none_by_an_allergen_alone():
    customer = Customer(name="Rosa Nussbaumer", company="Nüssli AG")
    address = Address(lines=("Walnut Street No. 5",), city="Nussdorf")
    line = LabelledText(label="addressLine3", text="Haus Lupine", topic=Topic.CONTACT)
    home = Fulfilment(table="Nussbaum 4", address=address)

    assert order_allergies(order(customer=customer, fulfilment=home, custom_fields=(line,))) == ()


@pytest.mark.parametrize(
    "name", ["Anna - peanut allergy!!", "Anna, keine Nüsse", "Anna glutenfrei"]
)
def test_an_allergy_beside_a_name_is_one(name):
    assert order_allergies(order(customer=Customer(name=name))) == (LabelledText(text=name),)


def test_a_text_about_contacts_speaks_of_an_allergy_as_any_other():
    text = LabelledText(label="whatsapp", text="0170 1, Nussallergie", topic=Topic.CONTACT)

    assert order_allergies(order(custom_fields=(text,))) == (
        LabelledText(label="whatsapp", text="0170 1, Nussallergie"),
    )


def test_words_that_are_longer_than_a_text_may_be_are_said_in_two():
    note = LabelledText(label="Allergie", text="x" * 20_000)

    (_, first), (_, rest) = of_dish(Item(name="Suppe", notes=(note,)))

    assert first + rest == note.in_words
