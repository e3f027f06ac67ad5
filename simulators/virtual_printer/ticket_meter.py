"""Where in a ticket the stream is."""

from __future__ import annotations

import re
from typing import Final

from escpos_paper import ENQUIRIES, Command, Kind

_PRINTING: Final = frozenset(
    {Kind.TEXT, Kind.BIT_IMAGE, Kind.RASTER, Kind.GRAPHICS, Kind.SYMBOL_2D, Kind.BARCODE}
)

_MAY_BE_ENQUIRY: Final = re.compile(rb"\x10|\x1bu?\Z|\x1d(?:[raI]|\(?\Z|\(H)")


def may_be_enquiry(start: bytes) -> bool:
    """Whether a command that begins like this may turn out to be no part of a ticket."""
    return _MAY_BE_ENQUIRY.match(start) is not None


class TicketMeter:
    """Counts a ticket's bytes.

    A ticket begins at its first byte that is no enquiry. An ESC @ begins it anew as long as nothing
    of it was printed: hosts also send one when they connect. It ends with its cut.
    """

    def __init__(self) -> None:
        self.count_bytes = 0
        self._has_print = False

    def add(self, command: Command) -> bool:
        """Count a command. True when the ticket begins with it."""
        kind = command.kind
        if kind in ENQUIRIES:
            return False
        begins = not self.count_bytes
        if kind is Kind.INITIALIZE and not self._has_print:
            self.count_bytes = 0
            begins = True
        self._has_print = self._has_print or kind in _PRINTING
        self.count_bytes += len(command.raw)
        return begins

    def finish(self) -> None:
        self.count_bytes = 0
        self._has_print = False
