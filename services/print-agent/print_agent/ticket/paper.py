"""The paper that a ticket is set on: how wide a text is there, and what becomes of a style.

An impact printer has no inverse letters. What would be inverse is red there, or stands between
stars.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from print_agent.ticket.profile import Profile
from print_agent.ticket.raster import Fonts, columns, columns_within, has_right_to_left
from print_agent.ticket.row import Row, Span
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.wrap import Measure, widest, wrap

_LINES: Final = "─│┌┐└┘"
_LETTERS: Final = "-|++++"  # in code pages without lines
_STARS: Final = "******"
_LARGEST_ON_IMPACT: Final = 2


class Paper:
    """Of one ticket. Every width is in characters of the style that it is asked with."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.columns = profile.columns
        self.impact = profile.impact
        self._charset = profile.charset
        self._stars = self.impact and not profile.red
        self._lines = _LINES if self._charset.has(_LINES) else _LETTERS

    def room(self, style: Style) -> int:
        """How many characters the paper is wide."""
        return self.able(style).columns(self.columns)

    def able(self, style: Style) -> Style:
        """`style` as far as the printer is able to print it."""
        if not self.impact:
            return style
        return Style(
            width=min(style.width, _LARGEST_ON_IMPACT),
            height=min(style.height, _LARGEST_ON_IMPACT),
            bold=style.bold or style.inverse,
        )

    def fit(self, text: str) -> str:
        return self._charset.fit(text)[0]

    def has(self, text: str) -> bool:
        """Whether the code page has every character of it."""
        return self._charset.has(text)

    def width(self, text: str, style: Style = PLAIN) -> int:
        return len(text) if self._charset.has(text) else self._columns(columns, style)(text)

    def wrap(self, text: str, style: Style, room: int, first: int | None = None) -> list[str]:
        """Rows of at most `room` characters, the first of at most `first`."""
        fitted = self.fit(text)
        return wrap(fitted, room, first, self._measure(fitted, style))

    def widest(self, text: str, style: Style) -> int:
        """How many characters a row has to have for no word of the text to be broken."""
        fitted = self.fit(text)
        return widest(fitted, self._measure(fitted, style))

    def left(self, text: str, room: int, style: Style = PLAIN) -> str:
        return text + self._blanks(text, room, style)

    def right(self, text: str, room: int, style: Style = PLAIN) -> str:
        return self._blanks(text, room, style) + text

    def middle(self, text: str, room: int, style: Style = PLAIN) -> str:
        blanks = self._blanks(text, room, style)
        left = (len(blanks) + (room & 1)) // 2
        return blanks[:left] + text + blanks[left:]

    def stars(self, style: Style) -> str:
        """What stands beside an inverse text where nothing else can make it stand out."""
        if not (self._stars and style.inverse):
            return ""
        return "*" if style.width > 1 else "***"

    def frame(self, style: Style) -> str:
        """The six pieces of a frame: across, down, and the corners from the upper left."""
        return _STARS if self._stars and style.inverse else self._lines

    def row(self, *spans: Span, solid: bool = False, red: bool = False) -> Row:
        if not self.impact:
            return Row(spans, solid)
        is_red = self.profile.red and (red or any(span.style.inverse for span in spans))
        able = tuple(Span(span.text, self.able(span.style)) for span in spans)
        return Row(able, solid, is_red)

    def _blanks(self, text: str, room: int, style: Style) -> str:
        return " " * (room - self.width(text, style))

    def _measure(self, text: str, style: Style) -> Measure:
        """For the parts of `text`."""
        if self._charset.has(text):
            return len
        return self._columns(columns_within if has_right_to_left(text) else columns, style)

    def _columns(self, count: Callable[[str, Fonts, int, bool], int], style: Style) -> Measure:
        scale, fonts = max(style.width, style.height), self.profile.fonts
        return lambda part: count(part, fonts, scale, style.bold)
