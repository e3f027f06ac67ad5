"""What a change takes away and adds: every line of both orders, and none of them twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields as fields_of

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.messages import TicketOrder
from bonfire.order import (
    Address,
    Fulfilment,
    Item,
    LabelledText,
    Modifier,
    Money,
    Promise,
    Section,
)
from bonfire.sanitiser import clean_line
from print_agent.ticket.difference import Difference, Fate, OrderLine, difference, fates
from tests.unit.ticket.samples import READY, order
from tests.unit.ticket.strategies import ORDERS

SOUP, BURGER, COLA = Item(name="Suppe"), Item(name="Burger"), Item(name="Cola")


def between(before: tuple[Item, ...], after: tuple[Item, ...]) -> Difference:
    return difference(order(*before), order(*after))


def pairs(found: tuple[OrderLine, ...]) -> list[tuple[Item | None, Item | None]]:
    return [(line.before, line.after) for line in found]


def flags(found: Difference) -> set[str]:
    """What of the order as a whole is another."""
    return {field.name for field in fields_of(found) if getattr(found, field.name) is True}


def changed(item: Item, **fields: object) -> Item:
    return item.model_copy(update=fields)


@given(ORDERS, ORDERS)
@settings(max_examples=100)
def test_every_line_of_both_orders_is_accounted_for_once(before, after):
    found = difference(before, after)
    assert Counter(line.before for line in found.lines if line.before) == Counter(before.items)
    assert tuple(line.after for line in found.lines if line.after) == after.items
    parts = (found.gone, found.new_or_changed, found.unchanged)
    assert sum(map(len, parts)) == len(found.lines)
    assert {id(line) for part in parts for line in part} == {id(line) for line in found.lines}


@given(ORDERS, ORDERS)
@settings(max_examples=50)
def test_positions_point_at_their_lines(before, after):
    for line in difference(before, after).lines:
        order_of_line = after if line.after else before
        assert order_of_line.items[line.position] == line.shown


@given(ORDERS)
@settings(max_examples=50)
def test_an_order_is_no_different_from_itself(same: TicketOrder):
    found = difference(same, same)
    assert not found.gone
    assert not found.new_or_changed
    assert not flags(found)
    assert not found.new_allergies
    assert not found.withdrawn_allergies


@given(ORDERS, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_lines_that_only_stand_elsewhere_are_unchanged(before, random):
    shuffled = list(before.items)
    random.shuffle(shuffled)
    after = before.model_copy(update={"items": tuple(shuffled)})
    assert len(difference(before, after).unchanged) == len(shuffled)


@given(ORDERS, ORDERS)
@settings(max_examples=50)
def test_what_is_found_again_has_the_same_name(before, after):
    for line in difference(before, after).lines:
        if line.before and line.after:
            assert clean_line(line.before.name) == clean_line(line.after.name)


def test_another_dish_under_the_same_id_is_taken_back_and_new():
    soup, burger = changed(SOUP, id="1"), changed(BURGER, id="1")
    assert pairs(between((soup,), (burger,)).lines) == [(soup, None), (None, burger)]


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": 2},
        {"variants": ("groß",)},
        {"modifiers": (Modifier(name="ohne Salz"),)},
        {"special_request": "heiß"},
        {"notes": (LabelledText(text="heiß"),)},
    ],
)
def test_what_a_cook_sees_is_a_change(fields):
    assert len(between((SOUP,), (changed(SOUP, **fields),)).new_or_changed) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"price": Money(amount=7)},
        {"category": "c"},
        {"section": Section(id="5")},
        {"id": "9"},
        {"name": "Suppe "},
        {"name": "Su\u200bppe"},
        {"special_request": "\n\u200b"},
        {"variants": ("\u2060",)},
        {"notes": (LabelledText(),)},
    ],
)
def test_what_no_cook_sees_is_none(fields):
    assert len(between((SOUP,), (changed(SOUP, **fields),)).unchanged) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"note": "mit Kerze"}, {"note": " mit\nKerze\u200b"}),
        ({"customer_name": "Jo\u0308rg"}, {"customer_name": "Jörg"}),
        ({"phone": "1"}, {"phone": "1 "}),
        (
            {"custom_fields": (LabelledText(label="a", text="1"), LabelledText(text="2"))},
            {"custom_fields": (LabelledText(text="2 "), LabelledText(label="a", text="1"))},
        ),
        ({"fulfilment": Fulfilment(table="7")}, {"fulfilment": Fulfilment(table="7 ")}),
        (
            {"fulfilment": Fulfilment()},
            {"fulfilment": Fulfilment(address=Address(lines=(" ",)), instructions="\u200b")},
        ),
        (
            {"fulfilment": Fulfilment(promise=Promise(text="bald"))},
            {"fulfilment": Fulfilment(promise=Promise(text="bald "))},
        ),
    ],
)
def test_what_reads_the_same_is_no_change_of_the_order(before, after):
    assert not flags(difference(order(**before), order(**after)))


def test_an_address_is_told_apart_from_another():
    one, other = Address(lines=("Gasse 1",)), Address(lines=("Gasse 2",))
    before, after = Fulfilment(address=one), Fulfilment(address=other)
    assert flags(difference(order(fulfilment=before), order(fulfilment=after))) == {"address"}


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"note": "scharf"}, {"note"}),
        ({"customer_name": "Ada"}, {"customer"}),
        ({"phone": "1"}, {"phone"}),
        ({"custom_fields": (LabelledText(text="ja"),)}, {"questions"}),
        ({"fulfilment": Fulfilment(promise=Promise(at=READY))}, {"promise"}),
        ({"fulfilment": Fulfilment(table="7")}, {"handover"}),
        ({"fulfilment": Fulfilment(instructions="oben")}, {"instructions"}),
    ],
)
def test_it_says_what_else_is_another(fields, names):
    before = order(fulfilment=Fulfilment())
    found = difference(before, before.model_copy(update=fields))
    assert flags(found) == names


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
@settings(max_examples=50)
def test_parts_of_a_dish_are_kept_added_or_gone(before, after):
    found = list(fates(before, after, key=lambda one: one))
    assert [one for fate, one in found if fate is not Fate.GONE] == after
    kept = Counter(one for fate, one in found if fate is Fate.KEPT)
    gone = Counter(one for fate, one in found if fate is Fate.GONE)
    assert kept + gone == Counter(before)
    assert kept == Counter(before) & Counter(after)
