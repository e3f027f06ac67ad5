"""What every dashboard owes its reader; that its queries find something, a live house shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana import build, today
from grafana.queries import expand, panels, queries
from tests.support.monitoring import ROOT, alerts

FOLDER = ROOT / "grafana" / "dashboards"
COLUMNS = 24
BOARDS = {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)


def test_the_committed_dashboards_are_those_of_the_code():
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}

    assert committed == build.dashboards(), "run: make dashboards"


def test_the_command_writes_every_dashboard(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["build", str(tmp_path)])

    build.main()

    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == build.dashboards()


def test_titles_and_ids_are_unique():
    for key in ("uid", "title"):
        assert len({board[key] for board in BOARDS.values()}) == len(BOARDS)


@every_board
def test_every_panel_says_what_it_shows_and_in_which_unit(board):
    for panel in panels(board):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]


@every_board
def test_no_two_panels_have_the_same_title(board):
    titles = [panel["title"] for panel in panels(board)]

    assert len(set(titles)) == len(titles)


@every_board
def test_the_data_source_and_the_restaurant_can_be_chosen(board):
    variables = {each["name"]: each for each in board["templating"]["list"]}

    assert variables["datasource"]["type"] == "datasource"
    assert variables["location"]["multi"]
    assert variables["location"]["includeAll"]
    for panel in panels(board):
        assert panel["datasource"]["uid"] == "${datasource}"


@every_board
def test_every_panel_shows_the_chosen_restaurants_only(board):
    for where, query in queries(board):
        if not where.startswith("variable"):
            # What silences an alarm may be of no restaurant.
            selectors = re.findall(r"(?<!\) ALERTS)\{([^}]*)\}", query)
            assert selectors, where
            assert all("$location" in selector for selector in selectors), where


@every_board
def test_growth_takes_the_interval_that_fits_the_screen_or_the_panels_title(board):
    for where, query in queries(board):
        windows = set(re.findall(r"(?:rate|increase)\([^\[]+\[([^\]]+)\]", query))
        titled = {"1h"} if "per hour" in where else {"$__rate_interval", "$__range"}
        assert windows <= titled, where


@every_board
def test_counters_are_only_read_as_growth(board):
    for where, query in queries(board):
        for match in re.finditer(r"(\w+)\(\w+_(?:total|bucket|count|sum)\b|\w+_total\b", query):
            assert match[1] in ("rate", "increase", "min_over_time", "last_over_time"), where
        # The last two are how a new series is told.
        assert query.count("min_over_time(") == query.count("increase("), where


def test_alarms_are_told_in_the_words_of_their_mails():
    (alarms,) = [panel for panel in panels(BOARDS["today.json"]) if panel["title"] == "Alarms"]
    defaults = alarms["fieldConfig"]["defaults"]
    (words,) = [mapping["options"] for mapping in defaults["mappings"]]

    assert defaults["noValue"] == "Nothing needs a hand"
    for name, rule in alerts().items():
        assert words[name]["text"] == rule["annotations"]["summary"]


@every_board
def test_no_panel_covers_another_or_leaves_the_page(board):
    places = [panel["gridPos"] for panel in board["panels"]]

    assert all(place["x"] + place["w"] <= COLUMNS for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


@every_board
def test_it_cannot_be_changed_in_the_browser(board):
    assert board["editable"] is False
    assert "id" not in board


@every_board
def test_grafanas_own_model_knows_every_field_of_it(board):
    register_default_plugins()

    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))

    assert list(_differences(board, again)) == []


@pytest.mark.parametrize("typo", ["panles", "tittle"])
def test_a_misspelt_field_is_noticed(typo):
    register_default_plugins()
    board = {**BOARDS["today.json"], typo: []}

    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))

    assert list(_differences(board, again)) == [f"/{typo}"]


def test_the_red_of_a_wait_is_where_the_alarm_begins():
    assert alerts()["OrderUnprinted"]["expr"].strip().endswith(f"> {today.UNPRINTED_S:.0f}")


def test_an_unknown_macro_is_no_query():
    with pytest.raises(ValueError, match="unknown macro"):
        expand("up[$__unheard_of]")


def test_a_variable_that_asks_for_no_labels_values_is_no_query():
    variable = {"type": "query", "name": "x", "query": "metrics(.*)"}
    board = {"panels": [], "templating": {"list": [variable]}, "annotations": {"list": []}}

    with pytest.raises(ValueError, match="not a query of a label's values"):
        list(queries(board))


def test_grafana_is_provisioned_read_only():
    folder = ROOT / "grafana" / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((folder / "dashboards/bonfire.yaml").read_text())["providers"]

    assert source["type"] == "prometheus"
    assert source["editable"] is False
    assert provider["allowUiUpdates"] is False


def _differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from _differences(one.get(key), other.get(key), f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{where}/{place}")
    elif one != other:
        yield where
