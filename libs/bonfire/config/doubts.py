"""What is allowed and yet probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bonfire.config.location import Location, Station
from bonfire.config.printer import EPSON_NUMBERS, Buzzer, PrinterSettings, Technology
from bonfire.messages import Document

_IMPACT_COLUMNS: Final = (33, 40, 42)


def of(common: PrinterSettings, locations: Iterable[Location]) -> Iterator[str]:
    """One sentence each, with its place. `common` is what all printers inherit."""
    # A ribbon's colour may stand there for the chain's impact printers alone.
    told = tuple(_of_printer(common.model_copy(update={"red": False})))
    yield from (f"defaults . printer: {doubt}" for doubt in told)
    for location in locations:
        yield from _of_location(location, told)


def _of_location(location: Location, told: Sequence[str]) -> Iterator[str]:
    at = f'location "{location.id}", '
    cooks = [one for one in location.stations if one.document is Document.STATION]
    for station in cooks:
        yield from (f'{at}station "{station.id}": {doubt}' for doubt in _of_cook(station, location))
    yield from (f"{at}{doubt}" for doubt in _of_shared_tickets(cooks))
    for printer in location.printers:
        for doubt in _of_printer(printer):
            if doubt not in told:
                yield f'{at}printer "{printer.id}": {doubt}'


def _of_cook(station: Station, location: Location) -> Iterator[str]:
    if station.id == location.default_station:
        if station.only_for:
            yield "as the default station it takes what is nowhere else, whatever only_for says"
    elif not any(station.id in route.stations for route in location.routes):
        yield "no route and no default leads here, so nothing will ever print on it"


def _of_shared_tickets(cooks: Sequence[Station]) -> Iterator[str]:
    first: dict[str, Station] = {}
    for station in cooks:
        leader = first.setdefault(station.printer, station)
        if station.ticket != leader.ticket:
            yield (
                f'station "{station.id}": shares its printer, and so its ticket, with '
                f'"{leader.id}", which stands first and says how it looks'
            )


def _of_printer(printer: PrinterSettings) -> Iterator[str]:
    if printer.technology is Technology.IMPACT:
        yield from _of_impact_printer(printer)
    elif printer.red:
        yield 'red needs technology = "impact": only a ribbon has a second colour'
    if printer.buzzer is Buzzer.DRAWER:
        yield "this buzzer shares the cash drawer's port, so it stays silent"
    number = printer.code_page_number
    others = [page for page, usual in EPSON_NUMBERS.items() if usual == number]
    if others and printer.code_page not in others:
        yield (
            f"code_page_number = {number} is {others[0]} on most printers, "
            f'and code_page is "{printer.code_page}": look at the umlauts of a test print'
        )


def _of_impact_printer(printer: PrinterSettings) -> Iterator[str]:
    said = printer.model_fields_set
    if "raster" in said and printer.raster:
        yield 'raster needs technology = "thermal": needles print no pictures'
    if "columns" in said and printer.columns not in _IMPACT_COLUMNS:
        *most, last = _IMPACT_COLUMNS
        known = f"{', '.join(map(str, most))} or {last}"
        yield f"columns = {printer.columns}, but impact printers have {known} in a line"
