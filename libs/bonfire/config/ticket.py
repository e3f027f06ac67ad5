"""How tickets are to look."""

from __future__ import annotations

from enum import StrEnum

from bonfire.config.fields import Flag, Rows
from bonfire.config.table import Table


class TextSize(StrEnum):
    """Of the dishes and what belongs to them."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


class Grouping(StrEnum):
    """Under which headings the dishes of a ticket stand."""

    SECTION = "section"  # of the menu
    STATION = "station"  # and below it the sections, on a ticket for several stations
    NONE = "none"  # as they came


class OptionalBlock(StrEnum):
    """What a ticket can do without. Notes, allergies, marks and alerts are never in this list."""

    CUSTOMER = "customer"
    METHOD = "method"  # what the owner calls the way of handing over
    QUESTIONS = "questions"  # the checkout's questions, unless an answer speaks of an allergy
    OTHER_STATIONS = "other_stations"
    TIMES = "times"
    PRICES = "prices"
    CONTACT = "contact"  # phone and address, on a pass ticket
    CONTENTS = "contents"  # the dishes, on a courier ticket


class TicketSettings(Table):
    """How tickets look. `[defaults.ticket]`, a printer's and a station's own add up, in this order,
    key by key.
    """

    text_size: TextSize = TextSize.MEDIUM
    top_rows: Rows = 3  # blank, for the clip of the ticket rail
    group_by: Grouping = Grouping.SECTION
    merge_identical: Flag = False  # lines of one section that are alike in everything
    hide: tuple[OptionalBlock, ...] = ()
    buzz: Flag = True  # where the printer has a buzzer
