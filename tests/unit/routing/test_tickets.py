"""Which tickets there are, and what they say of each other."""

from __future__ import annotations

import pytest

from bonfire.messages import Document, OtherStation, StationPart
from bonfire.order import Fulfilment, FulfilmentKind, Item, Modifier, Order
from tests.support.configs import config, location, station
from tests.unit.routing.restaurant import (
    ORDER,
    ROUTES,
    STATIONS,
    by_station,
    of_kind,
    planned,
    restaurant,
)

SHARED = restaurant(
    stations=[
        station("kitchen", name="KÜCHE"),
        station("grill", copies=3),
        station("bar"),
        station("pass", document="pass", printer="bar-1"),
    ]
)


def names(items: tuple[Item, ...]) -> list[str]:
    return [item.name for item in items]


def test_an_order_makes_a_ticket_for_each_station_and_each_document():
    assert [(job.station, job.document.value) for job in planned()] == [
        ("kitchen", "station"),
        ("grill", "station"),
        ("bar", "station"),
        ("pass", "pass"),
        ("driver", "courier"),
        ("bag", "bag"),
    ]


def test_the_stations_that_cook_come_first_wherever_they_stand():
    house = restaurant(stations=list(reversed(STATIONS)))

    assert [job.station for job in planned(at=house)] == [
        *("bar", "grill", "kitchen"),
        *("bag", "driver", "pass"),
    ]


def test_a_location_without_a_document_prints_none_of_it():
    house = restaurant(stations=STATIONS[:3])

    assert {job.document for job in planned(at=house)} == {Document.STATION}


def test_every_document_prints_as_often_as_its_station_says():
    stations = [{**one, "copies": 1 + place} for place, one in enumerate(STATIONS)]

    jobs = planned(at=restaurant(stations=stations))

    assert [(job.station, job.copy_number, job.copies) for job in jobs if job.station == "bag"] == [
        ("bag", copy, 6) for copy in range(1, 7)
    ]
    assert len({job.job_id for job in jobs}) == len(jobs) == 1 + 2 + 3 + 4 + 5 + 6


def test_stations_that_share_a_printer_share_one_ticket():
    assert [job.station for job in planned(at=SHARED) if job.copy_number == 1] == [
        "kitchen",
        "pass",
    ]


def test_a_shared_ticket_is_called_by_those_that_have_something_on_it():
    only_grill = ORDER.model_copy(update={"items": ORDER.items[:1]})

    assert by_station(at=SHARED)["kitchen"].station_name == "KÜCHE + GRILL + BAR"
    assert by_station(only_grill, SHARED)["kitchen"].station_name == "GRILL"


def test_the_names_of_many_stations_on_one_printer_are_whole():
    stations = [station(f"s{n}", name=f"{n} " + "Küche" * 19) for n in range(9)]
    rules = [{"items": ["*"], "stations": [one["id"] for one in stations]}]

    (job,) = planned(at=restaurant(stations=stations, routes=rules, default_station="s0"))

    assert job.station_name == " + ".join(one["name"] for one in stations)
    assert len(job.station_name) > 850


def test_the_id_of_a_shared_ticket_stays_when_another_station_gets_something():
    few = ORDER.model_copy(update={"items": ORDER.items[:1]})

    assert by_station(few, SHARED)["kitchen"].job_id == by_station(at=SHARED)["kitchen"].job_id


def test_a_shared_ticket_prints_as_often_as_any_of_its_stations_asks():
    few = ORDER.model_copy(update={"items": ORDER.items[2:]})

    for order in (ORDER, few):
        copies = [job for job in planned(order, SHARED) if job.station == "kitchen"]
        assert [(job.copy_number, job.copies) for job in copies] == [(1, 3), (2, 3), (3, 3)]


def test_a_shared_ticket_says_which_line_belongs_to_whom():
    job = by_station(at=SHARED)["kitchen"]

    assert names(job.order.items) == ["Rindersteak", "Bier", "Menü 1"]
    assert job.stations == (
        StationPart(name="KÜCHE + BAR", items=(2,)),
        StationPart(name="GRILL", items=(0,)),
        StationPart(name="BAR", items=(1,)),
    )


