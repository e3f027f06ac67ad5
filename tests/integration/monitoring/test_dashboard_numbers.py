"""What the panels of *Today* say of series that begin in the middle of a day, or anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from grafana.queries import expand, panels
from tests.support.monitoring import ROOT, VERSIONS, run, tool

TODAY = json.loads((ROOT / "grafana/dashboards/today.json").read_text("utf-8"))
PLACED = 'bonfire_orders_placed_total{job="order-ingest", location="altstadt"}'
PRINTED = 'bonfire_jobs_closed_total{job="order-ingest", location="altstadt", state="printed"}'
BUCKET = 'bonfire_order_to_paper_seconds_bucket{job="order-ingest", location="altstadt", le="%s"}'
# Values of every 15 s until now; the panels look back for an hour of the last three.
HISTORIES = {
    "an order before the first scrape": ("_x700 1x20", 1),
    "an order before the first scrape, and two after it": ("_x700 1x9 3x10", 3),
    "an order before the only scrape": ("_x720 1", 1),
    # What the panel's description says.
    "a restart, which costs the order before the first scrape": ("_x700 1x9 0x4 1x5", 1),
    "no order in a new house": ("_x700 0x20", 0),
    "orders of yesterday": ("7x720", 0),
    "orders of yesterday, and a hub that was away when the day began": ("7x300 _x300 7x120", 0),
    "orders of yesterday, a restart at night, and two": ("7x300 _x300 0x60 2x59", 2),
    "orders of a whole day": ("7x600 8x60 9x60", 2),
}
every_history = pytest.mark.parametrize(("values", "orders"), HISTORIES.values(), ids=HISTORIES)


@pytest.mark.parametrize("version", VERSIONS)
@every_history
def test_orders_and_tickets_of_today_are_counted(version, values, orders, tmp_path):
    series = {PLACED: values, PRINTED: values}

    asked(version, tmp_path, series, query("Orders"), [{"value": orders}])
    asked(version, tmp_path, series, query("Tickets printed"), [{"value": orders}])
    one = [{"labels": '{location="altstadt"}', "value": orders}]
    asked(version, tmp_path, series, query("Orders per hour"), one)
    asked(version, tmp_path, series, query("Restaurants"), one)


@pytest.mark.parametrize("version", VERSIONS)
def test_how_fast_the_first_ticket_was_is_known(version, tmp_path):
    series = {BUCKET % le: f"_x700 {n}x20" for le, n in {"1": 0, "2": 1, "+Inf": 1}.items()}

    half = query("Half are on paper within")
    asked(version, tmp_path, series, half, [{"labels": "{}", "value": 1.5}])


@pytest.mark.parametrize("version", VERSIONS)
def test_an_alarm_that_another_silences_is_not_listed(version, tmp_path):
    printer = 'alertstate="firing", severity="critical", alertname="PrinterDown"'
    down = 'ALERTS{alertstate="firing", severity="critical", alertname="ServiceDown", job="%s"}'
    lost = f'ALERTS{{{printer}, agent="altstadt", location="altstadt", printer="bar-1"}}'

    for job, listed in {"notifier": [down], "order-ingest": [down, lost]}.items():
        series = {down % job: "1x720", lost: "1x720"}
        expected = [{"labels": each.replace("%s", job), "value": 1} for each in listed]
        asked(version, tmp_path, series, query("Alarms"), expected)


def query(title: str) -> str:
    """The first of this panel, of the last hour."""
    (panel,) = [each for each in panels(TODAY) if each["title"] == title]
    return expand(panel["targets"][0]["expr"])


def asked(
    version: str,
    folder: Path,
    series: Mapping[str, str],
    expression: str,
    expected: list[dict[str, object]],
) -> None:
    """Fail the test unless the answer, three hours into these series, is this."""
    test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": "3h", "exp_samples": expected}],
    }
    path = folder / "numbers.yaml"
    path.write_text(json.dumps({"evaluation_interval": "15s", "tests": [test]}), "utf-8")
    run(tool("promtool", version), "test", "rules", path)
