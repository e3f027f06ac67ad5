"""What each document may show of an order, and what it must not."""

from __future__ import annotations

import pytest

from bonfire.config import Config
from bonfire.messages import Document, TicketOrder
from bonfire.order import (
    Alert,
    AlertCode,
    Customer,
    FulfilmentKind,
    Item,
    LabelledText,
    Order,
    Topic,
)
from bonfire.order_allergies import order_allergies
from order_ingest.domain.documents import ticket_order
from tests.unit.routing.restaurant import (
    ORDER,
    PRIVATE,
    STATIONS,
    by_station,
    of_kind,
    planned,
    restaurant,
)

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
    return ticket_order(order, document, order.items, order_allergies(order))


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


def without(*documents: Document) -> Config:
    return restaurant(stations=[one for one in STATIONS if one.get("document") not in documents])


HANDING_OVER = (Document.PASS, Document.COURIER)


def test_words_to_the_driver_hold_a_doors_code_and_are_not_for_cooks_where_he_has_a_ticket():
    houses = [restaurant(), *(without(one) for one in HANDING_OVER)]

    for house in houses:
        for job in planned(at=house):
            told = job.order.fulfilment.instructions == "Hinterhof"
            assert told is (job.document in HANDING_OVER)


def test_where_an_order_has_no_ticket_but_the_cooks_these_have_the_words_to_the_driver():
    for job in planned(at=without(*HANDING_OVER)):
        told = job.order.fulfilment.instructions == "Hinterhof"
        assert told is (job.document is Document.STATION)


def test_a_courier_who_is_not_called_for_an_order_is_no_ticket_for_it():
    pickup = of_kind(FulfilmentKind.PICKUP)

    jobs = by_station(pickup, without(Document.PASS))

    assert "driver" not in jobs
    assert jobs["kitchen"].order.fulfilment.instructions == "Hinterhof"


def test_an_allergy_among_the_words_to_the_driver_is_on_every_ticket():
    words = "Hinterhof. ACHTUNG Nussallergie"

    for job in planned(of_kind(FulfilmentKind.DELIVERY, instructions=words)):
        assert job.order.fulfilment.instructions == words


OF_EACH_TOPIC = tuple(LabelledText(label=f"x-{topic}", text="1", topic=topic) for topic in Topic)
WITH_TOPICS = ORDER.model_copy(
    update={
        "custom_fields": OF_EACH_TOPIC,
        "items": (Item(name="Suppe", notes=OF_EACH_TOPIC),),
    }
)


@pytest.mark.parametrize(
    ("document", "topics"),
    [
        (Document.STATION, {Topic.ORDER}),
        (Document.BAG, {Topic.ORDER}),
        (Document.COURIER, {Topic.ORDER, Topic.HANDOVER, Topic.CONTACT}),
        (Document.PASS, set(Topic)),
    ],
)
def test_a_text_is_on_the_documents_that_its_topic_is_for(document, topics):
    order = shown(document, WITH_TOPICS)

    for texts in (order.custom_fields, order.items[0].notes):
        assert {text.topic for text in texts} == topics


def test_contact_details_that_no_ticket_may_show_are_asked_for_online():
    asked = Alert(code=AlertCode.NOT_PRINTED, detail="contact details")

    for job in planned(WITH_TOPICS, without(*HANDING_OVER)):
        shown = {text.topic for text in job.order.custom_fields}
        if job.document is Document.STATION:
            assert shown == {Topic.ORDER, Topic.HANDOVER}
            assert job.order.alerts == (asked,)
        else:
            assert (shown, job.order.alerts) == ({Topic.ORDER}, ())


@pytest.mark.parametrize("missing", [(), (Document.PASS,), (Document.COURIER,)])
def test_what_is_on_some_ticket_is_not_asked_for_online(missing):
    jobs = planned(WITH_TOPICS, without(*missing))

    assert {job.order.alerts for job in jobs} == {()}


@pytest.mark.parametrize(
    "texts",
    [
        {"custom_fields": (LabelledText(label="etage", text="Nussallergie", topic=Topic.CONTACT),)},
        {"custom_fields": (LabelledText(topic=Topic.CONTACT),)},
        {"custom_fields": (LabelledText(label="tip", text="5 EUR", topic=Topic.PRICE),)},
        {
            "items": (
                Item(
                    name="Suppe",
                    notes=(LabelledText(label="to", text="Nussallergie", topic=Topic.CONTACT),),
                ),
            )
        },
    ],
    ids=["an allergy", "nothing", "a price", "an allergy at a dish"],
)
def test_what_every_ticket_says_anyway_or_nobody_misses_is_not_asked_for_online(texts):
    order = ORDER.model_copy(update=texts)

    assert {job.order.alerts for job in planned(order, without(*HANDING_OVER))} == {()}


def test_an_allergy_beside_a_guests_name_is_on_every_ticket():
    order = ORDER.model_copy(update={"customer": Customer(name="Anna - peanut allergy!!")})

    for job in planned(order):
        assert LabelledText(text="Anna - peanut allergy!!") in job.order.allergies


def test_an_allergy_at_one_dish_is_on_every_ticket():
    found = LabelledText(label="Rindersteak", text="Nussallergie")

    assert {job.order.allergies for job in by_station().values()} == {(found,)}


def test_the_longest_words_about_an_allergy_are_whole():
    question, answer = "Allergie? " * 200, "Nuss" * 5_000
    dish = Item(name="N" * 20_000, notes=(LabelledText(label=question, text=answer),))

    order = ORDER.model_copy(update={"items": (dish,)})
    found = order_allergies(order)

    assert "".join(each.text for each in found) == f"{question} {answer}"
    assert {each.label for each in found} == {"N" * 2_000}
    assert TicketOrder.model_validate(shown(Document.BAG, order).model_dump()).allergies == found
