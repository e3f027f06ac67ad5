from __future__ import annotations

import pytest

from bonfire.config import (
    ConfigError,
    MailLanguage,
    Printer,
    PrinterSettings,
    TcpAddress,
    UnknownLocation,
    parse,
)
from bonfire.errors import Permanent, Reason
from bonfire.messages import Confirmation, Language
from tests.support.configs import config, document, location, printer, station


def test_a_config_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        config().locations[0].name = "other"  # type: ignore[misc]


def test_the_built_in_defaults_hold_where_nobody_says_otherwise():
    only = config().locations[0]

    assert only.language is Language.GERMAN
    assert only.station("kitchen").copies == 1
    assert only.printer("kitchen-1").columns == 48
    assert only.printer("kitchen-1").confirmation == "auto"
    assert only.printer("kitchen-1").status == "dle-eot"
    assert not only.printer("kitchen-1").shared
    assert not only.printer("kitchen-1").accept_weak


def test_the_defaults_of_the_chain_reach_every_location():
    place = location()
    del place["timezone"]
    chain = config(
        place,
        defaults={
            "language": "en",
            "timezone": "Europe/Vienna",
            "copies": 2,
            "printer": {"columns": 42, "confirmation": "gs-r", "send_timeout_s": 9},
        },
        people=[{"name": "Berta", "email": "berta@bosco.example"}],
    )

    only = chain.locations[0]
    assert (only.language, only.timezone) == (Language.ENGLISH, "Europe/Vienna")
    assert [one.copies for one in only.stations] == [2, 2]
    assert [one.columns for one in only.printers] == [42, 42]
    assert only.printers[0].confirmation is Confirmation.STATUS
    assert only.printers[0].send_timeout_s == 9.0
    assert chain.people[0].language is MailLanguage.ENGLISH


def test_what_is_nearer_wins_over_what_is_inherited():
    place = location(
        language="de",
        timezone="Europe/Zurich",
        copies=3,
        stations=[station("kitchen"), station("bar", copies=1)],
        printers=[printer("kitchen-1", 50, columns=32), printer("bar-1", 51)],
    )
    chain = config(
        place,
        defaults={
            "language": "en",
            "timezone": "Europe/Vienna",
            "copies": 2,
            "printer": {"columns": 42},
        },
        people=[{"name": "Berta", "email": "berta@bosco.example", "language": "de"}],
    )

    only = chain.locations[0]
    assert (only.language, only.timezone) == (Language.GERMAN, "Europe/Zurich")
    assert [one.copies for one in only.stations] == [3, 1]
    assert [one.columns for one in only.printers] == [32, 42]
    assert chain.people[0].language is MailLanguage.GERMAN


def test_a_print_host_is_called_like_its_location_unless_it_has_a_name():
    chain = config(location("altstadt"), location("hafen", agent="pi-hafen"))

    assert [one.agent for one in chain.locations] == ["altstadt", "pi-hafen"]
    assert chain.agents == ("altstadt", "pi-hafen")


def test_the_only_station_takes_what_no_route_matches():
    place = location(stations=[station("kitchen")], routes=[])
    del place["default_station"]

    assert config(place).locations[0].default_station == "kitchen"


def test_the_only_location_is_the_default_one():
    one = document()
    del one["organisation"]["default_location"]

    assert parse(one).default_location.id == "altstadt"


def test_one_print_host_may_serve_two_locations_with_printers_of_different_ids():
    first = location("altstadt", agent="pi")
    second = location(
        "hafen",
        agent="pi",
        default_station="grill",
        stations=[station("grill", printer="grill-1")],
        printers=[printer("grill-1", 60)],
        routes=[],
    )
    chain = config(first, second)

    assert chain.agents == ("pi",)
    assert [one.id for one in chain.printers_of("pi")] == ["kitchen-1", "bar-1", "grill-1"]
    assert [one.id for one in chain.locations_of("pi")] == ["altstadt", "hafen"]


def test_each_restaurants_network_may_use_the_same_ids_and_addresses():
    chain = config(location("altstadt"), location("hafen"))

    assert chain.printers_of("altstadt") == chain.printers_of("hafen")


def test_an_unknown_print_host_has_no_printers():
    assert config().printers_of("elsewhere") == ()


