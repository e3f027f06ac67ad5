"""Goods of the site's shop: for who packs and brings an order, and for no cook."""

from __future__ import annotations

from bonfire.messages import Document, PrintJob
from bonfire.order import AlertCode, Item, LabelledText, Order, Topic
from order_ingest.domain.revision import kitchen_digest
from tests.unit.routing.restaurant import ORDER, STATIONS, planned, restaurant

WINE = Item(name="Steakmesser Cola", quantity=3, goods=True, special_request="als Geschenk")
MIXED = ORDER.model_copy(update={"items": (WINE, *ORDER.items)})


def with_wine(**changes: object) -> Order:
    wine = WINE.model_copy(update=changes)
    return ORDER.model_copy(update={"items": (*ORDER.items, wine)})


def names(job: PrintJob) -> list[str]:
    return [item.name for item in job.order.items]


def test_goods_are_on_the_pass_the_couriers_ticket_and_the_bag_with_the_guests_words():
    whole = [job for job in planned(MIXED) if job.document is not Document.STATION]

    assert {job.document for job in whole} == {Document.PASS, Document.COURIER, Document.BAG}
    for job in whole:
        (shown,) = [item for item in job.order.items if item.goods]
        assert (shown.name, shown.special_request) == (WINE.name, WINE.special_request)


def test_goods_are_at_no_station_and_change_nothing_there_whatever_they_are_called():
    with_goods, without = (
        [(job.order, job.others, job.stations) for job in planned(order) if is_station(job)]
        for order in (MIXED, ORDER)
    )

    assert with_goods == without


def is_station(job: PrintJob) -> bool:
    return job.document is Document.STATION


def test_no_part_of_a_pass_claims_goods():
    (ticket,) = [job for job in planned(MIXED) if job.document is Document.PASS]

    claimed = {position for part in ticket.stations for position in part.items}
    assert {position for position, item in enumerate(ticket.order.items) if item.goods} == (
        set(range(len(ticket.order.items))) - claimed
    )
    assert WINE.name in names(ticket)


def test_an_allergy_at_goods_is_at_the_top_of_every_ticket():
    order = with_wine(special_request="Nussallergie")

    for job in planned(order):
        assert LabelledText(label=WINE.name, text="Nussallergie") in job.order.allergies


def test_a_contact_at_goods_is_no_reason_for_cooks_to_look_online():
    house = restaurant(stations=[one for one in STATIONS if "document" not in one])
    note = LabelledText(label="whatsapp", text="0170 1", topic=Topic.CONTACT)

    for job in planned(with_wine(notes=(note,)), at=house):
        assert AlertCode.NOT_PRINTED not in {alert.code for alert in job.order.alerts}


def test_only_an_allergy_at_goods_changes_what_the_kitchen_knows():
    assert kitchen_digest(MIXED) == kitchen_digest(ORDER)
    assert kitchen_digest(with_wine(special_request="Nussallergie")) != kitchen_digest(ORDER)
