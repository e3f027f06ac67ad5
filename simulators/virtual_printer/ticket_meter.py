"""Where in a ticket the stream is."""

from __future__ import annotations

import re
from typing import Final

from escpos_paper import ENQUIRIES, Command, Kind

_PRINTING: Final = frozenset(
    {Kind.TEXT, Kind.BIT_IMAGE, Kind.RASTER, Kind.GRAPHICS, Kind.SYMBOL_2D, Kind.BARCODE}
)

_MAY_BE_ENQUIRY: Final = re.compile(rb"\x10|\x1bu?\Z|\x1d(?:\Z|[raI]|\(\Z|\(H)")


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
        self.started_at = 0.0
        self._has_print = False

    def add(self, command: Command, at: float) -> int:
        """Count a command that arrived at `at`.

        Returns how many bytes of the ticket there are with it; 0 for an enquiry.
        """
        kind = command.kind
        if kind in ENQUIRIES:
            return 0
        if kind is Kind.INITIALIZE and not self._has_print:
            self.count_bytes = 0
        if not self.count_bytes:
            self.started_at = at
        self._has_print = self._has_print or kind in _PRINTING
        self.count_bytes += len(command.raw)
        count_bytes = self.count_bytes
        if kind is Kind.CUT:
            self.finish()
        return count_bytes

    def finish(self) -> None:
        """What comes next belongs to another ticket."""
        self.count_bytes = 0
        self._has_print = False
