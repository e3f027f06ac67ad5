"""The kinds of panel that our dashboards are made of, in one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from grafana_foundation_sdk.builders.common import (
    GraphThresholdsStyleConfig,
    ReduceDataOptions,
    VizLegendOptions,
)
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as Timeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as Lines
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DataTransformerConfig,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
GOOD, UNSURE, BAD, CALM = "green", "orange", "red", "blue"

Level = tuple[float, str]
"""From this value on, this colour."""

_Panel = TypeVar("_Panel", Stat, Lines, Timeline, Table)


@dataclass(frozen=True, slots=True)
class About:
    """What every panel says of itself, and how wide it is: 24 columns make a line."""

    title: str
    description: str
    width: int
    height: int
    unit: str = "short"


def stat(about: About, expression: str, *, levels: Sequence[Level] = (), nothing: str = "") -> Stat:
    """One number of now. `nothing` is what it says when there is no number."""
    panel = (
        _described(Stat(), about)
        .with_target(Dataquery().expr(expression).instant())
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.VALUE)
        .thresholds(_thresholds(CALM if not levels else GOOD, levels))
    )
    return panel.no_value(nothing).mappings([_unknown(nothing)]) if nothing else panel


def lines(about: About, queries: Mapping[str, str], *, levels: Sequence[Level] = ()) -> Lines:
    """Values over time, by the words of the legend, at most three; levels are drawn as lines."""
    panel = (
        _described(Lines(), about)
        .min(0)
        .legend(_legend())
        .thresholds(_thresholds(GOOD, levels))
        .thresholds_style(GraphThresholdsStyleConfig().mode(_style(levels)))
    )
    for reference, (words, expression) in zip("ABC", queries.items(), strict=False):
        panel.with_target(Dataquery().expr(expression).legend_format(words).ref_id(reference))
    return panel


def timeline(about: About, expression: str, words: str, states: Mapping[str, Level]) -> Timeline:
    """A coloured bar for each series; `states` gives each value its word."""
    return (
        _described(Timeline(), about)
        .with_target(Dataquery().expr(expression).legend_format(words))
        .mappings([_state(word, *level) for word, level in states.items()])
        .show_value(VisibilityMode.NEVER)
        .legend(_legend())
        .row_height(0.8)
    )


def table(
    about: About,
    columns: Mapping[str, str],
    names: Mapping[str, str],
    *,
    hidden: Sequence[str],
    words: Mapping[str, str],
    nothing: str = "",
) -> Table:
    """`columns` are expressions by reference; `names` of labels and values; the rest is hidden.

    `words` stand in the cells in place of what Prometheus says, `nothing` in place of no lines.
    """
    panel = _described(Table(), about)
    panel.mappings([ValueMap({said: ValueMappingResult(text=w) for said, w in words.items()})])
    if nothing:
        panel.no_value(nothing)
    for reference, expression in columns.items():
        query = Dataquery().expr(expression).instant().format(PromQueryFormat.TABLE)
        panel.with_target(query.ref_id(reference))
    if len(columns) > 1:
        panel.with_transformation(DataTransformerConfig(id_val="merge", options={}))
    organised = {"excludeByName": dict.fromkeys(hidden, True), "renameByName": dict(names)}
    return panel.with_transformation(DataTransformerConfig(id_val="organize", options=organised))


def _described(panel: _Panel, about: About) -> _Panel:
    return (
        panel.title(about.title)
        .description(about.description)
        .unit(about.unit)
        .span(about.width)
        .height(about.height)
        .datasource(SOURCE)
    )


def _thresholds(base: str, levels: Sequence[Level]) -> ThresholdsConfig:
    steps = [Threshold(None, base), *(Threshold(value, colour) for value, colour in levels)]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _style(levels: Sequence[Level]) -> GraphThresholdsStyleMode:
    return GraphThresholdsStyleMode.DASHED if levels else GraphThresholdsStyleMode.OFF


def _legend() -> VizLegendOptions:
    return (
        VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )


def _state(word: str, value: float, colour: str) -> ValueMapping:
    return ValueMap({f"{value:g}": ValueMappingResult(text=word, color=colour)})


def _unknown(words: str) -> ValueMapping:
    result = ValueMappingResult(text=words)
    return SpecialValueMap(DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, result))
