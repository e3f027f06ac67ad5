from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.config import Location
from bonfire.order import FulfilmentKind, Item, Modifier, Section
from order_ingest.domain.patterns import matches
from order_ingest.domain.routing import Line, route
from tests.support.configs import config, location, station

DRINKS = Section(id="5ec00003", name="Getränke")
MAINS = Section(id="5ec00002", name="Hauptgerichte")


def place(*routes: dict[str, Any], **of_bar: Any) -> Location:
    """Kitchen (the default), bar and pass, which cook all three."""
    stations = [station("kitchen"), station("bar", **of_bar), station("pass")]
    return config(location(stations=stations, routes=list(routes))).locations[0]


def item(
    name: str = "Suppe", *modifiers: str, section: Section = MAINS, category: str = ""
) -> Item:
    chosen = tuple(Modifier(name=modifier) for modifier in modifiers)
    return Item(name=name, section=section, category=category, modifiers=chosen)


def _views(line: Line) -> list[tuple[Item, frozenset[str]]]:
    return [(line.item, line.stations), *((one.item, one.stations) for one in line.choices)]


def seen(
    items: Iterable[Item], at: Location, kind: FulfilmentKind = FulfilmentKind.PICKUP
) -> dict[str, list[Item]]:
    """What each station that has anything sees, in the order of the configuration."""
    found: dict[str, list[Item]] = {station.id: [] for station in at.stations}
    for line in route(items, at, kind):
        for of, stations in _views(line):
            for each in stations:
                found[each].append(of)
    return {station_id: items for station_id, items in found.items() if items}


def names(items: Iterable[Item], at: Location, **how: Any) -> dict[str, list[str]]:
    return {key: [one.name for one in found] for key, found in seen(items, at, **how).items()}


@pytest.mark.parametrize(
    "matcher",
    [
        {"sections": ["5EC00003"]},
        {"sections": ["getränke"]},
        {"sections": ["elsewhere", "GETRÄNKE"]},
        {"categories": ["alkoholfrei"]},
        {"items": ["cola"]},
        {"items": ["*ol*"]},
        {"sections": ["elsewhere"], "items": ["Cola"]},
    ],
)
def test_an_item_goes_to_the_stations_of_a_route_that_matches_it(matcher):
    cola = item("Cola", section=DRINKS, category="Alkoholfrei")

    assert names([cola], place({**matcher, "stations": ["bar"]})) == {"bar": ["Cola"]}


@pytest.mark.parametrize(
    "matcher",
    [
        {"sections": ["Getränk"]},
        {"categories": ["Getränke"]},
        {"items": ["Getränke"]},
        {"modifiers": ["Cola"]},
    ],
)
def test_an_item_that_no_route_matches_goes_to_the_default_station(matcher):
    cola = item("Cola", section=DRINKS)

    assert names([cola], place({**matcher, "stations": ["bar"]})) == {"kitchen": ["Cola"]}


def test_a_wildcard_does_not_match_what_an_item_does_not_have():
    bare = Item(name="Tagesdessert")
    rules = place({"sections": ["*"], "categories": ["*"], "stations": ["bar"]})

    assert names([bare], rules) == {"kitchen": ["Tagesdessert"]}


def test_the_first_matching_route_takes_the_item():
    rules = place(
        {"items": ["Eiskaffee"], "stations": ["pass"]},
        {"sections": ["Getränke"], "stations": ["bar"]},
        {"items": ["*"], "stations": ["kitchen"]},
    )
    items = [item(name, section=DRINKS) for name in ("Cola", "Eiskaffee", "Tee")]

    assert names(items, rules) == {"bar": ["Cola", "Tee"], "pass": ["Eiskaffee"]}


def test_an_item_goes_to_all_stations_of_its_route():
    rules = place({"items": ["Flambé"], "stations": ["pass", "kitchen"]})

    assert names([item("Flambé")], rules) == {"kitchen": ["Flambé"], "pass": ["Flambé"]}


def test_a_modifier_adds_its_stations_and_the_kitchen_keeps_the_dish():
    rules = place({"modifiers": ["Cola*"], "stations": ["bar"]})
    menu = item("Menü 1", "Pommes", "Cola 0,3 l")

    assert names([menu], rules) == {"kitchen": ["Menü 1"], "bar": ["Menü 1"]}


def test_modifiers_are_looked_for_in_every_route_also_in_the_one_that_took_the_item():
    rules = place(
        {"sections": ["Hauptgerichte"], "modifiers": ["Cola"], "stations": ["kitchen"]},
        {"sections": ["Getränke"], "modifiers": ["Cola"], "stations": ["bar"]},
        {"modifiers": ["Pommes"], "stations": ["pass"]},
    )

    everywhere = names([item("Menü", "Cola", "Pommes")], rules)

    assert everywhere == {"kitchen": ["Menü"], "bar": ["Menü"], "pass": ["Menü"]}


