"""Blocks as rows of styled text, for paper of a given width in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    Place,
    Rule,
)
from print_agent.ticket.profile import DEFAULT, Profile
from print_agent.ticket.style import PLAIN, Style
from print_agent.ticket.wrap import wrap

MIN_COLUMNS: Final = 24

_QUANTITY: Final = Style(width=2, height=2, bold=True)
_QUANTITY_MANY: Final = Style(width=2, height=2, bold=True, inverse=True)
_NAME: Final = Style(height=2, bold=True)
_BOLD: Final = Style(bold=True)
_HEADING: Final = Style(bold=True)
_STATION: Final = Style(width=2, height=2, bold=True)
_HUGE_WIDTHS: Final = (7, 6, 5, 4, 3, 2)
_NAME_INDENT: Final = 9  # a quantity up to 999x, and a blank
_DETAIL_INDENT: Final = 11


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """One row of paper. A `solid` row touches the next one: frames and bars have no gaps."""

    spans: tuple[Span, ...]
    solid: bool = False


@dataclass(frozen=True, slots=True)
class BlankRows:
    """Paper without print, in rows of normal text."""

    rows: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A little paper without print, for the eye. How long a dot is differs between models."""

    dots: int


Output = Row | BlankRows | Gap


_GAP: Final = Gap(dots=10)


def typeset(blocks: Iterable[Block], profile: Profile = DEFAULT) -> Iterator[Output]:
    """The paper is at least `MIN_COLUMNS` wide."""
    for block in blocks:
        yield from _rows(block, profile.columns)


def _rows(block: Block, columns: int) -> Iterator[Output]:  # noqa: C901 -- one flat list
    match block:
        case Dish():
            yield from _dish(block, columns)
        case Detail():
            yield from _detail(block, columns)
        case Box():
            yield from _box(block, columns)
        case Banner():
            yield from _banner(block, columns)
        case Line():
            for text in wrap(block.text, block.style.columns(columns)):
                yield _row(text, block.style)
        case Pair():
            yield from _pair(block, columns)
        case Huge():
            yield from _huge(block, columns)
        case Amount():
            yield from _amount(block, columns)
        case Heading():
            yield from _heading(block, columns)
        case Rule():
            yield _row("─" * columns)
        case Feed():
            yield BlankRows(block.rows)
        case _:
            assert_never(block)


def _row(text: str, style: Style = PLAIN, *, solid: bool = False) -> Row:
    return Row((Span(text, style),), solid)


def _banner(banner: Banner, columns: int) -> Iterator[Output]:
    room = banner.style.columns(columns)
    yield _GAP
    for text in wrap(banner.text, room - 2):
        yield _row(text.center(room), banner.style, solid=True)


def _pair(pair: Pair, columns: int) -> Iterator[Output]:
    room = pair.style.columns(columns)
    yield _GAP
    if not pair.right or len(pair.left) + 1 + len(pair.right) <= room:
        parts = [f"{pair.left}{pair.right.rjust(room - len(pair.left))}"] if pair.right else []
        texts = parts or wrap(pair.left, room)
    else:
        texts = [*wrap(pair.left, room), *(text.rjust(room) for text in wrap(pair.right, room))]
    for text in texts:
        yield _row(text, pair.style)


def _huge(huge: Huge, columns: int) -> Iterator[Output]:
    fitting = (width for width in _HUGE_WIDTHS if len(huge.text) * width <= columns)
    width = next(fitting, _HUGE_WIDTHS[-1])
    style = Style(width=width, height=min(width, 5), bold=True)
    yield _GAP
    for text in wrap(huge.text, style.columns(columns)):
        margin = " " * ((columns - len(text) * width) // 2)  # in narrow blanks: the exact middle
        yield Row((Span(margin), Span(text, style)))
    yield _GAP


def _amount(amount: Amount, columns: int) -> Iterator[Output]:
    style = Style(width=3, height=3, bold=True, inverse=amount.loud)
    room = style.columns(columns)
    yield _GAP
    for text in (*wrap(amount.title, room), *(wrap(amount.text, room) if amount.text else ())):
        yield _row(text.center(room), style, solid=True)


def _heading(heading: Heading, columns: int) -> Iterator[Output]:
    yield _GAP
    if heading.of_station:
        for text in wrap(heading.text, _STATION.columns(columns)):
            yield _row(text, _STATION)
        return
    for text in wrap(heading.text, columns - 6):
        yield _row(f"── {text} ".ljust(columns, "─"), _HEADING)


def _dish(dish: Dish, columns: int) -> Iterator[Output]:
    if dish.small:
        yield from _small_dish(dish, columns)
        return
    yield _GAP
    style = _QUANTITY_MANY if dish.quantity > 1 and not dish.struck else _QUANTITY
    cell = f"{'-' if dish.struck else ''}{dish.quantity}x".rjust(3).ljust(4)
    used = style.width * len(cell) + 1
    room = columns - (len(dish.price) + 1 if dish.price else 0)
    first, *more = wrap(dish.name, room - _NAME_INDENT, first=max(room - used, 1))
    price = dish.price.rjust(columns - used - len(first)) if dish.price else ""
    yield Row((Span(cell, style), Span(f" {first}", _NAME), Span(price, _BOLD)))
    for text in more:
        yield _row(" " * _NAME_INDENT + text, _NAME)


def _small_dish(dish: Dish, columns: int) -> Iterator[Row]:
    cell = f"{'-' if dish.struck else ''}{dish.quantity}x ".rjust(_DETAIL_INDENT)
    room = columns - len(cell) - (len(dish.price) + 1 if dish.price else 0)
    first, *more = wrap(dish.name, room)
    price = dish.price.rjust(columns - len(cell) - len(first)) if dish.price else ""
    yield _row(f"{cell}{first}{price}")
    for text in more:
        yield _row(" " * len(cell) + text)


def _detail(detail: Detail, columns: int) -> Iterator[Row]:
    """The label is bold, and what does not fit goes on two characters further in."""
    margin = " " * (_DETAIL_INDENT if detail.place is Place.DISH else 0)
    room = columns - len(margin)
    label = f"{detail.label}:" if detail.label else ""
    first, *more = wrap(f"{label} {detail.text}".strip(), room - 2, first=room)
    if label and first.startswith(label):
        rest = Span(first[len(label) :], detail.style)
        yield Row((Span(margin + label, _label_style(detail.style)), rest))
    else:
        yield Row((Span(margin), Span(first, detail.style)))
    for text in more:
        yield Row((Span(margin + "  "), Span(text, detail.style)))


def _label_style(style: Style) -> Style:
    return Style(height=style.height, bold=True)


def _box(box: Box, columns: int) -> Iterator[Output]:
    margin = Span(" " * (_NAME_INDENT if box.place is Place.DISH else 0))
    width = columns - len(margin.text)
    frame = Style(bold=box.style.bold, inverse=box.style.inverse)
    title, *more = wrap(box.title, width - 6)
    rows = [
        Span(f"┌─ {title} ".ljust(width - 1, "─") + "┐", box.style if box.loud_title else frame),
        *(
            Span(f"│ {text.ljust(width - 4)} │", box.style)
            for text in (*more, *wrap(box.text, width - 4))
        ),
        Span("└" + "─" * (width - 2) + "┘", frame),
    ]
    if box.place is Place.TICKET:
        yield _GAP
    for row in rows:
        yield Row((margin, row), solid=True)
