"""What `bonfire.toml` says, complete: every default is filled in. docs/configuration.md has it all.

Each class is one table of the file, with the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from bonfire.config.fields import (
    Copies,
    Email,
    ExternalId,
    Flag,
    Hostname,
    Name,
    Pattern,
    Port,
    Seconds,
    Slug,
    Timezone,
    Url,
)
from bonfire.config.printer import Printer, PrinterSettings
from bonfire.config.table import Table
from bonfire.config.ticket import TicketSettings
from bonfire.errors import Permanent, Reason
from bonfire.messages import Document, Language
from bonfire.order import FulfilmentKind


class UnknownLocation(Permanent):
    """The configuration has no location of this id."""


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
        return _by_id(self.stations, station_id)

    def printer(self, printer_id: str) -> Printer:
        """Raises KeyError, as `station` does."""
        return _by_id(self.printers, printer_id)


class Organisation(Table):
    id: Slug
    name: Name
    default_location: Slug


class Defaults(Table):
    """What every location inherits unless it says otherwise."""

    language: Language = Language.GERMAN
    timezone: Timezone | None = None
    copies: Copies = 1
    printer: PrinterSettings = PrinterSettings()
    ticket: TicketSettings = TicketSettings()


class Role(StrEnum):
    RESTAURANT = "restaurant"
    OPERATOR = "operator"


class Tls(StrEnum):
    """How the connection to the mail server is encrypted, and that it has to be."""

    STARTTLS = "starttls"
    IMPLICIT = "tls"  # from the first byte, usually port 465
    NONE = "none"  # for a server on this very machine


class Wix(Table):
    """The Wix sites whose orders are taken: ids of the app's instance on each of them."""

    instances: tuple[ExternalId, ...] = ()


class Person(Table):
    """Somebody who is told. No `locations` means all of them.

    The notifier tells the restaurant's people what a hand at the printer mends; Alertmanager tells
    operators what needs somebody at a keyboard. So one fact reaches one person once.
    """

    name: Name
    email: Email
    language: Language = Language.GERMAN
    locations: tuple[Slug, ...] = ()
    role: Role = Role.RESTAURANT


class Mail(Table):
    """The mail server that takes our mails. Its password comes from a file, never from here."""

    host: Hostname
    port: Port = 587
    tls: Tls = Tls.STARTTLS
    sender: Email
    username: Annotated[str, Field(max_length=200)] = ""
    timeout_s: Seconds = 30.0  # for one mail, from the connection to the server's word


class Monitoring(Table):
    """Where a mail's reader finds more: base addresses, without a slash at their end."""

    grafana_url: Url = ""
    runbooks_url: Url = ""


@dataclass(frozen=True, slots=True)
class LocationMatch:
    """`fell_back` says that the default location was taken and a person should look."""

    location: Location
    fell_back: bool


class Config(Table):
    organisation: Organisation
    defaults: Defaults = Defaults()
    wix: Wix = Wix()
    locations: Annotated[tuple[Location, ...], Field(min_length=1)]
    people: tuple[Person, ...] = ()
    mail: Mail | None = None
    monitoring: Monitoring = Monitoring()

    @property
    def default_location(self) -> Location:
        return self.location(self.organisation.default_location)

    @property
    def agents(self) -> tuple[str, ...]:
        """The ids of all print hosts, sorted."""
        return tuple(sorted({location.agent for location in self.locations}))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and yet probably not meant, one sentence each."""
        return tuple(
            f'location "{location.id}", station "{station.id}": '
            "no route and no default leads here, so nothing will ever print on it"
            for location in self.locations
            for station in location.stations
            if station.id not in _reached(location)
        )

    def location(self, location_id: str) -> Location:
        """The location of this id, the default one for an empty id; raises `UnknownLocation`."""
        wanted = location_id or self.organisation.default_location
        try:
            return _by_id(self.locations, wanted)
        except KeyError as error:
            detail = f"no location {wanted[:80]!r} in the configuration"
            raise UnknownLocation(Reason.UNKNOWN_LOCATION, detail) from error

    def location_for_wix(self, business_location_id: str | None) -> LocationMatch:
        """The location that lists this Wix business location, else the default one.

        With one restaurant that lists none, every order is its own and nothing fell back.
        """
        wanted = (business_location_id or "").casefold()
        for location in self.locations:
            if wanted in (listed.casefold() for listed in location.wix_locations):
                return LocationMatch(location, fell_back=False)
        default = self.default_location
        only_choice = len(self.locations) == 1 and not (wanted and default.wix_locations)
        return LocationMatch(default, fell_back=not only_choice)

    def locations_of(self, agent: str) -> tuple[Location, ...]:
        return tuple(location for location in self.locations if location.agent == agent)

    def printers_of(self, agent: str) -> tuple[Printer, ...]:
        """Every printer of this print host; their ids differ, also across its locations."""
        return tuple(p for location in self.locations_of(agent) for p in location.printers)

    def people_of(self, location_id: str, role: Role = Role.RESTAURANT) -> tuple[Person, ...]:
        """Who is told about this location; about what has no location, whoever has them all."""
        return tuple(
            person
            for person in self.people
            if person.role is role and (not person.locations or location_id in person.locations)
        )


def _by_id(entries: tuple[_Identified, ...], wanted: str) -> _Identified:
    for entry in entries:
        if entry.id == wanted:
            return entry
    raise KeyError(wanted)


def _reached(location: Location) -> set[str]:
    return {location.default_station, *(s for route in location.routes for s in route.stations)}
