"""Small configurations to build tests on."""

from __future__ import annotations

from typing import Any

import pytest

from bonfire.config import Config, ConfigError, parse

Document = dict[str, Any]


def station(station_id: str, **more: Any) -> Document:
    return {"id": station_id, "name": station_id.upper(), "printer": "kitchen-1", **more}


def printer(printer_id: str, last_byte: int, **more: Any) -> Document:
    return {"id": printer_id, "address": f"tcp://192.168.1.{last_byte}", **more}


def location(location_id: str = "altstadt", **more: Any) -> Document:
    """A restaurant with the stations kitchen and bar, each on a printer of its own."""
    return {
        "id": location_id,
        "name": f"Bosco {location_id.title()}",
        "timezone": "Europe/Berlin",
        "default_station": "kitchen",
        "stations": [station("kitchen"), station("bar", printer="bar-1")],
        "printers": [printer("kitchen-1", 50), printer("bar-1", 51)],
        "routes": [{"sections": ["Getränke"], "stations": ["bar"]}],
        **more,
    }


def document(*locations: Document, **more: Any) -> Document:
    """What `tomllib` would read; a chain's default is its first location."""
    places = list(locations) or [location()]
    organisation = {"id": "bosco", "name": "Bosco", "default_location": places[0]["id"]}
    return {"organisation": organisation, "locations": places, **more}


def config(*locations: Document, **more: Any) -> Config:
    return parse(document(*locations, **more))


def problems(broken: Document) -> tuple[str, ...]:
    """Every mistake that is told about this document; fails the test where there is none."""
    with pytest.raises(ConfigError) as caught:
        parse(broken)
    return caught.value.problems


def only_problem(broken: Document) -> str:
    (problem,) = problems(broken)
    return problem
