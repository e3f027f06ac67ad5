"""Which stations a route may lead dishes to."""

from __future__ import annotations

import pytest

from bonfire.config import parse
from tests.support.configs import document, location, only_problem, station

ALTSTADT = 'locations[0] "altstadt" . '


@pytest.mark.parametrize("other", ["pass", "courier", "bag"])
def test_a_route_to_a_station_that_gets_whole_orders_is_told(other):
    place = location(
        stations=[station("kitchen"), station("bar"), station("counter", document=other)],
        routes=[{"items": ["Cola*"], "stations": ["bar", "counter"]}],
    )

    assert only_problem(document(place)) == (
        ALTSTADT + f'routes[0] . stations: "counter" has document = "{other}": '
        "it gets whole orders, without a route"
    )


def test_a_default_station_that_gets_whole_orders_is_told():
    place = location(
        stations=[station("kitchen"), station("bar"), station("pass", document="pass")],
        default_station="pass",
    )

    assert only_problem(document(place)) == (
        ALTSTADT + 'default_station: "pass" has document = "pass": '
        "it gets whole orders, without a route"
    )


def test_a_restaurant_where_no_dish_could_go_anywhere_is_told_once():
    place = location(stations=[station("pass", document="pass")], routes=[])
    del place["default_station"]

    assert only_problem(document(place)) == (
        ALTSTADT + 'stations: none has document = "station", so no dish goes anywhere'
    )


def test_stations_that_share_a_printer_are_no_mistake():
    place = location(stations=[station("kitchen"), station("bar"), station("pass")])

    assert {one.printer for one in parse(document(place)).locations[0].stations} == {"kitchen-1"}


def test_a_section_of_the_menu_that_is_there_twice_is_told():
    sections = [{"id": "5ec0-1", "name": "Vorspeisen"}, {"id": "5EC0-1", "name": "Suppen"}]

    told = only_problem(document(location(menu_sections=sections)))

    assert told == (
        ALTSTADT
        + 'menu_sections[1] "5EC0-1" . id: this section, "5ec0-1", is there already: '
        + ALTSTADT
        + 'menu_sections[0] "5ec0-1" . id'
    )
