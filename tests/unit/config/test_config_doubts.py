"""What is allowed and yet probably not meant, and what is no reason to doubt."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.configs import config, location, printer, station

BAR = 'location "altstadt", printer "bar-1": '


def doubts(*, defaults: dict[str, Any] | None = None, **of_bar: Any) -> tuple[str, ...]:
    """About the printer of the bar; the one of the kitchen says nothing of itself."""
    place = location(printers=[printer("kitchen-1", 50), printer("bar-1", 51, **of_bar)])
    return config(place, defaults={"printer": defaults or {}}).warnings


def test_a_station_that_nothing_leads_to_is_doubted():
    assert config(location(routes=[])).warnings == (
        'location "altstadt", station "bar": '
        "no route and no default leads here, so nothing will ever print on it",
    )


@pytest.mark.parametrize("matcher", ["sections", "categories", "items", "modifiers"])
def test_a_station_that_any_route_or_the_default_leads_to_is_not(matcher):
    assert config(location(routes=[{matcher: ["x"], "stations": ["bar"]}])).warnings == ()


@pytest.mark.parametrize("other", ["pass", "courier", "bag"])
def test_a_station_that_gets_whole_orders_needs_no_route(other):
    stations = [station("kitchen"), station("bar"), station("counter", document=other)]

    assert config(location(stations=stations)).warnings == ()


def test_a_default_station_for_some_orders_only_is_doubted():
    stations = [station("kitchen", only_for=["pickup"]), station("bar", only_for=["dine_in"])]

    assert config(location(stations=stations)).warnings == (
        'location "altstadt", station "kitchen": '
        "as the default station it takes what is nowhere else, whatever only_for says",
    )


def test_a_station_whose_looks_do_not_count_as_it_shares_a_ticket_is_doubted():
    stations = [station("kitchen"), station("bar", ticket={"text_size": "L"})]

    assert config(location(stations=stations)).warnings == (
        'location "altstadt", station "bar": shares its printer, and so its ticket, with '
        '"kitchen", which stands first and says how it looks',
    )


@pytest.mark.parametrize(
    "bar",
    [
        station("bar", ticket={"text_size": "M"}),
        station("bar", ticket={"text_size": "L"}, printer="bar-1"),
    ],
    ids=["looks alike", "prints elsewhere"],
)
def test_a_station_whose_looks_count_is_not(bar):
    assert config(location(stations=[station("kitchen"), bar])).warnings == ()


def test_a_pass_ticket_may_look_otherwise_than_the_station_ticket_of_its_printer():
    stations = [station("kitchen"), station("bar")]
    stations.append(station("pass", document="pass", ticket={"text_size": "S"}))

    assert config(location(stations=stations)).warnings == ()


def test_a_second_colour_without_a_ribbon_is_doubted():
    assert doubts(red=True) == (
        BAR + 'red needs technology = "impact": only a ribbon has a second colour',
    )


def test_a_second_colour_of_the_chains_impact_printers_is_not():
    assert doubts(defaults={"red": True}, technology="impact") == ()


def test_pictures_of_needles_are_doubted():
    assert doubts(technology="impact", raster=True) == (
        BAR + 'raster needs technology = "thermal": needles print no pictures',
    )


@pytest.mark.parametrize("columns", [33, 40, 42])
def test_the_columns_of_an_impact_printer_are_not_doubted(columns):
    assert doubts(technology="impact", columns=columns) == ()


@pytest.mark.parametrize("columns", [32, 48])
def test_columns_that_impact_printers_do_not_have_are_doubted(columns):
    assert doubts(technology="impact", columns=columns) == (
        BAR + f"columns = {columns}, but impact printers have 33, 40 or 42 in a line",
    )


def test_a_buzzer_at_the_drawers_port_is_doubted():
    assert doubts(buzzer="drawer") == (
        BAR + "this buzzer shares the cash drawer's port, so it stays silent",
    )


@pytest.mark.parametrize("buzzer", ["none", "esc-a", "esc-b"])
def test_other_buzzers_are_not(buzzer):
    assert doubts(buzzer=buzzer) == ()


def test_the_number_of_another_code_page_is_doubted():
    assert doubts(code_page="cp858", code_page_number=16) == (
        BAR + "code_page_number = 16 is cp1252 on most printers, "
        'and code_page is "cp858": look at the umlauts of a test print',
    )


@pytest.mark.parametrize("number", [19, 3, 255])
def test_the_usual_number_of_a_code_page_or_one_of_no_other_is_not(number):
    assert doubts(code_page="cp858", code_page_number=number) == ()


def test_what_all_printers_inherit_is_doubted_once_where_it_stands():
    assert doubts(defaults={"buzzer": "drawer", "technology": "impact", "raster": True}) == (
        'defaults . printer: raster needs technology = "thermal": needles print no pictures',
        "defaults . printer: this buzzer shares the cash drawer's port, so it stays silent",
    )


def test_the_built_in_defaults_of_a_chain_of_impact_printers_are_not_doubted():
    assert doubts(defaults={"technology": "impact"}) == ()


TAKEN = (
    ": its tickets count as printed as soon as it took the bytes; "
    "say accept_weak = true if that is meant, else use another setting"
)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"confirmation": "close"}, 'confirmation = "close"'),
        ({"status": "none"}, 'status = "none"'),
        ({"status": "none", "confirmation": "close"}, 'confirmation = "close"'),
    ],
)
def test_a_printer_that_cannot_say_that_it_printed_is_doubted_until_that_is_accepted(said, why):
    assert doubts(**said) == (BAR + why + TAKEN,)
    assert doubts(**said, accept_weak=True) == ()


@pytest.mark.parametrize("kind", ["process-id", "gs-r"])
def test_waiting_for_the_word_of_a_printer_that_answers_nothing_is_doubted(kind):
    assert doubts(status="none", confirmation=kind, accept_weak=True) == (
        BAR + f'status = "none" is for a printer that answers nothing, and confirmation = "{kind}" '
        "waits for its answer: where none comes, every ticket prints twice and is given up",
    )
    assert doubts(confirmation=kind) == ()


def test_pictures_that_are_wider_than_any_thermal_printer_are_doubted():
    (doubt,) = doubts(columns=70)
    assert doubt.startswith(BAR + "columns = 70 makes pictures of 840 dots")
    assert doubts(columns=69) == doubts(columns=96, raster=False) == ()


@pytest.mark.parametrize("scheme", ["usb", "serial"])
def test_a_device_outside_the_folder_of_devices_is_doubted(scheme):
    assert doubts(address=f"{scheme}:///tmp/lp0") == (
        BAR + "/tmp/lp0 is not below /dev, where the devices are",
    )
    assert doubts(address=f"{scheme}:///dev/lp0") == ()