def test_a_location_is_found_by_its_id_and_the_default_by_an_empty_one():
    chain = config(location("altstadt"), location("hafen"))

    assert chain.location("hafen").id == "hafen"
    assert chain.location("").id == "altstadt"


def test_an_unknown_location_is_an_error_of_its_own():
    with pytest.raises(UnknownLocation, match="no location 'moon'") as caught:
        config().location("moon")

    assert caught.value.reason is Reason.UNKNOWN_LOCATION
    assert isinstance(caught.value, Permanent)


def test_an_unknown_station_or_printer_is_a_key_error():
    only = config().locations[0]

    with pytest.raises(KeyError):
        only.station("moon")
    with pytest.raises(KeyError):
        only.printer("moon")


@pytest.mark.parametrize("written", ["10CA-2", "10ca-2"])
def test_a_wix_location_leads_to_the_location_that_lists_it(written):
    chain = config(location("altstadt"), location("hafen", wix_locations=["10ca-1", "10ca-2"]))

    match = chain.location_for_wix(written)

    assert (match.location.id, match.fell_back) == ("hafen", False)


@pytest.mark.parametrize("wix_location", [None, "", "10ca-9"])
def test_in_a_chain_an_order_from_elsewhere_falls_back_to_the_default_and_says_so(wix_location):
    chain = config(location("altstadt", wix_locations=["10ca-1"]), location("hafen"))

    match = chain.location_for_wix(wix_location)

    assert (match.location.id, match.fell_back) == ("altstadt", True)


@pytest.mark.parametrize("wix_location", [None, "", "10ca-9"])
def test_a_single_restaurant_without_wix_locations_takes_every_order_as_its_own(wix_location):
    match = config().location_for_wix(wix_location)

    assert (match.location.id, match.fell_back) == ("altstadt", False)


@pytest.mark.parametrize(("wix_location", "fell_back"), [(None, False), ("10ca-9", True)])
def test_a_single_restaurant_that_lists_its_wix_location_notices_another(wix_location, fell_back):
    match = config(location(wix_locations=["10ca-1"])).location_for_wix(wix_location)

    assert match.fell_back is fell_back


def test_people_without_locations_are_told_about_all_of_them():
    chain = config(
        location("altstadt"),
        location("hafen"),
        people=[
            {"name": "Berta", "email": "berta@bosco.example"},
            {"name": "Hans", "email": "hans@bosco.example", "locations": ["hafen"]},
        ],
    )

    assert [one.name for one in chain.people_of("hafen")] == ["Berta", "Hans"]
    assert [one.name for one in chain.people_of("altstadt")] == ["Berta"]


def test_settings_of_a_printer_are_numbers_in_seconds_and_never_beyond_five_minutes():
    with pytest.raises(ConfigError) as caught:
        config(defaults={"printer": {"send_timeout_s": 301, "idle_close_s": 0}})

    assert len(caught.value.problems) == 2
    assert all(
        field.annotation is float
        for name, field in PrinterSettings.model_fields.items()
        if name.endswith("_s")
    )


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("tcp://192.168.1.50:9100", "192.168.1.50", 9100),
        ("tcp://192.168.1.50", "192.168.1.50", 9100),
        ("tcp://Kitchen-1.local:4000", "kitchen-1.local", 4000),
        ("TCP://kitchen_1", "kitchen_1", 9100),
        ("tcp://[::1]:9101", "::1", 9101),
        ("tcp://[FE80:0::0001]", "fe80::1", 9100),
    ],
)
def test_an_address_is_a_host_and_a_port(text, host, port):
    place = location(printers=[printer("kitchen-1", 50, address=text), printer("bar-1", 51)])

    assert config(place).locations[0].printers[0].address == TcpAddress(host, port)


@pytest.mark.parametrize(
    "text", ["tcp://192.168.1.50:9100", "tcp://kitchen-1:4000", "tcp://[fe80::1]:9100"]
)
def test_an_address_is_written_as_it_is_read(text):
    place = location(printers=[printer("kitchen-1", 50, address=text), printer("bar-1", 51)])

    assert str(config(place).locations[0].printers[0].address) == text


def test_an_address_that_was_read_already_stays_what_it_is():
    address = TcpAddress("192.168.1.50")

    assert Printer.model_validate({"id": "kitchen-1", "address": address}).address == address
