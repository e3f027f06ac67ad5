"""What is allowed and yet probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bonfire.config.address import SerialAddress, UsbDeviceAddress
from bonfire.config.location import Location, Station
from bonfire.config.printer import EPSON_NUMBERS, Buzzer, Printer, PrinterSettings, Technology
from bonfire.messages import Confirmation, Document

_IMPACT_COLUMNS: Final = (33, 40, 42)
_COLUMN_DOTS: Final = 12
_WIDEST_DOTS: Final = 832  # of a thermal printer on 112 mm, the widest that kitchens have


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
        for doubt in (*_of_address(printer), *_of_printer(printer)):
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


def _of_address(printer: Printer) -> Iterator[str]:
    place = printer.address
    if isinstance(place, UsbDeviceAddress | SerialAddress) and not place.path.startswith("/dev/"):
        yield f"{place.path} is not below /dev, where the devices are"


def _of_printer(printer: PrinterSettings) -> Iterator[str]:
    yield from _of_its_word(printer)
    if printer.technology is Technology.IMPACT:
        yield from _of_impact_printer(printer)
    elif printer.red:
        yield 'red needs technology = "impact": only a ribbon has a second colour'
    if printer.technology is Technology.THERMAL and printer.raster:
        yield from _of_wide_pictures(printer.columns)
    if printer.buzzer is Buzzer.DRAWER:
        yield "this buzzer shares the cash drawer's port, so it stays silent"
    number = printer.code_page_number
    others = [page for page, usual in EPSON_NUMBERS.items() if usual == number]
    if others and printer.code_page not in others:
        yield (
            f"code_page_number = {number} is {others[0]} on most printers, "
            f'and code_page is "{printer.code_page}": look at the umlauts of a test print'
        )


def _of_its_word(printer: PrinterSettings) -> Iterator[str]:
    """May a ticket be lost without anybody knowing, or never be believed?"""
    mute, by = printer.status == "none", printer.confirmation
    if by is Confirmation.CLOSE or (mute and by == "auto"):
        if not printer.accept_weak:
            why = 'confirmation = "close"' if by is Confirmation.CLOSE else 'status = "none"'
            yield (
                f"{why}: its tickets count as printed as soon as it took the bytes; "
                "say accept_weak = true if that is meant, else use another setting"
            )
    elif mute and by != "auto":
        yield (
            f'status = "none" is for a printer that answers nothing, and confirmation = "{by}" '
            "waits for its answer: where none comes, every ticket prints twice and is given up"
        )


def _of_wide_pictures(columns: int) -> Iterator[str]:
    dots = columns * _COLUMN_DOTS
    if dots > _WIDEST_DOTS:
        yield (
            f"columns = {columns} makes pictures of {dots} dots, and thermal printers have at "
            f"most {_WIDEST_DOTS}: count the characters in a line of its self-test, "
            "or say raster = false"
        )


def _of_impact_printer(printer: PrinterSettings) -> Iterator[str]:
    said = printer.model_fields_set
    if "raster" in said and printer.raster:
        yield 'raster needs technology = "thermal": needles print no pictures'
    if "columns" in said and printer.columns not in _IMPACT_COLUMNS:
        *most, last = _IMPACT_COLUMNS
        known = f"{', '.join(map(str, most))} or {last}"
        yield f"columns = {printer.columns}, but impact printers have {known} in a line"
