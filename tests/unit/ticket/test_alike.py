"""Only lines that are alike in everything become one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bonfire.messages import StationPart
from bonfire.order import Item, LabelledText, Modifier, Money, Section
from print_agent.ticket import Profile
from print_agent.ticket.alike import merge_identical
from print_agent.ticket.blocks import Dish
from print_agent.ticket.layout import compose
from tests.unit.ticket.finding import every
from tests.unit.ticket.samples import SLIP, job, order
from tests.unit.ticket.strategies import ORDERS

SOUP = Item(name="Suppe", quantity=2)


def merged(*items: Item) -> tuple[Item, ...]:
    return merge_identical(order(*items))[0].items


def test_lines_that_only_differ_in_id_and_quantity_are_one():
    other = SOUP.model_copy(update={"id": "7", "quantity": 3})
    assert merged(SOUP, Item(name="Salat"), other) == (
        SOUP.model_copy(update={"quantity": 5}),
        Item(name="Salat"),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Suppe "},
        {"variants": ("groß",)},
        {"modifiers": (Modifier(name="ohne Salz"),)},
        {"special_request": "heiß"},
        {"notes": (LabelledText(text="heiß"),)},
        {"section": Section(name="Vorspeisen")},
        {"price": Money(amount=7)},
        {"part_of": "Menü"},
    ],
)
def test_lines_that_differ_in_anything_stay_apart(fields):
    assert len(merged(SOUP, SOUP.model_copy(update=fields))) == 2


@given(ORDERS)
@settings(max_examples=50)
def test_no_dish_is_lost_or_invented(before):
    after, _ = merge_identical(before)
    for name in {item.name for item in before.items}:
        counts = [
            sum(item.quantity for item in one.items if item.name == name) for one in (before, after)
        ]
        assert counts[0] == counts[1]
    assert merge_identical(after)[0] == after


def test_stations_keep_their_lines_and_never_share_one():
    parts = (StationPart(name="KÜCHE", items=(0, 1, 9)), StationPart(name="BAR", items=(2, 3)))
    after, moved = merge_identical(order(SOUP, SOUP, SOUP, Item(name="Cola")), parts)
    assert [item.quantity for item in after.items] == [4, 2, 1]
    assert [part.items for part in moved] == [(0,), (1, 2)]


def test_lines_are_merged_only_where_the_profile_says_so():
    twice = job(order(SOUP, SOUP))
    assert every(compose(twice, SLIP), Dish) == [Dish(2, "Suppe"), Dish(2, "Suppe")]
    assert every(compose(twice, SLIP, Profile(merge_identical=True)), Dish) == [Dish(4, "Suppe")]
