"""What a ticket is made of, before anyone knows how wide the paper is.

Every text in a block is clean and in the printer's code page. The guest's own words stand in a
`Box`, after the label of a `Detail` or indented in a `Dish`, never at the left edge on their own:
so no note can look like a line of the ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from print_agent.ticket.style import LOUD, PLAIN, Style


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class Banner:
    """Our own words in a black bar across the paper, line breaks kept."""

    text: str
    style: Style = LOUD


@dataclass(frozen=True, slots=True)
class Line:
    """Our own words from the left edge, wrapped."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Pair:
    """Our own words at both edges: on one line where they fit, else one below the other."""

    left: str
    right: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Huge:
    """The one thing to be read from afar, as large as the paper allows."""

    text: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Whether and what a guest has to pay, the largest thing after the number: the title above the
    amount, or alone. `loud` is what must not be overlooked: money to collect, or to ask for.
    """

    title: str
    text: str = ""  # with its currency
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a section of the menu, or above such sections, and larger, of a station."""

    text: str
    of_station: bool = False


@dataclass(frozen=True, slots=True)
class Dish:
    """How many of what. `struck` are those to take back: they must stay readable, since the cook
    has to find them. `small` is for those that nobody cooks from this ticket, `packed` for those
    that somebody looks for by their names: tall, whatever size the station has chosen.
    """

    quantity: int
    name: str
    price: str = ""  # of all of them, at the right edge
    struck: bool = False
    small: bool = False
    packed: bool = False


class Place(Enum):
    """Where a `Detail` or a `Box` stands."""

    TICKET = auto()
    DISH = auto()  # under the name of a dish


@dataclass(frozen=True, slots=True)
class Detail:
    """Something about the dish or the order, after its label if it has one. `struck` is what holds
    no longer: it stays small whatever size the station has chosen.
    """

    text: str
    label: str = ""
    place: Place = Place.DISH
    style: Style = PLAIN
    struck: bool = False
    colon: str = ":"  # behind the label


@dataclass(frozen=True, slots=True)
class Box:
    """The guest's own words in a frame, line breaks kept. `loud_title` gives it the same style,
    whose width is 1.
    """

    title: str
    text: str
    place: Place = Place.DISH
    style: Style = PLAIN
    loud_title: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


Block = Feed | Banner | Line | Pair | Huge | Amount | Heading | Dish | Detail | Box | Rule
