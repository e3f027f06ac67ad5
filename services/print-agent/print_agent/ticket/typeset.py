"""Blocks as rows of styled text, for the paper and the printer of a profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from print_agent.ticket.blocks import (
    Amount,
    Banner,
    Block,
    Box,
    Detail,
    Dish,
    Feed,
    Heading,
    Huge,
    Line,
    Pair,
    Rule,
)
from print_agent.ticket.dish_rows import box_rows, detail_rows, dish_rows
from print_agent.ticket.huge_number import huge_number
from print_agent.ticket.paper import Paper
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.row import BlankRows, Gap, Output, Row, Span
from print_agent.ticket.style import PLAIN, Style

__all__ = ["MIN_COLUMNS", "BlankRows", "Gap", "Output", "Row", "Span", "typeset"]

MIN_COLUMNS: Final = 24

_HEADING: Final = Style(bold=True)
_STATION: Final = Style(width=2, height=2, bold=True)
_GAP: Final = Gap(dots=10)


def typeset(blocks: Iterable[Block], profile: Profile = DEFAULT) -> list[Output]:
    """The paper is at least `MIN_COLUMNS` wide."""
    paper = Paper(profile)
    return [row for block in blocks for row in _rows(block, paper)]


def _rows(block: Block, paper: Paper) -> Iterable[Output]:  # noqa: C901 -- one flat list
    match block:
        case Dish():
            return dish_rows(block, paper)
        case Detail():
            return detail_rows(block, paper)
        case Box():
            return box_rows(block, paper)
        case Banner():
            return _banner(block, paper)
        case Line():
            return _line(block.text, block.style, paper)
        case Pair():
            return _pair(block, paper)
        case Huge():
            return huge_number(block, paper)
        case Amount():
            return _amount(block, paper)
        case Heading():
            return _heading(block, paper)
        case Rule():
            return (paper.row(Span(paper.frame(PLAIN)[0] * paper.columns)),)
        case Feed():
            return (BlankRows(block.rows),)
        case _:
            assert_never(block)


def _line(text: str, style: Style, paper: Paper) -> Iterator[Row]:
    for row in paper.wrap(f"{paper.stars(style)} {text}".strip(), style, paper.room(style)):
        yield paper.row(Span(row, style))


def _banner(banner: Banner, paper: Paper) -> Iterator[Output]:
    style = banner.style
    yield _GAP
    yield from _bar(banner.text, style, paper.room(style) - 2, paper)


def _bar(text: str, style: Style, room: int, paper: Paper) -> Iterator[Row]:
    """Across the paper, one row below the other."""
    before, after = (f"{stars} ", f" {stars}") if (stars := paper.stars(style)) else ("", "")
    for row in paper.wrap(text, style, room - 2 * len(before)):
        middle = before + row + after
        yield paper.row(Span(paper.middle(middle, paper.room(style), style), style), solid=True)


def _pair(pair: Pair, paper: Paper) -> Iterator[Output]:
    style, room = pair.style, paper.room(pair.style)
    left, right = paper.fit(f"{paper.stars(style)} {pair.left}".strip()), paper.fit(pair.right)
    yield _GAP
    used = paper.width(left, style)
    if right and used + 1 + paper.width(right, style) <= room:
        yield paper.row(Span(left, style), Span(paper.right(right, room - used, style), style))
        return
    for row in paper.wrap(left, style, room):
        # White on black is one bar across the paper, on both rows.
        yield paper.row(Span(paper.left(row, room, style) if style.inverse else row, style))
    if right:
        for row in paper.wrap(right, style, room):
            yield paper.row(Span(paper.right(row, room, style), style))


def _amount(amount: Amount, paper: Paper) -> Iterator[Output]:
    style = Style(width=3, height=3, bold=True, inverse=amount.loud)
    lines = "\n".join(filter(None, (amount.title, amount.text)))
    yield _GAP
    yield from _bar(lines, style, paper.room(style), paper)


def _heading(heading: Heading, paper: Paper) -> Iterator[Output]:
    yield _GAP
    if heading.of_station:
        yield from _line(heading.text, _STATION, paper)
        return
    line = paper.frame(PLAIN)[0]
    for text in paper.wrap(heading.text, _HEADING, paper.columns - 6):
        rest = paper.columns - 4 - paper.width(text, _HEADING)
        yield paper.row(
            Span(f"{line * 2} ", _HEADING), Span(text, _HEADING), Span(f" {line * rest}", _HEADING)
        )
