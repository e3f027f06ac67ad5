"""The order's number, the one thing to be read from afar.

Needles print nothing larger than double by command. There its digits are drawn out of the code
page's blocks, where they fit, and it stands below in plain characters, too, for who reads it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from print_agent.ticket.blocks import Huge
from print_agent.ticket.paper import Paper
from print_agent.ticket.row import Gap, Output, Row, Span
from print_agent.ticket.style import Style

_WIDTHS: Final = (7, 6, 5, 4, 3, 2)
_HIGHEST: Final = 5
_GAP: Final = Gap(dots=10)
_NARROW_GAP: Final = Gap(dots=5)
_BAR: Final = "="
_BOLD: Final = Style(bold=True)

_ROWS: Final = 5
_DIGITS: Final[Mapping[str, tuple[str, ...]]] = {
    "0": ("▄███▄", "█   █", "█   █", "█   █", "▀███▀"),
    "1": (" ▄█  ", "▀▀█  ", "  █  ", "  █  ", "█████"),
    "2": ("▄███▄", "    █", "▄███▀", "█    ", "█████"),
    "3": ("▄███▄", "    █", " ███ ", "    █", "▀███▀"),
    "4": ("█   █", "█   █", "█████", "    █", "    █"),
    "5": ("█████", "█    ", "████▄", "    █", "████▀"),
    "6": ("▄███▄", "█    ", "████▄", "█   █", "▀███▀"),
    "7": ("█████", "    █", "   █ ", "  █  ", "  █  "),
    "8": ("▄███▄", "█   █", " ███ ", "█   █", "▀███▀"),
    "9": ("▄███▄", "█   █", "▀████", "    █", "▀███▀"),
}
_BLOCKS: Final = "█▀▄"
_LETTERS: Final = str.maketrans(_BLOCKS, "###")  # in code pages without blocks


def huge_number(huge: Huge, paper: Paper) -> Iterator[Output]:
    text = paper.fit(huge.text)
    yield _GAP
    if not paper.impact:
        yield from _enlarged(text, paper)
    elif drawn := tuple(_drawn(text, paper)):
        yield from drawn
        yield _NARROW_GAP
        yield paper.row(Span(paper.middle(text, paper.columns, _BOLD), _BOLD))
    else:  # nothing larger than its neighbours: between bars at least
        bar = paper.row(Span(_BAR * paper.columns, _BOLD))
        yield from (bar, *_enlarged(text, paper), bar)
    yield _GAP


def _enlarged(text: str, paper: Paper) -> Iterator[Row]:
    styles = [
        paper.able(Style(width=width, height=min(width, _HIGHEST), bold=True)) for width in _WIDTHS
    ]
    fitting = (style for style in styles if paper.width(text, style) <= paper.room(style))
    style = next(fitting, styles[-1])
    for row in paper.wrap(text, style, paper.room(style)):
        used = paper.width(row, style) * style.width
        # In narrow blanks: the exact middle.
        yield paper.row(Span(" " * ((paper.columns - used) // 2)), Span(row, style))


def _drawn(text: str, paper: Paper) -> Iterator[Row]:
    """Nothing for what has other characters than digits, or too many of them for one row."""
    if not (text and set(text) <= _DIGITS.keys()):
        return
    for index in range(_ROWS):
        row = " ".join(_DIGITS[digit][index] for digit in text)
        if len(row) > paper.columns:
            return
        shown = row if paper.has(_BLOCKS) else row.translate(_LETTERS)
        yield paper.row(Span(paper.middle(shown, paper.columns, _BOLD), _BOLD), solid=True)
