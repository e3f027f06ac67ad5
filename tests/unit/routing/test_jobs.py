from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.messages import Document, JobKind, Language, OtherStation, PrintJob, decode
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
    Section,
)
from order_ingest.domain.jobs import Identity, plan
from tests.support.configs import config, location, station

ACCEPTED = datetime(2026, 5, 8, 17, 53, tzinfo=UTC)
DUE = ACCEPTED + timedelta(minutes=20)
DRINKS = Section(name="Getränke")
PRICE = Money(amount=Decimal("98.76"), currency="EUR")

ORDER = Order(
    id="7c1d6a52",
    number="10033",
    placed_at=ACCEPTED,
    fulfilment=Fulfilment(
        kind=FulfilmentKind.DELIVERY,
        title="Lieferung",
        instructions="Hinterhof",
        address=Address(lines=("Geheimgasse 7",), city="Geheimstadt"),
    ),
    customer=Customer(name="Zoë Übermut", company="Übermut GmbH", phone="+49 30 5550199"),
    items=(
        Item(name="Schnitzel", quantity=2, price=PRICE),
        Item(name="Cola", quantity=3, section=DRINKS, price=PRICE),
        Item(name="Menü", modifiers=(Modifier(name="Pommes", price=PRICE),), price=PRICE),
    ),
    note="Nussallergie!",
    custom_fields=(LabelledText(label="Anlass", text="Geburtstag"),),
    payment=Payment(total=PRICE, to_collect=PRICE),
    alerts=(Alert(code=AlertCode.UNKNOWN_MODIFIER, detail="5b1e"),),
)
CHAIN = config(
    location(
        "altstadt",
        language="en",
        agent="pi-1",
        stations=[station("kitchen", copies=2), station("bar", name="BAR", printer="bar-1")],
    ),
    location("hafen"),
)
ALTSTADT = CHAIN.location("altstadt")


def planned(order: Order = ORDER, where: str = "altstadt", **more: Any) -> tuple[PrintJob, ...]:
    ingredients = {"digest": "d1", "source": "wix", **more}
    place = CHAIN.location(where)
    return plan(order, place, CHAIN.organisation, ACCEPTED, DUE, **ingredients)


def test_there_is_one_job_per_station_and_copy():
    assert [(job.station, job.copy_number, job.copies) for job in planned()] == [
        ("kitchen", 1, 2),
        ("kitchen", 2, 2),
        ("bar", 1, 1),
    ]


def test_a_job_says_where_and_when_it_prints():
    job = planned()[2]

    assert job.schema_ == "bonfire.print-job/1"
    assert (job.organisation, job.location, job.location_name) == (
        "bosco",
        "altstadt",
        "Bosco Altstadt",
    )
    assert (job.agent, job.station, job.station_name) == ("pi-1", "bar", "BAR")
    assert job.printer == "bar-1"
    assert (job.language, job.timezone) == (Language.ENGLISH, "Europe/Berlin")
    assert (job.accepted_at, job.due_at) == (ACCEPTED, DUE)
    assert (job.kind, job.document, job.generation) == (JobKind.NEW, Document.STATION, 1)
    assert job.revision == "d1"


def test_each_station_sees_its_own_items_in_the_order_of_the_menu():
    assert {job.station: [one.name for one in job.order.items] for job in planned()} == {
        "kitchen": ["Schnitzel", "Menü"],
        "bar": ["Cola"],
    }


def test_each_ticket_tells_which_part_it_is_and_how_many_dishes_the_others_make():
    assert [(job.part, job.parts, job.others) for job in planned()] == [
        (1, 2, (OtherStation(name="BAR", items=3),)),
        (1, 2, (OtherStation(name="BAR", items=3),)),
        (2, 2, (OtherStation(name="KITCHEN", items=3),)),
    ]


def test_a_ticket_of_the_only_station_has_no_others():
    job = planned(ORDER.model_copy(update={"items": ORDER.items[:1]}))[0]

    assert (job.part, job.parts, job.others) == (1, 1, ())


def test_what_concerns_the_whole_order_is_on_every_ticket():
    for job in planned():
        assert job.order.number == "10033"
        assert job.order.placed_at == ACCEPTED
        assert job.order.customer_name == "Zoë Übermut (Übermut GmbH)"
        assert job.order.note == "Nussallergie!"
        assert job.order.custom_fields == ORDER.custom_fields
        assert job.order.alerts == ORDER.alerts
        assert job.order.fulfilment.instructions == "Hinterhof"


def test_no_price_telephone_or_address_reaches_a_station():
    for job in planned():
        sent = job.encode().decode()
        for secret in ("98.76", "5550199", "Geheim", "EUR"):
            assert secret not in sent


def test_a_company_stands_in_for_a_missing_name():
    order = ORDER.model_copy(update={"customer": Customer(company="Übermut GmbH")})

    assert planned(order)[0].order.customer_name == "Übermut GmbH"


@pytest.mark.parametrize(
    ("name", "company", "said"),
    [
        ("Zoë Übermut", "", "Zoë Übermut"),
        ("", "", ""),
        ("Übermut GmbH", "Übermut GmbH", "Übermut GmbH"),
        ("n" * 1_999, "c" * 2_000, "n" * 1_999 + " "),
    ],
)
def test_a_company_is_named_once_and_as_far_as_it_fits(name, company, said):
    order = ORDER.model_copy(update={"customer": Customer(name=name, company=company)})

    assert planned(order)[0].order.customer_name == said