def test_a_route_that_only_has_modifiers_never_takes_an_item_from_a_later_route():
    rules = place(
        {"modifiers": ["Eis"], "stations": ["pass"]},
        {"sections": ["Getränke"], "stations": ["bar"]},
    )

    assert names([item("Cola", "Eis", section=DRINKS)], rules) == {
        "bar": ["Cola"],
        "pass": ["Cola"],
    }


def test_a_station_gets_an_item_once_however_many_rules_send_it_there():
    rules = place(
        {"items": ["*"], "stations": ["bar", "bar"]},
        {"modifiers": ["*"], "stations": ["bar"]},
    )

    assert names([item("Cola", "Eis", "Zitrone")], rules) == {"bar": ["Cola"]}


def test_two_equal_lines_stay_two_lines():
    assert names([item(), item()], place()) == {"kitchen": ["Suppe", "Suppe"]}


def test_stations_come_in_the_order_of_the_configuration():
    rules = place({"sections": ["Getränke"], "stations": ["bar"]})

    found = seen([item("Cola", section=DRINKS), item("Suppe")], rules)

    assert list(found) == ["kitchen", "bar"]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Suppe", "suppe"),
        ("GROẞE SUPPE", "große Suppe"),
        ("Spätzle", "Spa\u0308tzle"),
        ("Cola 0,3", "  Cola\u00a0 0,3 "),
        ("*", "anything"),
        ("Cola*", "Cola"),
        ("Cola*", "Cola\nlight"),
        ("*cola", "Coca-Cola"),
        ("*spezi*", "Paulaner Spezi 0,5"),
        ("a*b*c", "a-b-b-c"),
        ("a**c", "abc"),
        ("*a*a", "aa"),
        ("Pizza*", "Pizza*"),
        (".[x]?", ".[x]?"),
    ],
)
def test_a_pattern_matches(pattern, text):
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Suppe", "Suppentopf"),
        ("Suppe", "Tagessuppe"),
        ("Cola*", "Coca-Cola"),
        ("*cola", "Cola light"),
        ("a*a", "a"),
        ("a*b*c", "a-c-b"),
        ("ab*bc", "abc"),
        ("*aa*aa*", "aaa"),
        (".", "x"),
        ("?", "x"),
        ("[ab]", "a"),
    ],
)
def test_a_pattern_does_not_match(pattern, text):
    assert not matches(pattern, text)


WORD = st.text("abÄ*", max_size=8)


@settings(deadline=None)
@given(before=WORD, middle=WORD, after=WORD)
def test_stars_around_a_word_find_it_anywhere(before, middle, after):
    assert matches(f"*{middle}*", f"{before}{middle}{after}")


@settings(deadline=None)
@given(text=st.text(min_size=1, max_size=30))
def test_every_text_matches_itself(text):
    assert matches(text, text)


def test_a_long_text_and_many_stars_take_no_time():
    began = time.process_time()

    assert not matches("*a" * 90 + "*b", "a" * 20_000)

    assert time.process_time() - began < 0.5


SECTIONS = [MAINS, DRINKS, Section(), Section(name="Desserts")]
ITEMS = st.lists(
    st.builds(
        item,
        st.sampled_from(["Suppe", "Cola", "Eis", "Menü"]),
        st.sampled_from(["Cola", "Pommes", "Eis"]),
        section=st.sampled_from(SECTIONS),
        category=st.sampled_from(["", "Alkoholfrei", "Warm"]),
    ),
    max_size=8,
)
PATTERNS = st.lists(
    st.sampled_from(["*", "Cola", "E*", "5ec00002", "Getränke", "Warm", "nothing"]), min_size=1
)
ROUTES = st.lists(
    st.builds(
        lambda kinds, patterns, stations: {**dict.fromkeys(kinds, patterns), "stations": stations},
        st.lists(
            st.sampled_from(["sections", "categories", "items", "modifiers"]),
            min_size=1,
            unique=True,
        ),
        PATTERNS,
        st.lists(st.sampled_from(["kitchen", "bar", "pass"]), min_size=1, unique=True),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(items=ITEMS, routes=ROUTES)
def test_no_item_is_ever_lost_and_none_is_out_of_order(items, routes):
    numbered = [one.model_copy(update={"id": str(n)}) for n, one in enumerate(items)]

    routed = seen(numbered, place(*routes))

    assert {one.id for items in routed.values() for one in items} == {one.id for one in numbered}
    assert all(
        [int(one.id) for one in items] == sorted({int(one.id) for one in items})
        for items in routed.values()
    )


@settings(deadline=None)
@given(items=ITEMS.filter(bool), routes=ROUTES, added=PATTERNS)
def test_a_route_of_modifiers_only_ever_adds(items, routes, added):
    extra = {"modifiers": added, "stations": ["pass"]}

    before = seen(items, place(*routes))
    after = seen(items, place(extra, *routes))

    assert all(after[station] == found for station, found in before.items() if station != "pass")
    assert len(after.get("pass", ())) >= len(before.get("pass", ()))
