"""*Today*: what a manager wants to know at a glance, of all restaurants or of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml
from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
)
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as Timeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as Lines
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.common import TimeZoneBrowser

from bonfire.alert_routes import INHIBITIONS
from bonfire.messages import NOWHERE
from grafana.panels import BAD, GOOD, SOURCE, UNSURE, About, lines, stat, table, timeline

UID: Final = "bonfire-today"
"""Alertmanager's mails link to it (`bonfire.alert_routes`)."""

PROMISED_S: Final = 60.0
"""A ticket is on paper this long after its order was accepted, or somebody is told."""
UNPRINTED_S: Final = 180.0
"""The alert OrderUnprinted begins here."""

_RULES: Final = Path(__file__).resolve().parents[1] / "deploy" / "prometheus" / "rules"
_HERE: Final = 'location=~"$location"'
_OPEN_SINCE: Final = f"bonfire_ledger_oldest_open_job_timestamp_seconds{{{_HERE}}} > 0"
_TROUBLE: Final = 'alertstate="firing", severity=~"critical|warning", location=~"$location|"'
_NO_RESTAURANT: Final = {NOWHERE: "of no known restaurant"}
_WAIT_LEVELS: Final = ((PROMISED_S, UNSURE), (UNPRINTED_S, BAD))


def dashboard() -> models.Dashboard:
    board = (
        Dashboard("Today")
        .uid(UID)
        .description("Orders and their tickets since midnight, and what needs a hand.")
        .tags(["bonfire"])
        .time("now/d", "now")
        .timezone(TimeZoneBrowser)
        .refresh("30s")
        .readonly()
        .with_variable(DatasourceVariable("datasource").type("prometheus").label("Data source"))
        .with_variable(_location())
        .annotation(_troubles())
    )
    rows: dict[str, list[Builder[models.Panel]]] = {
        "Today": [_orders(), _tickets(), _half(), _slowest(), _waiting(), _longest_wait()],
        "What needs a hand": [_given_up(), _printers_lost(), _alerts(), _printers()],
        "Over the day": [_orders_per_hour(), _time_to_paper()],
        "Restaurant by restaurant": [_restaurants()],
    }
    for title, panels in rows.items():
        board.with_row(Row(title))
        for panel in panels:
            board.with_panel(panel)
    return board.build()


def _location() -> QueryVariable:
    return (
        QueryVariable("location")
        .label("Restaurant")
        .datasource(SOURCE)
        .query("label_values(bonfire_last_order_timestamp_seconds, location)")
        .refresh(models.VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(selected=True, text="All", value="$__all"))
    )


def _troubles() -> AnnotationQuery:
    return (
        AnnotationQuery()
        .name("Troubles")
        .datasource(SOURCE)
        .enable(True)
        .icon_color(BAD)
        .expr(f"ALERTS{{{_TROUBLE}}}")
        .title_format("{{alertname}}")
        .text_format("{{location}} {{printer}}")
    )


def _orders() -> Stat:
    about = About(
        "Orders",
        "New orders since midnight. A change of an order counts once. A restart can cost the count"
        " those of the 15 seconds before it and, in a new house, those before its first 15 seconds"
        " were over.",
        4,
        4,
    )
    return stat(about, _today("bonfire_orders_placed_total"))


def _tickets() -> Stat:
    about = About("Tickets printed", "Tickets that are on paper since midnight.", 4, 4)
    return stat(about, _today("bonfire_jobs_closed_total", 'state="printed"'))


def _half() -> Stat:
    about = About("Half are on paper within", "From the order to its ticket, today.", 4, 4, "s")
    return stat(about, _quantile(0.5, "$__range"), levels=_WAIT_LEVELS, nothing="no ticket yet")


def _slowest() -> Stat:
    about = About(
        "19 of 20 are on paper within",
        "From the order to its ticket, today, without the slowest twentieth. We promise a minute.",
        4,
        4,
        "s",
    )
    return stat(about, _quantile(0.95, "$__range"), levels=_WAIT_LEVELS, nothing="no ticket yet")


def _waiting() -> Stat:
    about = About("Tickets waiting", "Tickets that are not on paper at this moment.", 4, 4)
    return stat(about, f"sum(bonfire_ledger_open_jobs{{{_HERE}}})")


def _longest_wait() -> Stat:
    about = About("Longest wait", "How long the oldest of them has been due.", 4, 4, "s")
    return stat(about, f"(time() - min({_OPEN_SINCE})) or vector(0)", levels=_WAIT_LEVELS)


def _given_up() -> Stat:
    about = About(
        "Tickets given up",
        "They do not print any more unless somebody decides so. See the page DeadLetter.",
        4,
        4,
    )
    return stat(about, f"sum(bonfire_dead_letters{{{_HERE}}})", levels=[(1, BAD)])


