"""References that lead nowhere, what is there twice, and addresses."""

from __future__ import annotations

import pytest

from bonfire.config import parse
from tests.support.configs import document, location, only_problem, printer, problems, station

ALTSTADT = 'locations[0] "altstadt" . '


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        pytest.param(
            location(stations=[station("kitchen"), station("bar", printer="bar-9")]),
            'stations[1] "bar" . printer: '
            'no printer "bar-9" in this location; known: kitchen-1, bar-1',
            id="printer of a station",
        ),
        pytest.param(
            location(routes=[{"sections": ["x"], "stations": ["bar", "baar"]}]),
            'routes[0] . stations[1]: no station "baar" in this location; known: kitchen, bar',
            id="station of a route",
        ),
        pytest.param(
            location(default_station="pass"),
            'default_station: no station "pass" in this location; known: kitchen, bar',
            id="default station",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_what_there_is(place, problem):
    assert only_problem(document(place)) == ALTSTADT + problem


def test_a_default_location_that_is_none_is_told():
    broken = document()
    broken["organisation"]["default_location"] = "moon"

    assert only_problem(broken) == (
        'organisation . default_location: no location "moon"; known: altstadt'
    )


def test_a_location_of_a_person_that_is_none_is_told():
    person = {"name": "Berta", "email": "berta@bosco.example", "locations": ["altstadt", "moon"]}

    assert only_problem(document(people=[person])) == (
        'people[0] . locations[1]: no location "moon"; known: altstadt'
    )


@pytest.mark.parametrize(
    ("broken", "where", "first"),
    [
        pytest.param(
            document(location(), location()),
            'locations[1] "altstadt" . id: this location, "altstadt"',
            ALTSTADT + "id",
            id="location",
        ),
        pytest.param(
            document(location(stations=[station("bar"), station("kitchen"), station("bar")])),
            ALTSTADT + 'stations[2] "bar" . id: this station, "bar"',
            ALTSTADT + 'stations[0] "bar" . id',
            id="station",
        ),
        pytest.param(
            document(
                location("altstadt", wix_locations=["10ca-1"]),
                location("hafen", wix_locations=["10ca-2", "10CA-1"]),
            ),
            'locations[1] "hafen" . wix_locations[1]: this Wix location, "10ca-1"',
            ALTSTADT + "wix_locations[0]",
            id="Wix location",
        ),
        pytest.param(
            document(
                people=[
                    {"name": "Berta", "email": "berta@bosco.example"},
                    {"name": "B.", "email": "Berta@bosco.example"},
                ]
            ),
            'people[1] . email: this mailbox, "berta@bosco.example"',
            "people[0] . email",
            id="mailbox",
        ),
    ],
)
def test_what_is_there_twice_is_told_with_the_place_of_the_first(broken, where, first):
    told = problems(broken)

    assert f"{where}, is there already: {first}" in told


def test_two_printers_of_one_id_are_told_also_across_the_locations_of_a_print_host():
    second = location("hafen", agent="altstadt", printers=[printer("kitchen-1", 60)])
    second["stations"] = [station("kitchen"), station("bar")]

    assert only_problem(document(location(), second)) == (
        'locations[1] "hafen" . printers[0] "kitchen-1" . id: '
        'print host "altstadt": this printer, "kitchen-1", is there already: '
        'locations[0] "altstadt" . printers[0] "kitchen-1" . id'
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tcp://192.168.1.50:9100", "tcp://192.168.1.50"),
        ("tcp://Kitchen.local", "tcp://kitchen.LOCAL:9100"),
        ("tcp://[fe80::1]", "tcp://[FE80:0:0::1]:9100"),
    ],
)
def test_two_printers_on_one_address_are_told_however_it_is_written(first, second):
    printers = [
        {"id": "kitchen-1", "address": first},
        {"id": "bar-1", "address": second},
    ]

    told = only_problem(document(location(printers=printers)))

    assert told.startswith(ALTSTADT + 'printers[1] "bar-1" . address: print host "altstadt": ')


def test_two_ports_of_one_host_are_two_printers():
    printers = [
        {"id": "kitchen-1", "address": "tcp://127.0.0.1:9100"},
        {"id": "bar-1", "address": "tcp://127.0.0.1:9101"},
    ]

    assert parse(document(location(printers=printers))).warnings == ()


@pytest.mark.parametrize(
    "address",
    [
        "192.168.1.50",
        "192.168.1.50:9100",
        "http://192.168.1.50",
        "tcp://",
        "tcp://:9100",
        "tcp://192.168.1.500",
        "tcp://1234",
        "tcp://192.168.1.50:0",
        "tcp://192.168.1.50:65536",
        "tcp://192.168.1.50:print",
        "tcp://192.168.1.50/queue",
        "tcp://192.168.1.50?x=1",
        "tcp://192.168.1.50#x",
        "tcp://me@192.168.1.50",
        "tcp://[::1",
        "tcp://[hello]",
        "tcp://kitchen 1",
        "tcp://küche",
        "tcp://-kitchen",
        "tcp://" + "a." * 130 + "a",
        9100,
        ["tcp://192.168.1.50"],
    ],
)
def test_an_address_that_is_none_is_told_with_how_one_looks(address):
    printers = [printer("kitchen-1", 50, address=address), printer("bar-1", 51)]

    told = only_problem(document(location(printers=printers)))

    assert told.startswith(
        ALTSTADT + 'printers[0] "kitchen-1" . address: should look like "tcp://192.168.1.50:9100"'
    )
