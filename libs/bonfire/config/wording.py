"""Pydantic's complaints in words for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

import pydantic
from pydantic_core import ErrorDetails

from bonfire.config.document import Step, Values, holds, path_of
from bonfire.config.location import Location, MenuSection, Route, Station
from bonfire.config.model import Config, Defaults, Organisation, Wix
from bonfire.config.people import Mail, Monitoring, Person
from bonfire.config.printer import Printer, PrinterSettings
from bonfire.config.table import Table
from bonfire.config.ticket import TicketSettings

TABLES: Final[Mapping[tuple[str, ...], type[Table]]] = {
    (): Config,
    ("organisation",): Organisation,
    ("defaults",): Defaults,
    ("defaults", "printer"): PrinterSettings,
    ("defaults", "ticket"): TicketSettings,
    ("wix",): Wix,
    ("locations",): Location,
    ("locations", "stations"): Station,
    ("locations", "stations", "ticket"): TicketSettings,
    ("locations", "printers"): Printer,
    ("locations", "printers", "ticket"): TicketSettings,
    ("locations", "routes"): Route,
    ("locations", "menu_sections"): MenuSection,
    ("people",): Person,
    ("mail",): Mail,
    ("monitoring",): Monitoring,
}
_WRONG_TYPE: Final[Mapping[str, str]] = {
    "string_type": "should be text in quotes",
    "int_type": "should be a whole number, without quotes",
    "float_type": "should be a number, without quotes",
    "bool_type": "should be true or false, without quotes",
    "model_type": "should be a table of keys and values",
    "string_too_short": "should not be empty",
    "literal_error": "should be {expected}",
    "too_short": "should have at least one entry",
}
_MISSING: Final[Mapping[str, str]] = {
    "timezone": "missing: say it here or for all locations under [defaults]",
    "default_station": "missing: with several stations, say which one takes what no route matches",
    "default_location": "missing: with several locations, say which one takes unplaced orders",
}


def problems(root: Values, error: pydantic.ValidationError) -> list[str]:
    """One sentence per mistake in the file, with its place."""
    return [
        f"{path_of(root, mistake['loc'])}: {_said(mistake)}"
        for mistake in error.errors(include_url=False)
        if not _told_elsewhere(root, mistake)
    ]


def _told_elsewhere(root: Values, mistake: ErrorDetails) -> bool:
    """Is it an inherited value, or a list that is short only because its entries are wrong?"""
    if mistake["type"] == "missing":
        return False
    if mistake["type"] == "too_short" and mistake["input"]:
        return True
    return not holds(root, mistake["loc"])


def _said(mistake: ErrorDetails) -> str:
    kind, loc = mistake["type"], mistake["loc"]
    context = mistake.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(loc)
    if kind == "missing":
        return _MISSING.get(str(loc[-1]), "missing")
    if kind == "value_error":
        return str(context["error"])
    if kind == "enum":
        return _unknown_word(mistake["input"], context["expected"])
    if kind == "tuple_type":
        tables = tuple(step for step in loc if isinstance(step, str))
        return f"should be a list: write {_example(tables)}"
    if kind in _WRONG_TYPE:
        return _WRONG_TYPE[kind].format_map(context)
    return re.sub(r"^\w+ should", "should", mistake["msg"])


def _example(keys: tuple[str, ...]) -> str:
    return f"[[{'.'.join(keys)}]]" if keys in TABLES else f'{keys[-1]} = ["..."]'


def _unknown_word(word: object, expected: str) -> str:
    known = {one.casefold(): one for one in re.findall("'([^']+)'", expected)}
    near = get_close_matches(word.casefold(), known, n=1) if isinstance(word, str) else []
    hint = f'; did you mean "{known[near[0]]}"?' if near else ""
    return f"should be {expected}{hint}"


def _unknown_key(loc: tuple[Step, ...]) -> str:
    known = sorted(TABLES[tuple(step for step in loc[:-1] if isinstance(step, str))].model_fields)
    near = get_close_matches(str(loc[-1]).casefold(), known, n=1)
    return (
        f'unknown key; did you mean "{near[0]}"?'
        if near
        else f"unknown key; known: {', '.join(known)}"
    )
