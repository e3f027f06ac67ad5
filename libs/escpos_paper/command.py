"""One thing that the host told the printer, exactly as it came over the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a command does to the paper or to the printer."""

    # Enum's own hash is a Python function, and kinds are looked up for every command.
    __hash__ = str.__hash__

    TEXT = "text"
    LINE_FEED = "line_feed"
    CARRIAGE_RETURN = "carriage_return"
    TAB = "tab"
    FORM_FEED = "form_feed"
    CANCEL = "cancel"
    NUL = "nul"

    INITIALIZE = "initialize"
    PRINT_MODE = "print_mode"
    SIZE = "size"
    BOLD = "bold"
    UNDERLINE = "underline"
    INVERSE = "inverse"
    FONT = "font"
    UPSIDE_DOWN = "upside_down"
    COLOUR = "colour"
    ALIGN = "align"
    CODE_PAGE = "code_page"
    LINE_SPACING = "line_spacing"
    TAB_STOPS = "tab_stops"
    POSITION = "position"
    LEFT_MARGIN = "left_margin"
    PRINT_WIDTH = "print_width"
    FEED_DOTS = "feed_dots"
    FEED_LINES = "feed_lines"

    BIT_IMAGE = "bit_image"
    RASTER = "raster"
    GRAPHICS = "graphics"
    SYMBOL_2D = "symbol_2d"
    BARCODE = "barcode"
    BARCODE_HEIGHT = "barcode_height"
    BARCODE_WIDTH = "barcode_width"
    BARCODE_TEXT = "barcode_text"

    CUT = "cut"
    DRAWER = "drawer"
    BUZZER = "buzzer"

    PROCESS_ID = "process_id"
    STATUS = "status"
    AUTO_STATUS = "auto_status"
    IDENTITY = "identity"
    REAL_TIME_STATUS = "real_time_status"
    REAL_TIME_REQUEST = "real_time_request"
    REAL_TIME_CONTROL = "real_time_control"

    OTHER = "other"
    """A command of the standard that changes nothing which this library shows."""
    UNKNOWN = "unknown"
    """Bytes that no command of the standard begins with: skipped, and reported."""


ENQUIRIES = frozenset(
    {
        Kind.NUL,
        Kind.PROCESS_ID,
        Kind.STATUS,
        Kind.AUTO_STATUS,
        Kind.IDENTITY,
        Kind.REAL_TIME_STATUS,
        Kind.REAL_TIME_REQUEST,
        Kind.REAL_TIME_CONTROL,
    }
)
"""Talk between host and printer that is no part of any ticket."""


class Command(NamedTuple):
    """A command: what it is, and its bytes."""

    kind: Kind
    raw: bytes

    @property
    def parameters(self) -> bytes:
        """What follows the two bytes that name the command."""
        return self.raw[2:]
