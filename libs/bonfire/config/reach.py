"""Whether dishes are led to where dishes are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bonfire.config.document import Entry
from bonfire.config.inheritance import cooks


def problems(location: Entry) -> Iterator[str]:
    """One sentence for each place that leads dishes to a station that gets whole orders."""
    stations = location.tables("stations")
    whole_order = [one for one in stations if not cooks(one.values)]
    if stations and len(whole_order) == len(stations):
        yield f'{location.at("stations")}: none has document = "station", so no dish goes anywhere'
    default = location.text("default_station")
    yield from _misled(location.at("default_station"), [default], whole_order)
    for route in location.tables("routes"):
        names = [text for _, text in route.texts("stations")]
        yield from _misled(route.at("stations"), names, whole_order)


def _misled(where: str, names: Sequence[str | None], whole_order: Iterable[Entry]) -> Iterator[str]:
    for station in whole_order:
        name = station.text("id")
        if name is not None and name in names:
            yield (
                f'{where}: "{name}" has document = "{station.text("document")}": '
                "it gets whole orders, without a route"
            )