def _printers_lost() -> Stat:
    about = About(
        "Printers not ready", "Out of paper, open, switched off or not to be reached.", 4, 4
    )
    lost = f"count(bonfire_fleet_printer_ready{{{_HERE}}} == 0) or vector(0)"
    return stat(about, lost, levels=[(1, BAD)])


def _alerts() -> Table:
    about = About("Alarms", "What somebody has been told about and is not over yet.", 16, 4)
    names = {"alertname": "What", "location": "Restaurant", "printer": "Printer", "job": "Service"}
    hidden = ["Time", "Value", "__name__", "alertstate", "instance", "agent", "severity"]
    words = {**_summaries(), **_NO_RESTAURANT}
    told = {"A": _told()}
    return table(about, told, names, hidden=hidden, words=words, nothing="Nothing needs a hand")


def _summaries() -> Mapping[str, str]:
    """What each alert says in its mail, by its name."""
    groups = [
        group
        for path in sorted(_RULES.glob("*.yaml"))
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
    ]
    return {
        rule["alert"]: rule["annotations"]["summary"] for group in groups for rule in group["rules"]
    }


def _told() -> str:
    """The alerts that Alertmanager does not silence because of another."""
    told = f"ALERTS{{{_TROUBLE}}}"
    for source, silenced, equal in INHIBITIONS:
        targets = f'ALERTS{{{_TROUBLE}, alertname=~"{silenced}"}}'
        sources = f'ALERTS{{alertstate="firing", {source}}}'
        told += f" unless ({targets} and on ({', '.join(equal)}) {sources})"
    return told


def _printers() -> Timeline:
    about = About("Printers", "Each printer over the day.", 24, 6)
    ready = f"min by (location, printer) (bonfire_fleet_printer_ready{{{_HERE}}})"
    states = {"ready": (1.0, GOOD), "needs a hand": (0.0, BAD)}
    return timeline(about, ready, "{{location}} {{printer}}", states)


def _orders_per_hour() -> Lines:
    about = About("Orders per hour", "New orders within the hour before each moment.", 12, 8)
    orders = f"bonfire_orders_placed_total{{{_HERE}}}"
    return lines(about, {"{{location}}": f"round(sum by (location) ({_growth(orders, '1h')}))"})


def _time_to_paper() -> Lines:
    about = About(
        "From order to paper", "The dashed lines are our promise and the alarm.", 12, 8, "s"
    )
    quantiles = {"half": 0.5, "19 of 20": 0.95}
    queries = {words: _quantile(q, "$__rate_interval") for words, q in quantiles.items()}
    return lines(about, queries, levels=_WAIT_LEVELS)


def _restaurants() -> Table:
    about = About("Restaurants", "The same figures, one line for each restaurant.", 24, 8)
    placed = _growth(f"bonfire_orders_placed_total{{{_HERE}}}", "$__range")
    columns = {
        "A": f"round(sum by (location) ({placed}))",
        "B": f"sum by (location) (bonfire_ledger_open_jobs{{{_HERE}}})",
        "C": f"sum by (location) (bonfire_dead_letters{{{_HERE}}})",
        "D": f"count by (location) (bonfire_fleet_printer_ready{{{_HERE}}} == 0)"
        f" or sum by (location) (bonfire_dead_letters{{{_HERE}}}) * 0",
    }
    names = {
        "location": "Restaurant",
        "Value #A": "Orders today",
        "Value #B": "Tickets waiting",
        "Value #C": "Tickets given up",
        "Value #D": "Printers not ready",
    }
    return table(about, columns, names, hidden=["Time"], words=_NO_RESTAURANT)


def _today(counter: str, more: str = "") -> str:
    """How much it grew since the day began; `increase` guesses at the ends, hence `round`."""
    labels = f"{_HERE}, {more}" if more else _HERE
    return f"round(sum({_growth(f'{counter}{{{labels}}}', '$__range')}))"


def _quantile(share: float, window: str) -> str:
    tickets = _growth(f"bonfire_order_to_paper_seconds_bucket{{{_HERE}}}", window)
    return f"histogram_quantile({share}, sum by (le) ({tickets}))"


def _growth(counter: str, window: str) -> str:
    """Two series for each of `counter`: its increase, and what a new one had already counted.

    The first order of a new house may come before Prometheus' first scrape, and `increase` sees no
    growth in a counter that begins at 1. `min_over_time` is where it began, or less if it was reset
    since. New is what was nowhere in the day before the window.
    """
    began = f"min_over_time({counter}[{window}])"
    known = f"last_over_time({counter}[1d] offset {window})"
    # Another label, or `or` would take the two for one.
    first = f'label_replace({began} unless {known}, "part", "first", "", "")'
    return f"increase({counter}[{window}]) or {first}"
