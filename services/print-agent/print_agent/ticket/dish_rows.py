"""The rows of a dish and of what belongs to it, in the size that the station has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bonfire.config import TextSize
from print_agent.ticket.blocks import Box, Detail, Dish, Place
from print_agent.ticket.paper import Paper
from print_agent.ticket.profile import Profile
from print_agent.ticket.row import Gap, Output, Row, Span
from print_agent.ticket.style import PLAIN, Style

_GAP: Final = Gap(dots=10)
_NAME_INDENT: Final = 9  # a quantity up to 999x, and a blank
_DETAIL_INDENT: Final = 11
_WIDE_FROM_COLUMNS: Final = 42  # on narrower paper a wide name would break after every word
_PRICE: Final = Style(bold=True)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Of a dish, and the least and the greatest height of what stands below it."""

    one: Style  # a quantity of one
    many: Style
    name: Style
    least: int = 1
    most: int = 8

    def below(self, style: Style) -> Style:
        """What is loud stays as large as it is, and what is small as small."""
        if style.small or style.inverse:
            return style
        return replace(style, height=min(max(style.height, self.least), self.most))


_SMALL: Final = _Sizes(
    Style(width=2, bold=True),
    Style(width=2, bold=True, inverse=True),
    Style(bold=True),
    most=1,
)
_MEDIUM: Final = _Sizes(
    Style(width=2, height=2, bold=True),
    Style(width=2, height=2, bold=True, inverse=True),
    Style(height=2, bold=True),
)
_LARGE: Final = replace(_MEDIUM, least=2)
_LARGE_AND_WIDE: Final = replace(_LARGE, name=Style(width=2, height=2, bold=True))


def _sizes(profile: Profile) -> _Sizes:
    match profile.text_size:
        case TextSize.SMALL:
            return _SMALL
        case TextSize.MEDIUM:
            return _MEDIUM
        case TextSize.LARGE:
            return _LARGE_AND_WIDE if profile.columns >= _WIDE_FROM_COLUMNS else _LARGE


def dish_rows(dish: Dish, paper: Paper) -> Iterator[Output]:
    if dish.small:
        yield from _small_dish(dish, paper)
        return
    name = _sizes(paper.profile).name
    cell = _cell(dish, paper)
    price = paper.fit(dish.price)
    room = paper.columns - (paper.width(price, _PRICE) + 1 if price else 0)
    used = cell.style.width * len(cell.text) + name.width
    first, *more = paper.wrap(
        dish.name,
        name,
        max((room - _NAME_INDENT) // name.width, 1),
        first=max((room - used) // name.width, 1),
    )
    used += paper.width(first, name) * name.width
    spans = [cell, Span(f" {first}", name)]
    if price:
        spans.append(Span(paper.right(price, paper.columns - used, _PRICE), _PRICE))
    yield _GAP
    yield paper.row(*spans, red=dish.struck)
    for text in more:
        indent = Span(" " * _NAME_INDENT, replace(name, width=1))
        yield paper.row(indent, Span(text, name), red=dish.struck)


def _cell(dish: Dish, paper: Paper) -> Span:
    sizes, text = _sizes(paper.profile), _quantity(dish)
    stands_out = dish.quantity > 1 and not dish.struck
    if stands_out and paper.profile.impact:
        return Span(f">{text}<".ljust(4), sizes.one)
    return Span(text.rjust(3).ljust(4), sizes.many if stands_out else sizes.one)


def _quantity(dish: Dish) -> str:
    return f"{'-' if dish.struck else ''}{dish.quantity}x"


def _small_dish(dish: Dish, paper: Paper) -> Iterator[Row]:
    cell = f"{_quantity(dish)} ".rjust(_NAME_INDENT)
    many = Style(bold=dish.quantity > 1)
    price = paper.fit(dish.price)
    room = paper.columns - len(cell)
    first, *more = paper.wrap(dish.name, PLAIN, room - (paper.width(price) + 1 if price else 0))
    right = paper.right(price, room - paper.width(first)) if price else ""
    yield paper.row(Span(cell, many), Span(first), Span(right), red=dish.struck)
    for text in more:
        yield paper.row(Span(" " * len(cell)), Span(text), red=dish.struck)


def detail_rows(detail: Detail, paper: Paper) -> Iterator[Row]:
    """The label is bold, and what does not fit goes on two characters further in."""
    is_below = detail.place is Place.DISH
    margin = " " * (_DETAIL_INDENT if is_below else 0)
    style = _sizes(paper.profile).below(detail.style) if is_below else detail.style
    room = paper.columns - len(margin)
    label = paper.fit(f"{detail.label}:") if detail.label else ""
    text = f"{label} {paper.stars(style)}".strip() + f" {detail.text}"
    wide = paper.able(style).width
    first, *more = paper.wrap(
        text.strip(), style, max((room - 2) // wide, 1), first=max(room // wide, 1)
    )
    if label and first.startswith(label):
        bold = Style(height=style.height, bold=True)
        yield paper.row(Span(margin + label, bold), Span(first[len(label) :], style))
    else:
        yield paper.row(Span(margin), Span(first, style))
    for row in more:
        yield paper.row(Span(margin + "  "), Span(row, style))


def box_rows(box: Box, paper: Paper) -> Iterator[Output]:
    is_below = box.place is Place.DISH
    margin = Span(" " * (_NAME_INDENT if is_below else 0))
    style = _sizes(paper.profile).below(box.style) if is_below else box.style
    width = paper.columns - len(margin.text)
    flat = Style(bold=style.bold, inverse=style.inverse)
    across, down, *corners = tuple(paper.frame(style))
    upper = style if box.loud_title else flat
    title, *more = paper.wrap(box.title, upper, width - 6)
    if not is_below:
        yield _GAP
    yield paper.row(
        margin,
        Span(f"{corners[0]}{across} ", upper),
        Span(title, upper),
        Span(f" {across * (width - 5 - paper.width(title, upper))}{corners[1]}", upper),
        solid=True,
    )
    for text in (*more, *paper.wrap(box.text, style, width - 4)):
        yield paper.row(
            margin,
            Span(f"{down} ", style),
            Span(paper.left(text, width - 4, style), style),
            Span(f" {down}", style),
            solid=True,
        )
    yield paper.row(margin, Span(corners[2] + across * (width - 2) + corners[3], flat), solid=True)
