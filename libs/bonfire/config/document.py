"""The file as it was written, before anybody knows whether it is right."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bonfire.config.problem import ConfigError

Step = str | int
Values = Mapping[str, Any]


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
        return Entry(self.root, table(self.values, key), (*self.loc, key))

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


def table(values: Values, key: str) -> Values:
    """The table under this key, empty where there is none."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def tables(values: Values, key: str) -> tuple[Values, ...]:
    """The tables in the list under this key, none where there is no list."""
    return tuple(value for value in _list(values, key) if isinstance(value, dict))


def _list(values: Values, key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _child(value: Any, step: Step) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None
