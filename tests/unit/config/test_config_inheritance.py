"""What a place says itself, what it inherits, and from where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.config import (
    CodePage,
    Location,
    MailLanguage,
    OptionalBlock,
    Technology,
    TextSize,
    TicketSettings,
)
from bonfire.messages import Document, Language
from bonfire.order import FulfilmentKind
from tests.support.configs import config, location, printer, station

# Each key of a ticket with two values that are not its own default.
_TICKET_VALUES: dict[str, tuple[Any, Any]] = {
    "text_size": ("S", "L"),
    "top_rows": (0, 7),
    "group_by": ("station", "none"),
    "merge_identical": (True, False),
    "hide": (["times"], ["prices", "customer"]),
    "buzz": (False, True),
}
_TICKETS = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in _TICKET_VALUES.items()}
)


def only_location(place: dict[str, Any], **more: Any) -> Location:
    return config(place, **more).locations[0]


def printers(**of_bar: Any) -> list[dict[str, Any]]:
    return [printer("kitchen-1", 50), printer("bar-1", 51, **of_bar)]


def test_the_keys_of_a_ticket_are_all_tried():
    assert set(_TICKET_VALUES) == set(TicketSettings.model_fields)


@given(_TICKETS, _TICKETS, _TICKETS)
def test_a_ticket_looks_key_by_key_as_its_station_says_or_its_printer_or_the_chain(
    chains, printers_own, stations_own
):
    place = only_location(
        location(
            stations=[station("kitchen"), station("bar", printer="bar-1", ticket=stations_own)],
            printers=printers(ticket=printers_own),
        ),
        defaults={"ticket": chains},
    )

    assert place.station("bar").ticket == TicketSettings.model_validate(
        {**chains, **printers_own, **stations_own}
    )
    assert place.printer("bar-1").ticket == TicketSettings.model_validate(
        {**chains, **printers_own}
    )
    assert place.station("kitchen").ticket == TicketSettings.model_validate(chains)


def test_what_a_station_hides_replaces_what_its_printer_hides():
    place = only_location(
        location(
            stations=[station("kitchen"), station("bar", printer="bar-1", ticket={"hide": []})],
            printers=printers(ticket={"hide": ["times"]}),
        ),
        defaults={"ticket": {"hide": ["customer", "method"], "text_size": "L"}},
    )

    assert place.station("kitchen").ticket.hide == (OptionalBlock.CUSTOMER, OptionalBlock.METHOD)
    assert place.printer("bar-1").ticket.hide == (OptionalBlock.TIMES,)
    assert place.station("bar").ticket.hide == ()
    assert place.station("bar").ticket.text_size is TextSize.LARGE


def test_a_courier_goes_out_with_deliveries_unless_somebody_says_otherwise():
    place = only_location(
        location(
            stations=[
                station("kitchen"),
                station("bar"),
                station("courier", document="courier"),
                station("runner", document="courier", only_for=["pickup", "delivery"]),
                station("always", document="courier", only_for=[]),
                station("pass", document="pass"),
            ]
        )
    )

    assert {one.id: one.only_for for one in place.stations} == {
        "kitchen": (),
        "bar": (),
        "courier": (FulfilmentKind.DELIVERY,),
        "runner": (FulfilmentKind.PICKUP, FulfilmentKind.DELIVERY),
        "always": (),
        "pass": (),
    }


def test_the_only_station_that_dishes_can_go_to_takes_what_no_route_matches():
    place = location(
        stations=[
            station("bag", document="bag"),
            station("kitchen"),
            station("courier", document="courier"),
        ],
        routes=[],
    )
    del place["default_station"]

    found = only_location(place)

    assert found.default_station == "kitchen"
    assert [one.document for one in found.stations] == [
        Document.BAG,
        Document.STATION,
        Document.COURIER,
    ]


def test_copies_are_inherited_by_tickets_of_every_document():
    stations = [station("kitchen"), station("bar"), station("bag", document="bag", copies=1)]
    stations.append(station("pass", document="pass"))

    found = only_location(location(stations=stations, copies=2))

    assert [one.copies for one in found.stations] == [2, 2, 1, 2]


def test_an_impact_printer_has_40_columns_and_no_pictures_whatever_thermal_ones_have():
    place = only_location(
        location(printers=printers(technology="impact")),
        defaults={"printer": {"columns": 42, "raster": True}},
    )

    assert (place.printer("kitchen-1").columns, place.printer("kitchen-1").raster) == (42, True)
    assert (place.printer("bar-1").columns, place.printer("bar-1").raster) == (40, False)


def test_a_chain_of_impact_printers_says_so_once_and_a_thermal_one_among_them_is_as_usual():
    place = only_location(
        location(printers=printers(technology="thermal")),
        defaults={"printer": {"technology": "impact", "columns": 33, "red": True}},
    )

    kitchen, bar = place.printers
    assert kitchen.technology is Technology.IMPACT
    assert (kitchen.columns, kitchen.raster, kitchen.red) == (33, False, True)
    assert (bar.columns, bar.raster, bar.red) == (48, True, False)


def test_columns_that_a_printer_says_itself_are_its_own_whatever_its_technology():
    place = only_location(location(printers=printers(technology="impact", columns=33, red=True)))

    assert (place.printer("bar-1").columns, place.printer("bar-1").red) == (33, True)


def test_a_code_page_is_never_inherited_with_the_number_of_another():
    chains = {"printer": {"code_page": "cp1252", "code_page_number": 71}}
    place = only_location(location(printers=printers(code_page="cp866")), defaults=chains)

    kitchen, bar = place.printers
    assert (kitchen.code_page, kitchen.code_page_number) == (CodePage.CP1252, 71)
    assert (bar.code_page, bar.code_page_number) == (CodePage.CP866, None)


@pytest.mark.parametrize(
    ("tickets", "mails"), [("de", "de"), ("en", "en"), ("fr", "en"), ("it", "en")]
)
def test_people_read_the_language_of_the_tickets_or_english_where_no_mail_is_written_in_it(
    tickets, mails
):
    chain = config(
        defaults={"language": tickets},
        people=[
            {"name": "Claire", "email": "claire@bosco.example"},
            {"name": "Berta", "email": "berta@bosco.example", "language": "de"},
        ],
    )

    assert chain.locations[0].language is Language(tickets)
    assert [one.language for one in chain.people] == [MailLanguage(mails), MailLanguage.GERMAN]
