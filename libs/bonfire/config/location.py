"""A restaurant: its stations, its printers, and which dishes go where."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from bonfire.config.fields import Copies, ExternalId, Flag, Name, Pattern, Slug, Timezone
from bonfire.config.printer import Printer
from bonfire.config.table import Table
from bonfire.config.ticket import TicketSettings
from bonfire.messages import Document, Language
from bonfire.order import FulfilmentKind

_Identified = TypeVar("_Identified", "Location", "Station", "Printer")


class Station(Table):
    """A place in the restaurant that gets its own ticket.

    The routes lead dishes to stations whose document is `station`; every other document holds the
    whole order. Stations of that document that share a printer share one ticket.
    """

    id: Slug
    name: Name
    printer: Slug
    document: Document = Document.STATION
    copies: Copies = 1
    # Orders of other kinds give no ticket here. Empty means all; a courier's is for deliveries.
    only_for: tuple[FulfilmentKind, ...] = ()
    ticket: TicketSettings = TicketSettings()  # complete, with its printer's


class MenuSection(Table):
    """A section of the menu as it is called on paper. Their order is the menu's."""

    id: ExternalId
    name: Name


class Route(Table):
    """Sends items to stations. Every text may hold `*`, and small or capital letters are alike.

    `sections`, `categories` and `items` compete: an item goes where the first matching route says.
    `modifiers` only ever add these stations. Such a station sees the whole dish, or with
    `modifiers_alone` only the choice, as a line of its own; who cooks the dish always sees both.
    """

    stations: Annotated[tuple[Slug, ...], Field(min_length=1)]
    sections: tuple[Pattern, ...] = ()
    categories: tuple[Pattern, ...] = ()
    items: tuple[Pattern, ...] = ()
    modifiers: tuple[Pattern, ...] = ()
    modifiers_alone: Flag = False

    @model_validator(mode="after")
    def _matches_something(self) -> Route:
        if not (self.sections or self.categories or self.items or self.modifiers):
            raise ValueError("matches nothing: give sections, categories, items or modifiers")
        if self.modifiers_alone and not self.modifiers:
            raise ValueError("modifiers_alone is about modifiers: give some")
        return self


class Location(Table):
    """A restaurant. `agent` is its print host; several locations may share one."""

    id: Slug
    name: Name
    timezone: Timezone
    language: Language = Language.GERMAN
    copies: Copies = 1
    agent: Slug
    wix_locations: tuple[ExternalId, ...] = ()
    default_station: Slug
    stations: Annotated[tuple[Station, ...], Field(min_length=1)]
    printers: Annotated[tuple[Printer, ...], Field(min_length=1)]
    routes: tuple[Route, ...] = ()
    menu_sections: tuple[MenuSection, ...] = ()

    def station(self, station_id: str) -> Station:
        """Raises KeyError: ids come from this configuration, where every reference was checked."""
        return by_id(self.stations, station_id)

    def printer(self, printer_id: str) -> Printer:
        """Raises KeyError, as `station` does."""
        return by_id(self.printers, printer_id)


def by_id(entries: tuple[_Identified, ...], wanted: str) -> _Identified:
    """Raises KeyError."""
    for entry in entries:
        if entry.id == wanted:
            return entry
    raise KeyError(wanted)