def test_an_order_without_items_prints_at_the_default_station_with_its_alerts():
    alert = Alert(code=AlertCode.NO_ITEMS)
    order = ORDER.model_copy(update={"items": (), "alerts": (alert,)})

    jobs = planned(order)

    assert [job.station for job in jobs] == ["kitchen", "kitchen"]
    assert all(job.order.alerts == (alert,) and job.order.items == () for job in jobs)


def test_planning_again_gives_the_same_jobs():
    assert planned() == planned()


def test_the_id_of_a_job_is_the_same_in_every_release():
    # printf '["wix", "7c1d6a52", "d1", 1, "NEW", "station", "a", "bar", 1]' | sha256sum | cut -c-32
    identity = Identity("wix", "7c1d6a52", "d1", 1, JobKind.NEW, Document.STATION, "a", "bar", 1)

    assert identity.job_id() == "fc86ef4643a7a730520bf7eae4879730"


def test_the_jobs_of_a_configuration_without_new_documents_have_the_ids_of_the_first_release():
    # printf '["wix", "7c1d6a52", "d1", 1, "NEW", "station", "altstadt", "kitchen", 1]' | sha256sum
    assert [(job.station, job.job_id) for job in planned()] == [
        ("kitchen", "fe4eff59aaf10af616eac945b4c67a7a"),
        ("kitchen", "7ff355dde1e99e9d44df71afff69bb87"),
        ("bar", "9cac8b5ccb448579670bace3fbf6327c"),
    ]


def test_the_id_does_not_depend_on_what_a_retry_may_change():
    order = ORDER.model_copy(update={"note": "anders", "items": ORDER.items[:2]})
    later = ACCEPTED + timedelta(hours=1)
    again = plan(order, ALTSTADT, CHAIN.organisation, later, later, "d1", source="wix")

    assert [job.job_id for job in again] == [job.job_id for job in planned()]


def test_every_job_of_an_order_has_its_own_id():
    ids = [job.job_id for job in planned()]

    assert len(set(ids)) == len(ids) == 3


@pytest.mark.parametrize(
    "varied",
    [
        {"source": "api:till"},
        {"digest": "d2"},
        {"occurrence": 2},
        {"kind": JobKind.CANCEL},
        {"order": ORDER.model_copy(update={"id": "other"})},
        {"where": "hafen"},
    ],
    ids=lambda varied: next(iter(varied)),
)
def test_no_id_is_shared_with_an_order_that_differs(varied):
    ids = {job.job_id for job in planned()}

    assert ids.isdisjoint(job.job_id for job in planned(**varied))


TEXT = st.text(max_size=6)
IDENTITIES = st.builds(
    Identity,
    source=TEXT,
    order_id=TEXT,
    digest=TEXT,
    occurrence=st.integers(1, 99),
    kind=st.sampled_from(JobKind),
    document=st.sampled_from(Document),
    location=TEXT,
    station=TEXT,
    copy_number=st.integers(1, 9),
)
TICKETS = st.lists(IDENTITIES, min_size=2, max_size=2)


@settings(deadline=None)
@given(TICKETS)
def test_two_identities_share_an_id_exactly_when_they_are_equal(pair):
    one, other = pair

    assert (one.job_id() == other.job_id()) == (one == other)


@settings(deadline=None)
@given(one=IDENTITIES, other=IDENTITIES, name=st.sampled_from(Identity._fields))
def test_each_ingredient_alone_changes_the_id(one, other, name):
    varied = one._replace(**{name: getattr(other, name)})

    assert (one.job_id() == varied.job_id()) == (one == varied)


@settings(deadline=None)
@given(source=TEXT, order_id=TEXT, moved=st.text(min_size=1, max_size=3))
def test_text_moved_from_one_ingredient_to_the_next_changes_the_id(source, order_id, moved):
    one = Identity(source + moved, order_id, "", 1, JobKind.NEW, Document.STATION, "", "", 1)
    other = one._replace(source=source, order_id=moved + order_id)

    assert one.job_id() != other.job_id()


ITEMS = st.lists(
    st.builds(
        Item,
        name=st.text(max_size=10),
        quantity=st.integers(1, 99),
        modifiers=st.lists(st.builds(Modifier, name=st.text(max_size=6)), max_size=2),
        special_request=st.text(max_size=10),
        section=st.sampled_from([Section(), DRINKS]),
        price=st.sampled_from([None, PRICE]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ITEMS)
def test_every_item_is_on_a_ticket_with_all_that_the_guest_wrote(items):
    numbered = tuple(one.model_copy(update={"id": str(n)}) for n, one in enumerate(items))

    jobs = planned(ORDER.model_copy(update={"items": numbered}))

    printed = {one.id: one for job in jobs for one in job.order.items}
    assert set(printed) == {one.id for one in numbered}
    for one in numbered:
        assert printed[one.id] == one.model_copy(update={"price": None})


@settings(deadline=None)
@given(ITEMS)
def test_every_job_can_be_sent_and_read(items):
    for job in planned(ORDER.model_copy(update={"items": tuple(items)})):
        assert decode(job.encode()) == job
