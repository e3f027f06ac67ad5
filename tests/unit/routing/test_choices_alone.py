"""The drink of a set menu goes to the bar by itself."""

from __future__ import annotations

from typing import Any

from bonfire.config import Location
from bonfire.order import FulfilmentKind, Item, Modifier
from order_ingest.domain.routing import MOST_ALONE, Line, route
from tests.support.configs import config, location, station
from tests.unit.routing.restaurant import ORDER

MENU = ORDER.items[2]
TO_BAR = {"modifiers": ["Cola*"], "modifiers_alone": True, "stations": ["bar"]}


def place(*routes: dict[str, Any]) -> Location:
    stations = [station("kitchen"), station("bar"), station("cellar")]
    return config(location(stations=stations, routes=list(routes))).locations[0]


def line(item: Item, *routes: dict[str, Any]) -> Line:
    (found,) = route([item], place(*routes), FulfilmentKind.PICKUP)
    return found


def test_the_station_sees_the_choice_as_often_as_it_was_ordered_and_with_which_dish():
    (choice,) = line(MENU, TO_BAR).choices

    assert choice.stations == {"bar"}
    assert (choice.item.name, choice.item.quantity) == ("Cola 0,3 l", 4)
    assert choice.item.part_of == "Menü 1"


def test_what_the_guest_wrote_to_the_dish_goes_with_the_choice():
    (choice,) = line(MENU, TO_BAR).choices

    assert choice.item.special_request == "ohne Eis"
    assert choice.item.notes == MENU.notes


def test_the_choice_stands_in_no_section_and_costs_nothing():
    in_section = MENU.model_copy(update={"section": ORDER.items[1].section})

    (choice,) = line(in_section, TO_BAR).choices

    assert choice.item.section.name == ""
    assert choice.item.price is None
    assert choice.item.modifiers == ()


def test_whoever_cooks_the_dish_sees_all_of_it():
    found = line(MENU, TO_BAR)

    assert found.item == MENU
    assert found.stations == {"kitchen"}
    assert found.makers == {"kitchen", "bar"}


def test_each_choice_goes_to_its_own_stations():
    beer = {"modifiers": ["Bier"], "modifiers_alone": True, "stations": ["cellar", "bar"]}
    menu = Item(name="Menü", modifiers=(Modifier(name="Cola"), Modifier(name="Bier")))

    first, second = line(menu, TO_BAR, beer).choices

    assert (first.item.name, sorted(first.stations)) == ("Cola", ["bar"])
    assert (second.item.name, sorted(second.stations)) == ("Bier", ["bar", "cellar"])


def test_a_choice_that_two_routes_send_to_a_station_is_there_once():
    found = line(MENU, TO_BAR, {**TO_BAR, "modifiers": ["*"]})

    assert [one.item.name for one in found.choices] == ["Pommes", "Cola 0,3 l"]


def test_a_station_that_sees_the_dish_anyway_gets_no_choice_of_it():
    whole = {"modifiers": ["Cola*"], "stations": ["bar"]}

    assert line(MENU, TO_BAR, whole) == line(MENU, whole)
    assert line(MENU, {**TO_BAR, "stations": ["kitchen"]}).choices == ()


def test_a_dish_with_too_many_such_choices_is_seen_whole():
    drinks = tuple(Modifier(name=f"Cola {n}") for n in range(MOST_ALONE + 1))

    few = line(Item(name="Menü", modifiers=drinks[:-1]), TO_BAR)
    many = line(Item(name="Menü", modifiers=drinks), TO_BAR)

    assert few.stations == {"kitchen"}
    assert len(few.choices) == MOST_ALONE
    assert many.stations == {"kitchen", "bar"}
    assert many.choices == ()


def test_a_dish_with_more_of_a_choice_than_a_line_can_count_is_seen_whole():
    most = Item(name="Menü", quantity=999_999, modifiers=(Modifier(name="Cola"),))
    more = most.model_copy(update={"modifiers": (Modifier(name="Cola", quantity=2),)})

    assert line(most, TO_BAR).choices[0].item.quantity == 999_999
    assert line(more, TO_BAR).stations == {"kitchen", "bar"}
    assert line(more, TO_BAR).choices == ()


def test_the_longest_name_of_a_dish_fits_beside_its_choice():
    menu = Item(name="M" * 20_000, modifiers=(Modifier(name="C" * 20_000),))

    (choice,) = line(menu, {**TO_BAR, "modifiers": ["*"]}).choices

    assert choice.item.part_of == "M" * 2_000
    assert choice.item.name == "C" * 20_000
