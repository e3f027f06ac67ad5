"""How the ticket of a job looks on a printer, by what bonfire.toml says of both."""

from __future__ import annotations

from bonfire.config import Config, Printer
from bonfire.messages import PrintJob
from print_agent.ticket import Profile, profile_of


class Profiles:
    """For one print host. A station that its configuration does not have yet looks as its printer
    says.
    """

    def __init__(self, config: Config, agent: str) -> None:
        self._stations = {
            (location.id, station.id): station.ticket
            for location in config.locations_of(agent)
            for station in location.stations
        }

    def of(self, job: PrintJob, printer: Printer) -> Profile:
        """`printer` is the one that the ticket comes out of, which need not be the job's own."""
        ticket = self._stations.get((job.location, job.station), printer.ticket)
        return profile_of(printer, ticket)
