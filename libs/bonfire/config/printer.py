"""Where a printer is, what it can do, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from bonfire.config.fields import Address, Columns, ConfirmBy, Flag, Seconds, Slug
from bonfire.config.table import Table
from bonfire.config.ticket import TicketSettings


class Technology(StrEnum):
    THERMAL = "thermal"
    IMPACT = "impact"  # needles and a ribbon: no large characters, no inverse, no pictures


class Buzzer(StrEnum):
    """Which command makes the printer sound, if any."""

    NONE = "none"
    ESC_A = "esc-a"  # Epson: ESC ( A
    ESC_B = "esc-b"  # most others: ESC B
    DRAWER = "drawer"  # it shares the cash drawer's port: never used, since a drawer would open


class CodePage(StrEnum):
    """By Python's name; every printer numbers them its own way (`code_page_number`)."""

    CP437 = "cp437"
    CP850 = "cp850"
    CP852 = "cp852"
    CP858 = "cp858"
    CP866 = "cp866"
    CP1252 = "cp1252"
    ISO8859_15 = "iso8859_15"


# As Epson numbers them (ESC t n), and most others too.
EPSON_NUMBERS: Final[Mapping[CodePage, int]] = {
    CodePage.CP437: 0,
    CodePage.CP850: 2,
    CodePage.CP852: 18,
    CodePage.CP858: 19,
    CodePage.CP866: 17,
    CodePage.CP1252: 16,
    CodePage.ISO8859_15: 40,
}


IMPACT_COLUMNS: Final = 40
"""Of an impact printer that nobody says more of; it is on paper of 76 mm."""


class PrinterSettings(Table):
    """What every printer of the chain may inherit from `[defaults.printer]`."""

    columns: Columns = 48
    technology: Technology = Technology.THERMAL
    red: Flag = False  # an impact printer with a ribbon of two colours
    raster: Flag = True  # a thermal printer that prints pictures: alphabets it has no letters of
    code_page: CodePage = CodePage.CP858
    code_page_number: Annotated[int, Field(strict=True, ge=0, le=255)] | None = None
    buzzer: Buzzer = Buzzer.NONE
    confirmation: ConfirmBy = "auto"
    status: Literal["dle-eot", "none"] = "dle-eot"
    shared: Flag = False  # something else prints there too: never clear its buffer
    accept_weak: Flag = False  # doctor is content with a printer that cannot say that it printed
    connect_timeout_s: Seconds = 3.0
    status_timeout_s: Seconds = 2.0
    send_timeout_s: Seconds = 60.0  # for all bytes of one ticket
    confirm_timeout_s: Seconds = 15.0
    idle_close_s: Seconds = 2.0


class Printer(PrinterSettings):
    id: Slug
    address: Address
    ticket: TicketSettings = TicketSettings()
