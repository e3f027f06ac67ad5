"""Each mistake, the sentence about it, and that it stays one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bonfire.config import Config, parse
from bonfire.config.table import Table
from bonfire.config.wording import TABLES
from tests.support.configs import document, location, only_problem, printer, problems, station

ALTSTADT = 'locations[0] "altstadt" . '


@pytest.mark.parametrize("slug", ["", "Bar", "bar 1", "-bar", "bär", "bar_1", "bar.1", "b" * 64])
def test_an_id_that_is_none_is_told_once(slug):
    broken = document(location())
    broken["organisation"]["id"] = slug

    assert only_problem(broken).startswith("organisation . id: an id has small letters")


def test_the_id_of_the_only_location_that_is_none_is_told_once_though_others_inherit_it():
    broken = document(location("Alt Stadt"))
    del broken["organisation"]["default_location"]

    assert only_problem(broken).startswith('locations[0] "Alt Stadt" . id: an id has')


@pytest.mark.parametrize("name", [" ", "\u00a0\t", "\u200b", "\u3164", "\u2800", "\u0301"])
def test_a_name_that_nobody_could_see_is_told_at_a_restaurant_and_a_station(name):
    unseen = location(name=name, stations=[station("kitchen", name=name)], routes=[])

    assert problems(document(unseen)) == (
        ALTSTADT + "name: should have a letter that can be seen",
        ALTSTADT + 'stations[0] "kitchen" . name: should have a letter that can be seen',
    )


@pytest.mark.parametrize("name", ["K", "火", "❤", "7", " Bar "])
def test_a_name_of_any_letters_that_can_be_seen_is_one(name):
    assert parse(document(location(name=name))).location("altstadt").name == name


@pytest.mark.parametrize("slug", ["b", "1", "bar-1", "b" * 63, "1-2-"])
def test_an_id_of_small_letters_digits_and_dashes_is_one(slug):
    assert parse(document(location(slug))).location(slug).agent == slug


@pytest.mark.parametrize(
    ("timezone", "hint"),
    [
        ("europe/zurich", 'did you mean "Europe/Zurich"?'),
        ("Europe/Zürich", 'did you mean "Europe/Zurich"?'),
        ("Europe", ""),
        ("", 'they look like "Europe/Zurich"'),
        ("../etc/passwd", 'they look like "Europe/Zurich"'),
        ("/etc/localtime", ""),
        ("middle earth", 'they look like "Europe/Zurich"'),
    ],
)
def test_a_time_zone_that_is_none_is_told(timezone, hint):
    told = only_problem(document(location(timezone=timezone)))

    assert told.startswith(ALTSTADT + f"timezone: no time zone {timezone!r}; ")
    assert told.endswith(hint)


@pytest.mark.parametrize(
    "email", ["", "berta", "berta@bosco", "@bosco.example", "a b@bosco.example", "a@b.example,c"]
)
def test_a_mailbox_that_is_none_is_told(email):
    told = only_problem(document(people=[{"name": "Berta", "email": email}]))

    assert told == 'people[0] . email: should look like "name@example.com"'


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"locations": {}}, "locations: should be a list: write [[locations]]"),
        ({"locations": []}, "locations: should have at least one entry"),
        ({"locations": ["altstadt"]}, "locations[0]: should be a table of keys and values"),
        ({"people": "Berta"}, "people: should be a list: write [[people]]"),
        ({"wix": []}, "wix: should be a table of keys and values"),
        (
            {"wix": {"instances": "1a57"}},
            'wix . instances: should be a list: write instances = ["..."]',
        ),
        ({"wix": {"instances": [1]}}, "wix . instances[0]: should be text in quotes"),
        ({"wix": {"instances": [""]}}, "wix . instances[0]: should not be empty"),
        (
            {"defaults": {"language": "es"}},
            "defaults . language: should be 'de', 'en', 'fr' or 'it'",
        ),
        ({"defaults": {"language": 1}}, "defaults . language: should be 'de', 'en', 'fr' or 'it'"),
        (
            {"defaults": {"copies": "2"}},
            "defaults . copies: should be a whole number, without quotes",
        ),
        (
            {"defaults": {"copies": True}},
            "defaults . copies: should be a whole number, without quotes",
        ),
        (
            {"defaults": {"copies": 1.5}},
            "defaults . copies: should be a whole number, without quotes",
        ),
        ({"defaults": {"copies": 0}}, "defaults . copies: should be greater than or equal to 1"),
        ({"defaults": {"printer": 42}}, "defaults . printer: should be a table of keys and values"),
        (
            {"defaults": {"printer": {"shared": "yes"}}},
            "defaults . printer . shared: should be true or false, without quotes",
        ),
        (
            {"defaults": {"printer": {"columns": 300}}},
            "defaults . printer . columns: should be less than or equal to 96",
        ),
        (
            {"defaults": {"printer": {"idle_close_s": "2"}}},
            "defaults . printer . idle_close_s: should be a number, without quotes",
        ),
        (
            {"defaults": {"printer": {"idle_close_s": float("inf")}}},
            "defaults . printer . idle_close_s: should be a finite number",
        ),
        (
            {"defaults": {"printer": {"confirmation": ["auto"]}}},
            "defaults . printer . confirmation: "
            "should be 'auto' or 'process-id' or 'gs-r' or 'close'",
        ),
        (
            {"defaults": {"printer": {"status": "ask"}}},
            "defaults . printer . status: should be 'dle-eot' or 'none'",
        ),
        (
            {"defaults": {"printer": {"code_page_number": 256}}},
            "defaults . printer . code_page_number: should be less than or equal to 255",
        ),
        (
            {"defaults": {"printer": {"code_page_number": "19"}}},
            "defaults . printer . code_page_number: should be a whole number, without quotes",
        ),
        (
            {"defaults": {"printer": {"code_page": "cp85"}}},
            "defaults . printer . code_page: should be 'cp437', 'cp850', 'cp852', 'cp858', "
            "'cp866', 'cp1252' or 'iso8859_15'; did you mean \"cp858\"?",
        ),
        (
            {"defaults": {"printer": {"technology": "needles"}}},
            "defaults . printer . technology: should be 'thermal' or 'impact'",
        ),
        (
            {"mail": {"host": "my server", "sender": "bonfire@bosco.example"}},
            'mail . host: should be a host name or an address, like "mail.example.com"',
        ),
        (
            {"monitoring": {"grafana_url": "grafana"}},
            'monitoring . grafana_url: should look like "https://grafana.example.com"',
        ),
        ({"defaults": {"ticket": "L"}}, "defaults . ticket: should be a table of keys and values"),
        (
            {"defaults": {"ticket": {"text_size": "XXL"}}},
            "defaults . ticket . text_size: should be 'S', 'M' or 'L'",
        ),
        (
            {"defaults": {"ticket": {"text_size": "l"}}},
            "defaults . ticket . text_size: should be 'S', 'M' or 'L'; did you mean \"L\"?",
        ),
        (
            {"defaults": {"ticket": {"top_rows": 21}}},
            "defaults . ticket . top_rows: should be less than or equal to 20",
        ),
        (
            {"defaults": {"ticket": {"hide": "times"}}},
            'defaults . ticket . hide: should be a list: write hide = ["..."]',
        ),
        (
            {"defaults": {"ticket": {"hide": ["times", "price"]}}},
            "defaults . ticket . hide[1]: should be 'customer', 'method', 'questions', "
            "'other_stations', 'times', 'prices', 'contact' or 'contents'; "
            'did you mean "prices"?',
        ),
        (
            {"defaults": {"ticket": {"hide": ["allergies"]}}},
            "defaults . ticket . hide[0]: should be 'customer', 'method', 'questions', "
            "'other_stations', 'times', 'prices', 'contact' or 'contents'",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_once_and_in_words(change, problem):
    told = problems({**document(), **change})

    assert told[0] == problem
    assert len(told) == 1 or "locations" in change


@pytest.mark.parametrize(
    ("path", "key", "problem"),
    [
        ((), "timezone", None),
        ((), "name", ALTSTADT + "name: missing"),
        (("stations", 0), "printer", ALTSTADT + 'stations[0] "kitchen" . printer: missing'),
        (("printers", 1), "address", ALTSTADT + 'printers[1] "bar-1" . address: missing'),
        (("routes", 0), "stations", ALTSTADT + "routes[0] . stations: missing"),
        (
            (),
            "default_station",
            ALTSTADT + "default_station: missing: "
            "with several stations, say which one takes what no route matches",
        ),
    ],
)
def test_a_missing_key_is_told(path, key, problem):
    place = location()
    entry = place
    for step in path:
        entry = entry[step]
    del entry[key]
    expected = problem or (
        ALTSTADT + "timezone: missing: say it here or for all locations under [defaults]"
    )

    assert only_problem(document(place)) == expected


def test_a_missing_default_location_is_told_when_there_are_several():
    broken = document(location("altstadt"), location("hafen"))
    del broken["organisation"]["default_location"]

    assert only_problem(broken).startswith("organisation . default_location: missing: ")


def test_a_missing_organisation_is_told_once():
    broken = document()
    del broken["organisation"]

    assert only_problem(broken) == "organisation: missing"


@pytest.mark.parametrize("key", ["stations", "printers"])
def test_a_location_needs_stations_and_printers(key):
    place = {**location(routes=[]), key: []}
    if key == "stations":
        del place["default_station"]

    assert ALTSTADT + f"{key}: should have at least one entry" in problems(document(place))


def test_a_route_that_matches_nothing_is_told():
    told = only_problem(document(location(routes=[{"stations": ["bar"]}])))

    assert told == (
        ALTSTADT + "routes[0]: matches nothing: give sections, categories, items or modifiers"
    )


def test_modifiers_alone_without_modifiers_is_told():
    route = {"stations": ["bar"], "items": ["Cola"], "modifiers_alone": True}

    assert only_problem(document(location(routes=[route]))) == (
        ALTSTADT + "routes[0]: modifiers_alone is about modifiers: give some"
    )


def test_an_unknown_key_is_told_with_the_one_that_was_meant():
    place = location(printers=[printer("kitchen-1", 50, colums=42), printer("bar-1", 51)])

    assert only_problem(document(place)) == (
        ALTSTADT + 'printers[0] "kitchen-1" . colums: unknown key; did you mean "columns"?'
    )


def test_an_unknown_key_like_no_other_is_told_with_all_that_there_are():
    assert only_problem(document(wix={"xyz": 1})) == "wix . xyz: unknown key; known: instances"


@pytest.mark.parametrize("owner", ["stations", "printers"])
def test_an_unknown_key_of_a_ticket_is_told_where_it_stands_and_not_at_those_who_inherit_it(owner):
    place = location()
    place[owner][0]["ticket"] = {"textsize": "L"}

    told = only_problem(document(place))

    assert told.startswith(ALTSTADT + f"{owner}[0] ")
    assert told.endswith('. ticket . textsize: unknown key; did you mean "text_size"?')


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (
            "document",
            "curier",
            "should be 'station', 'pass', 'courier' or 'bag'; did you mean \"courier\"?",
        ),
        ("document", ["pass"], "should be 'station', 'pass', 'courier' or 'bag'"),
        ("only_for", "pickup", 'should be a list: write only_for = ["..."]'),
        ("ticket", ["L"], "should be a table of keys and values"),
        ("printer", [], "should be text in quotes"),
    ],
)
def test_a_wrong_value_of_a_station_is_told_once_and_in_words(key, value, problem):
    place = location(stations=[station("kitchen"), station("bar", **{key: value})])

    assert only_problem(document(place)) == ALTSTADT + f'stations[1] "bar" . {key}: {problem}'


def test_an_order_of_a_kind_that_does_not_exist_is_told_with_the_one_that_was_meant():
    place = location(stations=[station("kitchen"), station("bar", only_for=["pick-up"])])

    told = only_problem(document(place))

    assert told.startswith(ALTSTADT + 'stations[1] "bar" . only_for[0]: should be ')
    assert told.endswith('; did you mean "pickup"?')


@pytest.mark.parametrize("language", ["fr", "it"])
def test_a_person_who_asks_for_mails_in_a_language_of_tickets_only_is_told_which_there_are(
    language,
):
    person = {"name": "Claire", "email": "claire@bosco.example", "language": language}

    assert only_problem(document(people=[person])) == "people[0] . language: should be 'de' or 'en'"


def test_the_printers_own_table_need_not_be_one_to_be_told_about_in_words():
    place = location(printers=[printer("kitchen-1", 50, ticket=5), printer("bar-1", 51)])

    assert only_problem(document(place)) == (
        ALTSTADT + 'printers[0] "kitchen-1" . ticket: should be a table of keys and values'
    )


def test_a_wrong_default_is_told_once_where_it_stands_and_not_at_those_who_inherit_it():
    told = problems(
        document(
            location("altstadt"),
            location("hafen"),
            defaults={
                "language": "es",
                "copies": 0,
                "printer": {"columns": 1, "colums": 2},
                "ticket": {"text_size": "XL", "hide": ["x"], "top": 3},
            },
            people=[{"name": "Berta", "email": "berta@bosco.example"}],
        )
    )

    assert len(told) == 7
    assert all(problem.startswith("defaults . ") for problem in told)


def test_every_mistake_is_told_at_once():
    told = problems(
        {
            "organisation": {"id": "Bosco", "nme": "Bosco"},
            "locations": [
                location(stations=[station("kitchen", printer="x"), station("bar", copies="2")]),
                location("altstadt", timezone="Berlin"),
                5,
            ],
            "people": [{"name": "Berta", "email": "berta", "locations": ["moon"]}],
            "printer": {},
        }
    )

    for part in [
        "organisation . id: an id has",
        'organisation . nme: unknown key; did you mean "name"?',
        "organisation . name: missing",
        "organisation . default_location: missing",
        'stations[0] "kitchen" . printer: no printer "x"',
        'stations[1] "bar" . copies: should be a whole number',
        'locations[1] "altstadt" . id: this location',
        "timezone: no time zone 'Berlin'",
        "locations[2]: should be a table",
        "people[0] . email: should look like",
        'people[0] . locations[0]: no location "moon"',
        "printer: unknown key",
    ]:
        assert len([problem for problem in told if part in problem]) == 1, part
    assert len(told) == 12


def test_every_table_of_the_file_can_name_its_unknown_keys():
    def tables(model: type[Table]) -> set[type[Table]]:
        nested = {
            found
            for field in model.model_fields.values()
            for found in _classes(field.annotation)
            if issubclass(found, Table)
        }
        return {model}.union(*(tables(one) for one in nested))

    assert set(TABLES.values()) == tables(Config)


def _classes(annotation: Any) -> list[type]:
    inner = getattr(annotation, "__args__", ())
    own = [annotation] if isinstance(annotation, type) and not inner else []
    return own + [found for one in inner for found in _classes(one)]


# Whatever tomllib can answer with, below the names that mean something to us.
_TABLE_KEYS = ["organisation", "defaults", "locations", "stations", "printers", "routes", "people"]
_TABLE_KEYS += ["ticket", "menu_sections"]
_VALUE_KEYS = ["id", "name", "printer", "agent", "address", "language", "email", "copies"]
_VALUE_KEYS += ["document", "only_for", "hide", "technology", "code_page", "columns"]
_KEYS = st.sampled_from([*_TABLE_KEYS, *_VALUE_KEYS, "default_station"])
_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=8,
)


anything = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@anything
@given(st.dictionaries(_KEYS, _TREES, max_size=6))
def test_no_document_at_all_makes_parse_fail_in_another_way(tree):
    assert problems(tree)


@anything
@given(st.dictionaries(_KEYS, _TREES, max_size=6))
def test_every_location_may_be_anything_and_is_told_about(tree):
    assert all(problem for problem in problems(document(location(), {"id": "hafen", **tree})))
