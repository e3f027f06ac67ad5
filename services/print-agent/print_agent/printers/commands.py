"""The ESC/POS commands that the wire itself sends; a ticket's own bytes come from its renderer."""

from __future__ import annotations

from typing import Final

INITIALIZE: Final = b"\x1b@"
# DLE EOT 1, 2, 3, 4: answered at once, also by a printer that is offline or full.
ASK_STATUS: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
STATUS_ANSWERS: Final = 4
# GS r 1: answered in its turn, and not at all while there is no paper.
ASK_IN_ORDER: Final = b"\x1dr\x01"
# GS a 255: tell every change unasked. Epson's network boards rely on exactly this value, and
# ESC @ turns it off.
STATUS_BACK: Final = b"\x1da\xff"
# GS I 66, 67, 68, 65: maker, model, serial number, firmware.
ASK_MODEL: Final = b"\x1dI\x43"
ASK_IDENTITY: Final = (b"\x1dI\x42", ASK_MODEL, b"\x1dI\x44", b"\x1dI\x41")
# GS I 1, 2, 3: the numbers of the model, of its equipment and of its ROM, a byte each.
ASK_CODES: Final = (b"\x1dI\x01", b"\x1dI\x02", b"\x1dI\x03")
# GS I 69: what it calls its fonts; KANJI JAPANESE on a model for Japan.
ASK_FONTS: Final = b"\x1dI\x45"
# DLE DC4, function 8: forget at once whatever is not yet printed, and say so.
CLEAR_BUFFER: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
# More than a raster command can still be waiting for: what is left over prints nothing.
FLUSH: Final = bytes(8192) + INITIALIZE


def ask_printed(process_id: bytes) -> bytes:
    """GS ( H, function 48: tell this id once everything before it has been printed."""
    return b"\x1d(H\x06\x0000" + process_id


def ask_whether_printed(process_id: bytes) -> bytes:
    """The same of nothing at all. ESC @ behind it throws away what a printer that does not know
    the question has taken it for: text.
    """
    return INITIALIZE + ask_printed(process_id) + INITIALIZE


def with_status_back(ticket: bytes) -> bytes:
    """The ticket with automatic status on, behind the ESC @ at its start that turns it off."""
    if ticket.startswith(INITIALIZE):
        return INITIALIZE + STATUS_BACK + ticket[len(INITIALIZE) :]
    return STATUS_BACK + ticket