def test_a_line_of_two_stations_is_once_on_their_ticket_in_a_part_of_its_own():
    routes = [{"items": ["*Steak*"], "stations": ["grill", "bar"]}]
    stations = [station(one) for one in ("kitchen", "grill", "bar")]
    house = restaurant(stations=stations, routes=routes)

    job = by_station(at=house)["kitchen"]

    assert names(job.order.items) == ["Rindersteak", "Bier", "Menü 1"]
    assert job.stations == (
        StationPart(name="KITCHEN", items=(1, 2)),
        StationPart(name="GRILL + BAR", items=(0,)),
    )


def test_a_line_of_two_stations_with_a_printer_each_is_on_both_tickets():
    routes = [{"items": ["*Steak*"], "stations": ["grill", "bar"]}]

    jobs = by_station(at=restaurant(routes=routes))

    assert names(jobs["grill"].order.items) == names(jobs["bar"].order.items) == ["Rindersteak"]
    assert jobs["pass"].stations[1] == StationPart(name="GRILL + BAR", items=(0,))


def test_a_ticket_of_a_single_station_has_no_parts():
    jobs = by_station()

    assert [jobs[name].stations for name in ("kitchen", "grill", "bar")] == [(), (), ()]
    assert (
        by_station(ORDER.model_copy(update={"items": ORDER.items[:1]}), SHARED)["kitchen"].stations
        == ()
    )


def test_a_choice_that_stands_alone_elsewhere_is_no_second_line_beside_its_dish():
    job = by_station(at=SHARED)["kitchen"]

    assert "Cola 0,3 l" not in names(job.order.items)
    assert job.order.items[2].modifiers[1].name == "Cola 0,3 l"


def test_a_long_list_of_stations_still_makes_a_ticket():
    stations = [station(f"s{n}", name="N" * 100) for n in range(30)]
    routes = [{"items": ["*"], "stations": [f"s{n}" for n in range(30)]}]
    house = config(location(stations=stations, routes=routes, default_station="s0"))

    (job,) = planned(at=house)

    assert len(job.station_name) == 2_000


def test_each_station_ticket_says_which_one_it_is_and_what_the_others_have():
    jobs = by_station()

    assert [(job.part, job.parts) for job in jobs.values() if job.document is Document.STATION] == [
        (3, 3),
        (2, 3),
        (1, 3),
    ]
    assert jobs["grill"].others == (
        OtherStation(name="KÜCHE", items=2),
        OtherStation(name="BAR", items=7),
    )


def test_a_shared_ticket_counts_as_one():
    house = restaurant(stations=[station("kitchen"), station("grill"), STATIONS[2]])

    jobs = by_station(at=house)

    assert (jobs["kitchen"].part, jobs["kitchen"].parts) == (1, 2)
    assert jobs["bar"].others == (OtherStation(name="KITCHEN + GRILL", items=4),)


def test_the_other_documents_are_no_part_and_only_the_pass_knows_all_stations():
    jobs = by_station()

    for name in ("pass", "driver", "bag"):
        assert (jobs[name].part, jobs[name].parts) == (1, 1)
    assert jobs["pass"].others == (
        OtherStation(name="KÜCHE", items=2),
        OtherStation(name="GRILL", items=2),
        OtherStation(name="BAR", items=7),
    )
    assert jobs["driver"].others == jobs["bag"].others == ()


def test_documents_of_the_whole_order_have_every_line_once_and_say_who_makes_it():
    jobs = by_station()

    for name in ("pass", "driver", "bag"):
        assert names(jobs[name].order.items) == ["Rindersteak", "Bier", "Menü 1"]
        assert jobs[name].stations == (
            StationPart(name="KÜCHE + BAR", items=(2,)),
            StationPart(name="GRILL", items=(0,)),
            StationPart(name="BAR", items=(1,)),
        )


@pytest.mark.parametrize("kind", FulfilmentKind)
def test_a_courier_is_for_deliveries_unless_the_configuration_says_otherwise(kind):
    order = of_kind(kind, address=None)

    assert ("driver" in by_station(order)) is (kind is FulfilmentKind.DELIVERY)


