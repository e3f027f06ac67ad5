"""The print mechanism: commands in, paper out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from escpos_paper import buzzer, graphics
from escpos_paper.block import Block, Cut, Feed, Line, Picture
from escpos_paper.code_page import decode
from escpos_paper.command import ENQUIRIES, Command, Kind
from escpos_paper.engine import THERMAL, Engine
from escpos_paper.grammar import CUT_WITH_FEED
from escpos_paper.line_buffer import LineBuffer
from escpos_paper.settings import PrintSettings
from escpos_paper.ticket import Ticket

_NOTHING: Final[tuple[Block, ...]] = ()


class Paper:
    """The state of a printer's mechanism, and what has come out since the last cut.

    It lays out in standard mode: text collects in a line until something prints it; a line that
    is full prints itself. Page mode (ESC L) is laid out the same way.
    """

    def __init__(self, columns: int = 48, engine: Engine = THERMAL) -> None:
        self.columns = columns
        self.engine = engine
        self._blocks: list[Block] = []
        self._size_bytes = 0
        self._settings = PrintSettings.of(engine)
        self._line = LineBuffer(engine.width_dots(columns))
        self._strip: Picture | None = None

    def apply(self, command: Command) -> Sequence[Block]:
        """Obey one command. Returns what it put on the paper, from top to bottom."""
        if command.kind is Kind.TEXT:
            printed = self._text(command.raw)
        else:
            action = _ACTIONS.get(command.kind)
            printed = action(self, command.raw) if action else _NOTHING
        self._blocks += printed
        if command.kind not in ENQUIRIES:
            self._size_bytes += len(command.raw)
        return printed

    def take(self) -> Ticket:
        """The paper since the last cut, as the hand that tears it off gets it."""
        ticket = Ticket(tuple(self._blocks), self.columns, self.engine, self._size_bytes)
        self._blocks = []
        self._size_bytes = 0
        return ticket

    @property
    def has_unprinted_line(self) -> bool:
        return self._strip is not None or not self._line.is_empty

    def clear_print_buffer(self) -> None:
        """Forget the line that is not printed yet; what is on the paper stays."""
        self._line.clear()
        self._strip = None

    def power_cycle(self) -> None:
        """All settings as at power on; what is on the paper stays."""
        self._initialize(b"")

    def _initialize(self, raw: bytes) -> Sequence[Block]:
        self._settings = PrintSettings.of(self.engine)
        self._line = LineBuffer(self.engine.width_dots(self.columns))
        self._strip = None
        return _NOTHING

    # Lines

    def _text(self, raw: bytes) -> Sequence[Block]:
        text = decode(raw, self._settings.page)
        printed: list[Block] = []
        while text := self._line.add(text, self._settings.style):
            printed.append(self._printed_line(self._settings.spacing_dots))
        return printed

    def _printed_line(self, spacing_dots: int) -> Line:
        height_dots = max(self._line.height_dots, spacing_dots)
        align = self._settings.align
        return Line(self._line.take(align), align, height_dots)

    def _flush(self, spacing_dots: int | None = None) -> list[Block]:
        """Print what stands in the line, if anything does."""
        printed: list[Block] = []
        if self._strip:
            printed += self._printed_strip(spacing_dots)
        if not self._line.is_empty:
            spacing = self._settings.spacing_dots if spacing_dots is None else spacing_dots
            printed.append(self._printed_line(spacing))
        return printed

    def _printed_strip(self, spacing_dots: int | None) -> Iterator[Block]:
        """The strip, and the paper that its line is higher than it is."""
        strip, self._strip = self._strip, None
        if strip is None:
            return
        yield strip
        spacing = self._settings.spacing_dots if spacing_dots is None else spacing_dots
        if spacing > strip.height:
            yield Feed(spacing - strip.height)

    def _line_feed(self, raw: bytes) -> Sequence[Block]:
        return self._flush() or [self._printed_line(self._settings.spacing_dots)]

    def _feed_lines(self, raw: bytes) -> Sequence[Block]:
        printed = self._flush()
        empty_lines = raw[2] - bool(printed)
        if empty_lines > 0:
            printed.append(Feed(empty_lines * self._settings.spacing_dots))
        return printed

    def _feed_dots(self, raw: bytes) -> Sequence[Block]:
        if self.has_unprinted_line:
            return self._flush(spacing_dots=raw[2])
        return [Feed(raw[2])] if raw[2] else _NOTHING

    def _cancel(self, raw: bytes) -> Sequence[Block]:
        self.clear_print_buffer()
        return _NOTHING

    def _set_spacing(self, raw: bytes) -> Sequence[Block]:
        self._settings.spacing_dots = raw[2] if len(raw) > 2 else self.engine.spacing_dots
        return _NOTHING

    def _set_tab_stops(self, raw: bytes) -> Sequence[Block]:
        self._settings.tab_stops = tuple(stop for stop in raw[2:] if stop)
        return _NOTHING

    def _tab(self, raw: bytes) -> Sequence[Block]:
        column_dots = self._settings.style.cell_dots[0]
        self._line.tab([stop * column_dots for stop in self._settings.tab_stops])
        return _NOTHING

    def _set_position(self, raw: bytes) -> Sequence[Block]:
        self._line.move_to(_word(raw))
        return _NOTHING

    def _set_left_margin(self, raw: bytes) -> Sequence[Block]:
        self._line.set_margin(_word(raw))
        return _NOTHING

    def _set_print_width(self, raw: bytes) -> Sequence[Block]:
        self._line.set_width(_word(raw))
        return _NOTHING

    # Images and symbols

    def _bit_image(self, raw: bytes) -> Sequence[Block]:
        printed = self._flush()
        align, impact = self._settings.align, self.engine.impact
        picture = graphics.from_bit_image(raw, align, impact=impact)
        self._strip = picture and picture._replace(red=self._settings.style.red)
        return printed

    def _raster(self, raw: bytes) -> Sequence[Block]:
        return self._flush() + _present(graphics.from_raster(raw, self._settings.align))

    def _graphics(self, raw: bytes) -> Sequence[Block]:
        body = raw[7:] if raw[1] == 0x38 else raw[5:]
        if len(body) < 2:
            return _NOTHING
        if body[1] not in (2, 50):
            self._settings.stored_image = body
            return _NOTHING
        stored, self._settings.stored_image = self._settings.stored_image, b""
        return self._flush() + _present(graphics.stored_graphics(stored, self._settings.align))

    def _symbol_2d(self, raw: bytes) -> Sequence[Block]:
        symbol = self._settings.qr.apply(raw[5:], self._settings.align)
        return [*self._flush(), symbol] if symbol else _NOTHING

    def _barcode(self, raw: bytes) -> Sequence[Block]:
        barcode = self._settings.barcode.barcode(raw, self._settings.align)
        return [*self._flush(), barcode] if barcode else _NOTHING

    # Sound

    def _buzz(self, raw: bytes) -> Sequence[Block]:
        # It sounds when the printer comes to it; what stands in the line is not printed by that.
        buzz = buzzer.buzz(raw)
        return [buzz] if buzz else _NOTHING

    # The end

    def _cut(self, raw: bytes) -> Sequence[Block]:
        printed = self._flush()
        if raw[0] == 0x1B:
            return [*printed, Cut(partial=True)]
        if raw[2] in CUT_WITH_FEED and raw[3]:
            printed.append(Feed(raw[3]))
        return [*printed, Cut(partial=raw[2] not in (0, 48, 65, 97, 103))]


def _word(raw: bytes) -> int:
    return raw[2] + 256 * raw[3]


def _present(picture: Picture | None) -> list[Block]:
    return [picture] if picture else []


_Action = Callable[[Paper, bytes], Sequence[Block]]


def _setting(change: Callable[[PrintSettings, int], None]) -> _Action:
    """A command of one parameter that changes how the following is printed."""

    def action(paper: Paper, raw: bytes) -> Sequence[Block]:
        change(paper._settings, raw[2])
        return _NOTHING

    return action


def _at_line_start(action: _Action) -> _Action:
    """A command that the printer ignores while there is something in the line."""

    def guarded(paper: Paper, raw: bytes) -> Sequence[Block]:
        return _NOTHING if paper.has_unprinted_line else action(paper, raw)

    return guarded


_ACTIONS: Final[dict[Kind, _Action]] = {
    Kind.LINE_FEED: Paper._line_feed,
    Kind.FORM_FEED: Paper._line_feed,
    Kind.TAB: Paper._tab,
    Kind.CANCEL: Paper._cancel,
    Kind.INITIALIZE: Paper._initialize,
    Kind.PRINT_MODE: _setting(PrintSettings.set_print_mode),
    Kind.SIZE: _setting(PrintSettings.set_size),
    Kind.BOLD: _setting(PrintSettings.set_bold),
    Kind.UNDERLINE: _setting(PrintSettings.set_underline),
    Kind.INVERSE: _setting(PrintSettings.set_inverse),
    Kind.FONT: _setting(PrintSettings.set_font),
    Kind.CODE_PAGE: _setting(PrintSettings.set_page),
    Kind.COLOUR: _setting(PrintSettings.set_colour),
    Kind.ALIGN: _at_line_start(_setting(PrintSettings.set_align)),
    Kind.UPSIDE_DOWN: _at_line_start(_setting(PrintSettings.set_upside_down)),
    Kind.LINE_SPACING: Paper._set_spacing,
    Kind.TAB_STOPS: Paper._set_tab_stops,
    Kind.POSITION: Paper._set_position,
    Kind.LEFT_MARGIN: _at_line_start(Paper._set_left_margin),
    Kind.PRINT_WIDTH: _at_line_start(Paper._set_print_width),
    Kind.FEED_DOTS: Paper._feed_dots,
    Kind.FEED_LINES: Paper._feed_lines,
    Kind.BIT_IMAGE: Paper._bit_image,
    Kind.RASTER: Paper._raster,
    Kind.GRAPHICS: Paper._graphics,
    Kind.SYMBOL_2D: Paper._symbol_2d,
    Kind.BARCODE_HEIGHT: _setting(PrintSettings.set_barcode_height),
    Kind.BARCODE_WIDTH: _setting(PrintSettings.set_barcode_width),
    Kind.BARCODE_TEXT: _setting(PrintSettings.set_barcode_text),
    Kind.BARCODE: Paper._barcode,
    Kind.BUZZER: Paper._buzz,
    Kind.CUT: Paper._cut,
}
