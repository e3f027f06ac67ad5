"""The file as it was written, before anybody knows whether it is right."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bonfire.config.problem import ConfigError

Step = str | int
Values = Mapping[str, Any]

# What a location takes from [defaults], and a station from its location.
_OF_LOCATION: Final = ("language", "timezone", "copies")
_OF_STATION: Final = ("copies",)
_OF_PERSON: Final = ("language",)


def read(path: Path) -> Values:
    """The tables of a TOML file; raises `ConfigError` with one problem and its line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(path, [f"cannot be read: {error.strerror}"]) from error
    try:
        text = content.decode("utf-8-sig")  # Windows' editor puts a byte order mark in front
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(path, [f"line {line}: not UTF-8; save the file as UTF-8"]) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [f"not TOML: {error}"]) from error


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the file and the way to it. A value of the wrong type reads as absent."""

    root: Values
    values: Values
    loc: tuple[Step, ...] = field(default=())

    def at(self, *steps: Step) -> str:
        """How a person finds it: `locations[0] "altstadt" . stations[1] "bar" . printer`."""
        return path_of(self.root, (*self.loc, *steps))

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> Iterator[tuple[int, str]]:
        """The texts of a list, each with its position."""
        return ((i, v) for i, v in enumerate(_list(self.values, key)) if isinstance(v, str))

    def table(self, key: str) -> Entry:
        return Entry(self.root, _table(self.values, key), (*self.loc, key))

    def tables(self, key: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(self.root, value, (*self.loc, key, index))
            for index, value in enumerate(_list(self.values, key))
            if isinstance(value, dict)
        )


def path_of(root: Values, loc: tuple[Step, ...]) -> str:
    """The place in TOML terms, list entries with their id where they have one."""
    parts: list[str] = []
    value: Any = root
    for step in loc:
        value = _child(value, step)
        if isinstance(step, str):
            parts.append(step)
            continue
        name = value.get("id") if isinstance(value, dict) else None
        label = f" {json.dumps(name[:80], ensure_ascii=False)}" if isinstance(name, str) else ""
        parts[-1] += f"[{step}]{label}"
    return " . ".join(parts)


def holds(root: Values, loc: tuple[Step, ...]) -> bool:
    """Does the file itself say something there?"""
    value: Any = root
    for step in loc:
        value = _child(value, step)
    return value is not None


def inherit(root: Values) -> Values:
    """The same document with everything written out that it leaves to a default."""
    defaults = _table(root, "defaults")
    locations = _each(root, "locations", lambda one: _location(one, defaults))
    people = _each(root, "people", lambda one: _filled(one, defaults, _OF_PERSON))
    complete = {**root, **locations, **people}
    ids = [one.get("id") for one in _list(root, "locations") if isinstance(one, dict)]
    if isinstance(root.get("organisation"), dict) and len(ids) == 1:
        complete["organisation"] = {"default_location": ids[0], **root["organisation"]}
    return complete


def _location(location: Values, defaults: Values) -> Values:
    filled = _filled(location, defaults, _OF_LOCATION)
    common, ticket = _table(defaults, "printer"), _table(defaults, "ticket")
    printers = _each(location, "printers", lambda one: {**common, **one, **_ticket(one, ticket)})
    of_printer = {
        one.get("id"): _table(one, "ticket")
        for one in _list({**location, **printers}, "printers")
        if isinstance(one, dict)
    }
    stations = _each(
        location,
        "stations",
        lambda one: {
            **_filled(one, filled, _OF_STATION),
            **_ticket(one, of_printer.get(one.get("printer"), ticket)),
        },
    )
    ids = [one.get("id") for one in _list(location, "stations") if isinstance(one, dict)]
    only = {"default_station": ids[0] if ids else ""} if len(ids) <= 1 else {}
    return {"agent": location.get("id"), **only, **filled, **stations, **printers}


def _ticket(entry: Values, inherited: Values) -> Values:
    """Its `ticket` on top of what it inherits; a value that is no table is left for the checks."""
    own = entry.get("ticket", {})
    return {"ticket": {**inherited, **own} if isinstance(own, dict) else own}


def _filled(entry: Values, source: Values, keys: tuple[str, ...]) -> Values:
    return {**{key: source[key] for key in keys if key in source}, **entry}


def _each(entry: Values, key: str, change: Callable[[Values], Values]) -> Values:
    """The list under this key with every table in it changed; nothing where there is no list."""
    if not isinstance(entry.get(key), list):
        return {}
    return {key: [change(one) if isinstance(one, dict) else one for one in entry[key]]}


def _list(values: Values, key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _table(values: Values, key: str) -> Values:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def _child(value: Any, step: Step) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None
