"""What a dashboard asks Prometheus, and what Grafana would send for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

# As for a dashboard that shows the last hour, of all restaurants.
_EXPANSIONS: Final[Mapping[str, str]] = {
    "$__rate_interval": "1m",
    "$__range": "1h",
    "$__interval": "15s",
    "$location": ".*",
}
_VALUES_OF: Final = re.compile(r"label_values\((?P<series>.+), *(?P<label>\w+)\)")


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every expression with where it stands: of panels, of variables, of annotations."""
    for panel in panels(dashboard):
        for target in panel.get("targets", ()):
            yield f"panel {panel['title']!r}", target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']!r}", _series_of(variable["query"])
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation {annotation['name']!r}", annotation["expr"]


def panels(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every panel, rows excluded."""
    return (panel for panel in dashboard["panels"] if panel["type"] != "row")


def expand(expression: str) -> str:
    """The same in PromQL: macros and variables replaced. Raises ValueError on an unknown one."""
    for macro, value in _EXPANSIONS.items():
        expression = expression.replace(macro, value)
    if "$" in expression:
        raise ValueError(f"unknown macro in {expression}")
    return expression


def _series_of(query: str) -> str:
    found = _VALUES_OF.fullmatch(query)
    if found is None:
        raise ValueError(f"not a query of a label's values: {query}")
    return found["series"]