def test_an_order_of_unknown_kind_with_an_address_may_have_to_go_there():
    assert "driver" in by_station(of_kind(FulfilmentKind.UNKNOWN))


def test_a_pickup_at_a_pickup_point_has_an_address_and_needs_no_courier():
    assert "driver" not in by_station(of_kind(FulfilmentKind.PICKUP))


def test_a_document_is_only_for_the_orders_that_its_station_names():
    bags = {**STATIONS[5], "only_for": ["pickup", "delivery"]}
    house = restaurant(stations=[*STATIONS[:5], bags])

    kinds = [
        kind for kind in FulfilmentKind if "bag" in by_station(of_kind(kind, address=None), house)
    ]

    assert kinds == [FulfilmentKind.PICKUP, FulfilmentKind.DELIVERY]


def test_dishes_go_to_the_station_that_is_for_orders_of_this_kind():
    kitchens = [
        station("kitchen"),
        station("ghost", printer="grill-1", only_for=["delivery"]),
        station("restaurant", printer="bar-1", only_for=["pickup", "dine_in", "unknown"]),
    ]
    routes = [{"items": ["*"], "stations": ["ghost", "restaurant"]}]
    house = restaurant(stations=kitchens, routes=routes)

    assert [job.station for job in planned(at=house)] == ["ghost"]
    assert [job.station for job in planned(of_kind(FulfilmentKind.DINE_IN), house)] == [
        "restaurant"
    ]


def test_a_dish_that_no_open_station_takes_is_at_the_default_station():
    """The check of the configuration refuses such a file; the dish must not depend on that."""
    house = restaurant(routes=[])
    at = house.locations[0]
    closed = at.stations[0].model_copy(update={"only_for": (FulfilmentKind.PICKUP,)})
    place = at.model_copy(update={"stations": (closed, *at.stations[1:])})
    house = house.model_copy(update={"locations": (place,)})

    job = by_station(at=house)["kitchen"]

    assert names(job.order.items) == ["Rindersteak", "Bier", "Menü 1"]


def test_an_order_without_items_prints_at_the_default_station_and_on_every_document():
    empty = ORDER.model_copy(update={"items": ()})

    jobs = by_station(empty)

    assert list(jobs) == ["bag", "driver", "pass", "kitchen"]
    assert all(job.order.items == () and job.stations == () for job in jobs.values())
    assert jobs["pass"].others == (OtherStation(name="KÜCHE", items=0),)


def test_an_order_without_items_is_the_default_stations_also_on_a_shared_ticket():
    stations = [station("grill"), station("kitchen", name="KÜCHE")]
    house = restaurant(stations=stations, routes=[])

    (job,) = planned(ORDER.model_copy(update={"items": ()}), house)

    assert (job.station, job.station_name) == ("grill", "KÜCHE")


def test_an_order_with_every_field_empty_makes_its_tickets():
    bare = Order(id="1", number="", items=(Item(name=""),))

    assert set(by_station(bare)) == {"kitchen", "pass", "bag"}
    assert set(by_station(bare.model_copy(update={"fulfilment": Fulfilment()}))) == {
        *("kitchen", "pass", "bag")
    }


def test_a_thousand_items_are_on_their_tickets_in_their_order():
    items = tuple(
        Item(name=f"{kind} {n}", modifiers=(Modifier(name="Cola"),))
        for n in range(500)
        for kind in ("Suppe", "Steak")
    )

    jobs = by_station(ORDER.model_copy(update={"items": items}))

    assert names(jobs["kitchen"].order.items) == [f"Suppe {n}" for n in range(500)]
    assert names(jobs["grill"].order.items) == [f"Steak {n}" for n in range(500)]
    assert len(jobs["bar"].order.items) == len(jobs["pass"].order.items) == 1_000
    assert jobs["bar"].order.items[1].part_of == "Steak 0"


def test_the_restaurant_of_these_tests_is_one_that_the_configuration_allows():
    assert restaurant().warnings == ()
    assert ROUTES[2]["modifiers_alone"] is True
