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
        height = min(max(style.height, self.least), self.most)
        return style if height == style.height else style._replace(height=height)


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


def _sizes_of(dish: Dish, profile: Profile) -> _Sizes:
    sizes = _sizes(profile)
    return _MEDIUM if dish.packed and sizes.name.height == 1 else sizes


def dish_rows(dish: Dish, paper: Paper) -> Iterator[Output]:
    if dish.small:
        cell = Span(f"{_quantity(dish)} ".rjust(_NAME_INDENT), Style(bold=dish.quantity > 1))
        yield from _named((cell,), dish, PLAIN, PLAIN, paper)
        return
    name = _name_style(dish, paper)
    yield _GAP
    yield from _named((_cell(dish, paper), Span(" ", _narrow(name))), dish, name, _PRICE, paper)


def _name_style(dish: Dish, paper: Paper) -> Style:
    """Wide only where that breaks none of its words; and then all of them."""
    style = _sizes_of(dish, paper.profile).name
    if style.width == 1:
        return style
    room = (paper.columns - _NAME_INDENT) // style.width
    return _narrow(style) if paper.widest(dish.name, style) > room else style


def _narrow(style: Style) -> Style:
    return style if style.width == 1 else style._replace(width=1)


def _named(
    cell: tuple[Span, ...], dish: Dish, name: Style, money: Style, paper: Paper
) -> Iterator[Row]:
    """The name, and the price at the right edge: beside its first row, or where no word fits there
    any more, beside the last one or below it.
    """
    price = paper.fit(dish.price)
    margin = paper.width(price, money) + 1 if price else 0
    start = sum(len(span.text) * span.style.width for span in cell)

    def wrapped(room: int) -> list[str]:
        below = max((paper.columns - _NAME_INDENT) // name.width, 1)
        return paper.wrap(dish.name, name, below, first=max(room // name.width, 1))

    rows, priced = wrapped(paper.columns - start - margin), 0
    if price and not rows[0]:
        rows = wrapped(paper.columns - start)
        priced = len(rows) - 1
    for index, text in enumerate(rows):
        before = (Span(" " * _NAME_INDENT, _narrow(name)),) if index else cell
        used = (_NAME_INDENT if index else start) + paper.width(text, name) * name.width
        end: tuple[Span, ...] = ()
        if price and index == priced and used + margin <= paper.columns:
            end = (Span(paper.right(price, paper.columns - used, money), money),)
            price = ""
        yield paper.row(*before, Span(text, name), *end, red=dish.struck)
    if price:
        yield paper.row(Span(paper.right(price, paper.columns, money), money), red=dish.struck)


def _cell(dish: Dish, paper: Paper) -> Span:
    sizes, text = _sizes_of(dish, paper.profile), _quantity(dish)
    stands_out = dish.quantity > 1 and not dish.struck
    if stands_out and paper.impact:
        return Span(f">{text}<".ljust(4), sizes.one)
    return Span(text.rjust(3).ljust(4), sizes.many if stands_out else sizes.one)


def _quantity(dish: Dish) -> str:
    return f"{'-' if dish.struck else ''}{dish.quantity}x"


def detail_rows(detail: Detail, paper: Paper) -> Iterator[Row]:
    """The label is bold, and what does not fit goes on two characters further in: all of the text
    where one row has room for it, so that no NO stands apart from what it forbids.
    """
    is_below = detail.place is Place.DISH
    margin = " " * (_DETAIL_INDENT if is_below else 0)
    resized = is_below and not detail.struck
    style = _sizes(paper.profile).below(detail.style) if resized else detail.style
    room = paper.columns - len(margin)
    label = _label(detail, paper)
    text = f"{paper.stars(style)} {detail.text}".strip()
    wide = paper.able(style).width
    most, further = max(room // wide, 1), max((room - 2) // wide, 1)
    bold = Style(height=style.height, bold=True)
    first, *more = paper.wrap(f"{label} {text}".strip(), style, further, first=most)
    if not label or not first.startswith(label):
        yield paper.row(Span(margin), Span(first, style), red=detail.struck)
    else:
        beside = first[len(label) :]
        # Letters from the right are wider in two pieces than in one.
        is_over = paper.width(label, bold) + paper.width(beside, style) * wide > room
        if is_over or more:
            alone = paper.wrap(text, style, further)
            if is_over or len(alone) == 1:
                beside, more = "", alone
        yield paper.row(Span(margin + label, bold), Span(beside, style), red=detail.struck)
    for row in more:
        yield paper.row(Span(margin + "  "), Span(row, style), red=detail.struck)


def _label(detail: Detail, paper: Paper) -> str:
    label = paper.fit(detail.label)
    return f"{label}{detail.colon}" if label and not label.endswith(("?", "!", ":")) else label


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
