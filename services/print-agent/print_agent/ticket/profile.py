"""What one printer can put on paper, and how the tickets of one station are to look on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.config import (
    EPSON_NUMBERS,
    Buzzer,
    CodePage,
    Grouping,
    OptionalBlock,
    PrinterSettings,
    Technology,
    TextSize,
    TicketSettings,
)
from print_agent.ticket.charset import Charset
from print_agent.ticket.raster import INSTALLED, Fonts

DOTS_PER_COLUMN: Final = 12  # of a thermal printer's normal character


@dataclass(frozen=True, slots=True)
class Profile:
    """`columns` counts normal characters. Without `raster` the printer only has its code page."""

    columns: int = 48
    technology: Technology = Technology.THERMAL
    red: bool = False
    raster: bool = True
    code_page: CodePage = CodePage.CP858
    code_page_number: int = EPSON_NUMBERS[CodePage.CP858]
    buzzer: Buzzer = Buzzer.NONE
    text_size: TextSize = TextSize.MEDIUM
    top_rows: int = 3
    group_by: Grouping = Grouping.SECTION
    merge_identical: bool = False
    hidden: frozenset[OptionalBlock] = frozenset()
    fonts: Fonts = INSTALLED  # for pictures of what the code page lacks

    @property
    def charset(self) -> Charset:
        return Charset(self.code_page, self.fonts if self.draws else None)

    @property
    def draws(self) -> bool:
        """Does it print pictures of what its code page lacks?"""
        return self.raster and not self.impact

    @property
    def impact(self) -> bool:
        return self.technology is Technology.IMPACT

    @property
    def narrow(self) -> bool:
        """Is it paper of about 58 mm?"""
        return self.columns < 40

    @property
    def dots(self) -> int:
        """The width of the paper's printed part."""
        return self.columns * DOTS_PER_COLUMN

    def shows(self, block: OptionalBlock) -> bool:
        return block not in self.hidden


def profile_of(printer: PrinterSettings, ticket: TicketSettings) -> Profile:
    """`ticket` is complete: a station's, with what it inherits."""
    number = printer.code_page_number
    return Profile(
        columns=printer.columns,
        technology=printer.technology,
        red=printer.red,
        raster=printer.raster and printer.technology is Technology.THERMAL,
        code_page=printer.code_page,
        code_page_number=EPSON_NUMBERS[printer.code_page] if number is None else number,
        buzzer=printer.buzzer if ticket.buzz else Buzzer.NONE,
        text_size=ticket.text_size,
        top_rows=ticket.top_rows,
        group_by=ticket.group_by,
        merge_identical=ticket.merge_identical,
        hidden=frozenset(ticket.hide),
    )


DEFAULT: Final = Profile()
