"""Whatever an order says is on a ticket, and what is private only where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bonfire.allergy import mentions_allergy
from bonfire.config import Config
from bonfire.messages import Document, PrintJob, decode
from bonfire.order import (
    Address,
    Alert,
    AlertCode,
    Customer,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Modifier,
    Money,
    Order,
    Payment,
    PaymentStatus,
    Promise,
    Section,
    Topic,
)
from bonfire.order_allergies import order_allergies
from tests.unit.routing.restaurant import PRINTERS, ROUTES, STATIONS, of_kind, planned, restaurant

WORDS = ["Cola 0,3", "Rindersteak", "Getränke", "ohne Nüsse", "Allergie", "对花生过敏", "", "🥜"]
TEXT = st.sampled_from(WORDS) | st.text(max_size=12)
# Longer than anything that hypothesis finds by itself, so that a hit is no accident.
SECRET = st.integers(10**11, 10**12).map(lambda number: f"geheim-{number}")
# By their topic, texts are private as well.
TOPICS = st.one_of(
    st.builds(LabelledText, label=TEXT, text=TEXT),
    st.builds(
        LabelledText,
        label=SECRET,
        text=SECRET,
        topic=st.sampled_from([Topic.CONTACT, Topic.PRICE]),
    ),
)
NOTES = st.lists(TOPICS, max_size=2).map(tuple)
MONEY = st.builds(
    Money, amount=st.integers(10**11, 10**12).map(Decimal), currency=st.just("geheim-EUR")
)
MODIFIERS = st.builds(
    Modifier, name=TEXT, group=TEXT, quantity=st.integers(1, 9), price=st.none() | MONEY
)
ITEMS = st.builds(
    Item,
    name=TEXT,
    quantity=st.integers(1, 99),
    variants=st.lists(TEXT, max_size=2).map(tuple),
    modifiers=st.lists(MODIFIERS, max_size=3).map(tuple),
    special_request=TEXT,
    notes=NOTES,
    section=st.builds(Section, id=TEXT, name=TEXT),
    category=TEXT,
    price=st.none() | MONEY,
    part_of=TEXT,
)
ORDERS = st.builds(
    Order,
    id=st.just("o-1"),
    number=TEXT,
    fulfilment=st.builds(
        Fulfilment,
        kind=st.sampled_from(FulfilmentKind),
        title=TEXT,
        table=TEXT,
        promise=st.builds(Promise, asap=st.booleans(), text=TEXT),
        instructions=TEXT,
        address=st.none()
        | st.builds(
            Address, lines=st.lists(SECRET, max_size=2).map(tuple), postal_code=SECRET, city=SECRET
        ),
    ),
    customer=st.builds(Customer, name=TEXT, company=TEXT, phone=SECRET),
    items=st.lists(ITEMS, max_size=4).map(tuple),
    note=TEXT,
    custom_fields=NOTES,
    payment=st.builds(
        Payment,
        status=st.sampled_from(PaymentStatus),
        total=st.none() | MONEY,
        to_collect=st.none() | MONEY,
    ),
    alerts=st.lists(st.builds(Alert, code=st.sampled_from(AlertCode), detail=TEXT)).map(tuple),
)
# All three cooks on printers of their own, or on the same one.
COOKS = st.lists(st.sampled_from([one["id"] for one in PRINTERS]), min_size=3, max_size=3).map(
    lambda printers: [{**one, "printer": to} for one, to in zip(STATIONS, printers, strict=False)]
)
OTHERS = STATIONS[3:]
RULES = st.lists(
    st.sampled_from(
        [*ROUTES, {"items": ["*o*"], "modifiers": ["*"], "stations": ["bar", "grill"]}]
    ),
    max_size=4,
)


def _house(cooks: list[Any], others: list[Any], rules: list[Any]) -> Config:
    return restaurant(stations=[*cooks, *others], routes=rules, printers=PRINTERS)


HOUSES = st.builds(_house, COOKS, st.just(OTHERS), RULES)
ANY_HOUSES = st.builds(_house, COOKS, st.lists(st.sampled_from(OTHERS), unique_by=id), RULES)
often = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def texts(value: Any) -> Iterator[str]:
    """Every text and every amount in it."""
    if isinstance(value, Topic):
        return
    if isinstance(value, str | Decimal):
        yield str(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    else:
        assert value is None or isinstance(value, bool | int | datetime)


def on_paper(jobs: tuple[PrintJob, ...]) -> str:
    return "\n".join(text for job in jobs for text in texts(job.order.model_dump()))


@often
@given(ORDERS, HOUSES)
def test_with_a_pass_every_text_of_the_order_is_on_a_ticket(order, house):
    jobs = planned(order, house)

    paper = on_paper(tuple(job for job in jobs if job.document is Document.PASS))
    elsewhere = {"status", "updated_at", "location"}  # how it stands, and where it goes
    assert [each for each in texts(order.model_dump(exclude=elsewhere)) if each not in paper] == []


@often
@given(ORDERS, ANY_HOUSES)
def test_every_text_but_what_is_private_is_on_a_ticket_of_who_cooks(order, house):
    jobs = planned(order, house)

    paper = on_paper(tuple(job for job in jobs if job.document is Document.STATION))
    if any(job.document in (Document.PASS, Document.COURIER) for job in jobs):
        order = of_kind(order.fulfilment.kind, order, instructions="")
    said = texts(order.model_dump(exclude={"status", "updated_at", "location", "payment"}))
    missing = [each for each in said if each not in paper]
    assert all(each.startswith("geheim") or each.isdecimal() for each in missing)


@often
@given(ORDERS, ANY_HOUSES)
def test_whoever_hands_an_order_over_knows_all_that_is_said_of_where_it_goes(order, house):
    jobs = planned(order, house)

    contacts = [each for each in order.custom_fields if each.topic is Topic.CONTACT]
    told = [job.order for job in jobs if job.document in (Document.PASS, Document.COURIER)]
    for each in told:
        assert each.fulfilment == order.fulfilment
        assert set(contacts) <= set(each.custom_fields)
    if contacts and not told:
        asked = [job.order.alerts[-1].code for job in jobs if job.document is Document.STATION]
        assert set(asked) == {AlertCode.NOT_PRINTED}


@often
@given(ORDERS, ANY_HOUSES)
def test_an_allergy_anywhere_in_an_order_stands_at_the_top_of_every_ticket(order, house):
    allergic = order_allergies(order)

    for job in planned(order, house):
        assert job.order.allergies == allergic
        assert job.order.note == order.note
        if mentions_allergy(order.fulfilment.instructions):
            assert job.order.fulfilment.instructions == order.fulfilment.instructions


@often
@given(ORDERS, ANY_HOUSES)
def test_nothing_private_is_ever_in_the_job_of_a_station_or_a_bag(order, house):
    for job in planned(order, house):
        if job.document in (Document.STATION, Document.BAG):
            sent = job.encode().decode()
            assert "geheim" not in sent
            assert not any(
                str(money.amount) in sent
                for money in (order.payment.total, order.payment.to_collect)
                if money
            )


@often
@given(ORDERS, HOUSES)
def test_every_dish_is_cooked_somewhere_as_often_as_it_was_ordered(order, house):
    numbered = tuple(
        item.model_copy(update={"id": str(place)}) for place, item in enumerate(order.items)
    )

    jobs = planned(order.model_copy(update={"items": numbered}), house)

    cooking = [job for job in jobs if job.document is Document.STATION]
    whole = {
        (item.id, item.name, item.quantity, item.modifiers)
        for job in cooking
        for item in job.order.items
    }
    unpriced = [
        tuple(one.model_copy(update={"price": None}) for one in item.modifiers) for item in numbered
    ]
    for item, modifiers in zip(numbered, unpriced, strict=True):
        assert (item.id, item.name, item.quantity, modifiers) in whole


@often
@given(ORDERS, HOUSES)
def test_every_line_of_a_ticket_is_in_one_of_its_parts(order, house):
    for job in planned(order, house):
        positions = [position for part in job.stations for position in part.items]
        if job.document is not Document.STATION or len(job.stations) > 1:
            assert sorted(positions) == list(range(len(job.order.items)))
        else:
            assert positions == []


@often
@given(ORDERS, HOUSES)
def test_every_ticket_can_be_sent_and_read(order, house):
    for job in planned(order, house):
        assert decode(job.encode()) == job
