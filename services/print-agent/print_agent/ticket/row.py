"""What a ticket is made of once it is set: rows of styled text, and paper without print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from print_agent.ticket.style import PLAIN, Style


class Span(NamedTuple):
    text: str
    style: Style = PLAIN


class Row(NamedTuple):
    """One row of paper. A `solid` row touches the next one: frames and bars have no gaps. A ribbon
    of two colours prints all of a row in one of them.
    """

    spans: tuple[Span, ...]
    solid: bool = False
    red: bool = False


@dataclass(frozen=True, slots=True)
class BlankRows:
    """Paper without print, in rows of normal text."""

    rows: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A little paper without print, for the eye. How long a dot is differs between models."""

    dots: int


Output = Row | BlankRows | Gap
