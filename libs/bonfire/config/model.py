"""What `bonfire.toml` says, complete: every default is filled in. docs/configuration.md has it all.

Each class is one table of the file, with the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bonfire.config import doubts
from bonfire.config.fields import Copies, ExternalId, Name, Slug, Timezone
from bonfire.config.location import Location, by_id
from bonfire.config.people import Mail, Monitoring, Person, Role
from bonfire.config.printer import Printer, PrinterSettings
from bonfire.config.table import Table
from bonfire.config.ticket import TicketSettings
from bonfire.errors import Permanent, Reason
from bonfire.messages import Language


class UnknownLocation(Permanent):
    """The configuration has no location of this id."""


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


class Wix(Table):
    """The Wix sites whose orders are taken: ids of the app's instance on each of them."""

    instances: tuple[ExternalId, ...] = ()


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
        """What is allowed and yet probably not meant, one sentence each with its place."""
        return tuple(doubts.of(self.defaults.printer, self.locations))

    def location(self, location_id: str) -> Location:
        """The location of this id, the default one for an empty id; raises `UnknownLocation`."""
        wanted = location_id or self.organisation.default_location
        try:
            return by_id(self.locations, wanted)
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
