"""What the file leaves to a default, and where that default is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bonfire.config.document import Values, table, tables
from bonfire.config.people import MailLanguage
from bonfire.config.printer import IMPACT_COLUMNS, Technology
from bonfire.messages import Document
from bonfire.order import FulfilmentKind

# What a location takes from [defaults], and a station from its location.
_OF_LOCATION: Final = ("language", "timezone", "copies")
_OF_STATION: Final = ("copies",)
_MAIL_LANGUAGES: Final = list(MailLanguage)
_WHOLE_ORDER: Final = [one for one in Document if one is not Document.STATION]


def inherit(root: Values) -> Values:
    """The same document with everything written out that it leaves to a default."""
    defaults = table(root, "defaults")
    locations = _each(root, "locations", lambda one: _location(one, defaults))
    people = _each(root, "people", lambda one: {**_language_of_mails(defaults), **one})
    complete = {**root, **locations, **people}
    ids = [one.get("id") for one in tables(root, "locations")]
    if isinstance(root.get("organisation"), dict) and len(ids) == 1:
        complete["organisation"] = {"default_location": ids[0], **root["organisation"]}
    return complete


def cooks(station: Values) -> bool:
    """Do dishes go there? A document that is none reads as the usual one; its mistake is told."""
    return station.get("document") not in _WHOLE_ORDER


def _language_of_mails(defaults: Values) -> Values:
    """English for whoever reads tickets in a language that no mail is written in."""
    if "language" not in defaults:
        return {}
    language = defaults["language"]
    return {"language": language if language in _MAIL_LANGUAGES else MailLanguage.ENGLISH}


def _location(location: Values, defaults: Values) -> Values:
    chosen = _filled(location, defaults, _OF_LOCATION)
    printers = _each(location, "printers", lambda one: _printer(one, defaults))
    tickets = [(one.get("id"), table(one, "ticket")) for one in tables(printers, "printers")]

    def station(one: Values) -> Values:
        found = (ticket for printer, ticket in tickets if printer == one.get("printer"))
        return _station(one, chosen, next(found, table(defaults, "ticket")))

    stations = _each(location, "stations", station)
    return {"agent": location.get("id"), **_only_cook(location), **chosen, **printers, **stations}


def _printer(printer: Values, defaults: Values) -> Values:
    """Paper and pictures are not inherited from printers of the other technology, nor the number
    of a code page from another page.
    """
    common = dict(table(defaults, "printer"))
    usual = common.get("technology", Technology.THERMAL)
    technology = printer.get("technology", usual)
    if technology != usual:
        common.pop("columns", None)
    if technology == Technology.IMPACT:
        common = {"columns": IMPACT_COLUMNS, **common, "raster": False}
    else:
        common.pop("red", None)
    if "code_page" in printer:
        common.pop("code_page_number", None)
    return {**common, **printer, **_ticket(printer, table(defaults, "ticket"))}


def _station(station: Values, location: Values, ticket: Values) -> Values:
    courier = station.get("document") == Document.COURIER
    return {
        **({"only_for": [FulfilmentKind.DELIVERY]} if courier else {}),
        **_filled(station, location, _OF_STATION),
        **_ticket(station, ticket),
    }


def _only_cook(location: Values) -> Values:
    """The only station that dishes can go to is where they go; "" where there is none: told."""
    ids = [one.get("id") for one in tables(location, "stations") if cooks(one)]
    return {"default_station": ids[0] if ids else ""} if len(ids) <= 1 else {}


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
