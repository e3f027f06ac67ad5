"""Under which headings the lines stand, by the profile and by who gets the ticket."""

from __future__ import annotations

from hypothesis import given, settings

from bonfire.config import Grouping
from bonfire.messages import Document, PrintJob, StationPart
from bonfire.order import Item, Section
from print_agent.ticket import Profile
from print_agent.ticket.blocks import Dish, Heading
from print_agent.ticket.draft import Draft
from print_agent.ticket.groups import grouped
from print_agent.ticket.layout import compose
from tests.unit.ticket.samples import SLIP, job, order
from tests.unit.ticket.strategies import JOBS, PROFILES, SLIPS

STARTERS, DRINKS = Section(name="Vorspeisen"), Section(name="Getränke")
MERGED = job(
    order(
        Item(name="Suppe", section=STARTERS),
        Item(name="Wein", section=DRINKS),
        Item(name="Salat", section=STARTERS),
        Item(name="Brot"),
    ),
    stations=(StationPart(name="BAR", items=(1,)), StationPart(name="KÜCHE", items=(0, 2))),
)
STATION_BAR, STATION_KITCHEN = Heading("BAR", of_station=True), Heading("KÜCHE", of_station=True)
BY_STATION = [
    Dish(1, "Brot"),  # of no station: where no heading can claim it
    *(STATION_BAR, Heading("Getränke"), Dish(1, "Wein")),
    *(STATION_KITCHEN, Heading("Vorspeisen"), Dish(1, "Suppe"), Dish(1, "Salat")),
]
BY_SECTION = [
    Dish(1, "Brot"),
    *(Heading("Vorspeisen"), Dish(1, "Suppe"), Dish(1, "Salat")),
    *(Heading("Getränke"), Dish(1, "Wein")),
]


def shown(job: PrintJob, grouping: Grouping = Grouping.SECTION) -> list[Heading | Dish]:
    blocks = compose(job, SLIP, Profile(group_by=grouping))
    found = [block for block in blocks if isinstance(block, Heading | Dish)]
    return [
        Dish(one.quantity, one.name) if isinstance(one, Dish) else one for one in found
    ]  # whatever their size and price


def of(document: Document) -> PrintJob:
    return MERGED.model_copy(update={"document": document})


def test_a_ticket_for_several_stations_has_their_headings_and_sections_inside():
    assert shown(MERGED) == BY_STATION
    assert shown(MERGED, Grouping.STATION) == BY_STATION


def test_a_pass_ticket_is_by_station():
    assert shown(of(Document.PASS)) == BY_STATION


def test_a_bag_and_a_courier_get_sections_unless_stations_are_asked_for():
    for document in (Document.BAG, Document.COURIER):
        assert shown(of(document)) == BY_SECTION
        assert shown(of(document), Grouping.STATION) == BY_STATION


def test_without_grouping_the_lines_stand_as_they_came():
    assert shown(MERGED, Grouping.NONE) == [
        Dish(1, name) for name in ("Suppe", "Wein", "Salat", "Brot")
    ]


def test_one_station_alone_needs_no_heading():
    alone = MERGED.model_copy(update={"stations": (StationPart(name="BAR", items=(0, 1, 2, 3)),)})
    assert shown(alone, Grouping.STATION) == BY_SECTION


@given(JOBS, SLIPS, PROFILES)
@settings(max_examples=50)
def test_every_line_is_in_one_group_whatever_the_parts_say(job, slip, profile):
    draft = Draft.begin(job, slip, profile)
    positions = range(len(draft.order.items))
    found = [one for group in grouped(positions, draft) for one in group.positions]
    assert sorted(found) == list(positions)
