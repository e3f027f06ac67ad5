"""What each document may show of an order, and what it must not."""

from __future__ import annotations

import pytest

from bonfire.dish_allergies import dish_allergies
from bonfire.messages import Document, TicketOrder
from bonfire.order import (
    Alert,
    AlertCode,
    FulfilmentKind,
    Item,
    LabelledText,
    Order,
)
from order_ingest.domain.documents import ticket_order
from tests.unit.routing.restaurant import ORDER, PRIVATE, by_station, of_kind

WITH_ALERT = ORDER.model_copy(update={"alerts": (Alert(code=AlertCode.UNKNOWN_MODIFIER),)})
ON_EVERY = {
    *("id", "number", "placed_at", "fulfilment", "customer_name", "note", "allergies"),
    *("custom_fields", "items", "alerts"),
}
MORE = {
    Document.STATION: set[str](),
    Document.BAG: set[str](),
    Document.COURIER: {"phone", "payment"},
    Document.PASS: {"phone", "payment"},
}


def shown(document: Document, order: Order = WITH_ALERT) -> TicketOrder:
    return ticket_order(order, document, order.items, dish_allergies(order.items))


@pytest.mark.parametrize("document", Document)
def test_a_document_has_exactly_the_fields_that_it_may_show(document):
    filled = shown(document).model_dump(exclude_defaults=True)

    assert set(filled) == ON_EVERY | MORE[document]


@pytest.mark.parametrize("document", [Document.STATION, Document.BAG])
def test_no_price_telephone_or_address_reaches_a_station_or_a_bag(document):
    sent = shown(document).model_dump_json()

    assert [secret for secret in PRIVATE if secret in sent] == []


@pytest.mark.parametrize("document", Document)
def test_only_a_pass_shows_what_a_dish_costs(document):
    order = shown(document)
    prices = [item.price for item in order.items]
    prices += [modifier.price for item in order.items for modifier in item.modifiers]

    assert (set(prices) != {None}) is (document is Document.PASS)


def test_a_courier_knows_where_to_go_whom_to_call_and_what_to_collect():
    order = shown(Document.COURIER)

    assert order.fulfilment == ORDER.fulfilment
    assert order.phone == ORDER.customer.phone
    assert order.payment == ORDER.payment


def test_a_pass_shows_the_whole_order():
    order = shown(Document.PASS)

    assert order.items == ORDER.items
    assert (order.fulfilment, order.payment) == (ORDER.fulfilment, ORDER.payment)


def test_a_bag_is_handed_over_and_says_nothing_to_the_driver():
    fulfilment = shown(Document.BAG).fulfilment

    assert (fulfilment.kind, fulfilment.title) == (FulfilmentKind.DELIVERY, "Lieferung")
    assert (fulfilment.instructions, fulfilment.address) == ("", None)


def test_an_allergy_among_the_words_to_the_driver_is_on_the_bag_too():
    words = "Hinterhof. ACHTUNG Nussallergie"

    order = of_kind(FulfilmentKind.DELIVERY, instructions=words)

    assert shown(Document.BAG, order).fulfilment.instructions == words


def test_an_allergy_at_one_dish_is_on_every_ticket():
    found = LabelledText(label="Rindersteak", text="Nussallergie")

    assert {job.order.allergies for job in by_station().values()} == {(found,)}


def test_the_longest_words_about_an_allergy_are_whole():
    question, answer = "Allergie? " * 200, "Nuss" * 5_000
    dish = Item(name="N" * 20_000, notes=(LabelledText(label=question, text=answer),))

    found = dish_allergies([dish])

    assert "".join(each.text for each in found) == f"{question} {answer}"
    assert {each.label for each in found} == {"N" * 2_000}
    order = ORDER.model_copy(update={"items": (dish,)})
    assert TicketOrder.model_validate(shown(Document.BAG, order).model_dump()).allergies == found
