"""Which burger is which, whatever ids a shop gives to the lines of a changed order."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.order import Item, LabelledText, Modifier
from bonfire.sanitiser import clean_line
from print_agent.ticket.as_read import as_read
from print_agent.ticket.same_lines import same_lines

CHOICES: Final = ("ohne Zwiebeln", "extra Käse", "Speck")
NAMES: Final = ("Burger", "Burger ", "Pizza", "Pi\u200bzza")
# What a cook tells apart, with many that are alike and ids that say nothing.
ITEMS: Final = st.builds(
    Item,
    name=st.sampled_from(NAMES),
    quantity=st.integers(1, 2),
    id=st.sampled_from(["", "1", "2", "3"]),
    variants=st.sampled_from([(), ("klein",), ("groß", "")]),
    modifiers=st.lists(st.sampled_from(CHOICES).map(lambda name: Modifier(name=name)), max_size=3),
    special_request=st.sampled_from(["", " ", "durch", "durch\n"]),
    notes=st.sampled_from([(), (LabelledText(label="Schnitt", text="halb"),)]),
)
LINES: Final = st.lists(ITEMS, max_size=8)


def burger(*choices: str, **fields: object) -> Item:
    modifiers = tuple(Modifier(name=one) for one in choices)
    return Item.model_validate({"name": "Burger", "modifiers": modifiers, **fields})


def looks(item: Item) -> tuple[object, ...]:
    """As a cook reads it, in words of the test's own."""
    choices = sorted(
        (clean_line(one.name), clean_line(one.group), one.quantity) for one in item.modifiers
    )
    notes = sorted((clean_line(one.label), clean_line(one.text)) for one in item.notes)
    variants = sorted(filter(None, map(clean_line, item.variants)))
    said = clean_line(item.special_request)
    name = clean_line(item.name)
    return name, item.quantity, said, tuple(choices), tuple(notes), tuple(variants)


def found_again(before: list[Item], after: list[Item]) -> dict[int, int]:
    return same_lines([as_read(item) for item in before], [as_read(item) for item in after])


def dishes(items: list[Item]) -> Counter[str]:
    return Counter(clean_line(item.name) for item in items)


@given(LINES, LINES)
@settings(max_examples=200)
def test_as_many_lines_as_possible_are_found_again_unchanged(before, after):
    found = found_again(before, after)
    unchanged = sum(looks(before[old]) == looks(after[now]) for now, old in found.items())
    alike = Counter(map(looks, before)) & Counter(map(looks, after))
    assert unchanged == alike.total()


@given(LINES, LINES)
@settings(max_examples=200)
def test_every_line_of_the_same_dish_has_its_other_and_none_has_two(before, after):
    found = found_again(before, after)
    assert len(set(found.values())) == len(found)
    assert all(
        clean_line(before[old].name) == clean_line(after[now].name) for now, old in found.items()
    )
    assert len(found) == (dishes(before) & dishes(after)).total()


@given(LINES, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_lines_with_new_ids_in_another_order_are_all_unchanged(before, random):
    after = [item.model_copy(update={"id": str(random.randint(0, 3))}) for item in before]
    random.shuffle(after)
    found = found_again(before, after)
    assert len(found) == len(before)
    assert all(looks(before[old]) == looks(after[now]) for now, old in found.items())


def test_the_burger_that_is_gone_is_named_although_its_id_went_to_the_other():
    before = [burger("ohne Zwiebeln", id="1"), burger("extra Käse", id="2")]
    assert found_again(before, [burger("extra Käse", id="1")]) == {0: 1}


def test_a_changed_line_is_the_one_with_the_most_in_common_although_its_id_says_another():
    before = [burger("ohne Zwiebeln", id="1"), burger("extra Käse", "Speck", id="2")]
    after = [burger("extra Käse", "Speck", id="1", special_request="durch")]
    assert found_again(before, after) == {0: 1}


def test_of_two_changed_lines_each_is_found_by_what_it_kept():
    before = [burger("ohne Zwiebeln", "Speck"), burger("extra Käse")]
    after = [burger("extra Käse", quantity=2), burger("ohne Zwiebeln", "Speck", quantity=3)]
    assert found_again(before, after) == {0: 1, 1: 0}


def test_of_lines_that_are_equally_close_the_id_decides():
    before = [burger("Speck", id="1"), burger("extra Käse", id="2")]
    assert found_again(before, [burger(id="2")]) == {0: 1}
    assert found_again(before, [burger(id="1")]) == {0: 0}


def test_of_lines_that_are_alike_the_id_decides():
    before = [burger(id="1"), burger(id="2")]
    assert found_again(before, [burger(id="2"), burger("Speck", id="1")]) == {0: 1, 1: 0}


def test_another_quantity_is_a_smaller_change_than_another_choice():
    before = [burger(quantity=2)]
    assert found_again(before, [burger("Speck", quantity=2), burger(quantity=3)]) == {1: 0}


def test_of_several_quantities_the_nearest_one_was_changed():
    before = [burger(quantity=1), burger(quantity=4)]
    assert found_again(before, [burger(quantity=5)]) == {0: 1}


def test_a_choice_made_twice_is_another_one_than_made_once():
    before = [burger("Speck"), burger("Speck", "Speck")]
    assert found_again(before, [burger("Speck", "Speck")]) == {0: 1}


def test_the_same_drink_of_another_menu_is_another_line():
    assert found_again([burger(part_of="Menü A")], [burger(part_of="Menü B")]) == {}


def test_many_lines_that_read_alike_are_found_from_one_end_to_the_other():
    before = [burger(f"Wunsch {n}", id=f"{n}") for n in range(100)]
    after = [item.model_copy(update={"id": ""}) for item in reversed(before)]
    assert found_again(before, after) == {now: 99 - now for now in range(100)}


def test_a_thousand_lines_of_one_dish_are_still_compared_at_once():
    before = [burger(f"Wunsch {n}") for n in range(1_000)]
    after = [burger(f"Wunsch {n}", "Speck") for n in range(1_000)]
    start = time.perf_counter()
    found = found_again(before, after)
    assert time.perf_counter() - start < 2
    assert sorted(found) == sorted(found.values()) == list(range(1_000))
