"""The sections of the menu on paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bonfire.order import Item, Section
from tests.unit.routing.restaurant import ORDER, by_station, restaurant

MENU = [
    {"id": "s-1", "name": "Vorspeisen"},
    {"id": "S-2", "name": "Hauptgerichte"},
    {"id": "getränke", "name": "Durst"},
]
HOUSE = restaurant(routes=[], menu_sections=MENU)


def arranged(*sections: Section) -> list[tuple[str, str]]:
    """The items, called by where they came, and their sections' names on the kitchen's ticket."""
    items = tuple(Item(name=str(n), section=section) for n, section in enumerate(sections))
    job = by_station(ORDER.model_copy(update={"items": items}), HOUSE)["kitchen"]
    return [(item.name, item.section.name) for item in job.order.items]


def test_items_come_in_the_order_of_the_menu_under_its_names():
    assert arranged(Section(id="s-2"), Section(id="s-1"), Section(id="s-2")) == [
        ("1", "Vorspeisen"),
        ("0", "Hauptgerichte"),
        ("2", "Hauptgerichte"),
    ]


def test_what_is_not_in_the_menu_comes_after_it_as_it_came():
    assert arranged(
        Section(id="x", name="Eis"), Section(), Section(id="s-2"), Section(name="Eis")
    ) == [("2", "Hauptgerichte"), ("0", "Eis"), ("1", ""), ("3", "Eis")]


def test_a_section_is_known_by_its_id_in_any_spelling_and_else_by_its_name():
    assert arranged(Section(name="GETRÄNKE"), Section(id="s-2 ", name="Mains")) == [
        ("1", "Hauptgerichte"),
        ("0", "Durst"),
    ]


def test_a_menu_that_is_called_otherwise_on_paper_is_routed_as_the_shop_calls_it():
    routes = [{"sections": ["Mains"], "stations": ["grill"]}]
    house = restaurant(routes=routes, menu_sections=MENU)
    items = (Item(name="Steak", section=Section(id="s-2", name="Mains")),)

    job = by_station(ORDER.model_copy(update={"items": items}), house)["grill"]

    assert job.order.items[0].section == Section(id="s-2", name="Hauptgerichte")


def test_without_a_menu_items_stay_as_they_came():
    items = tuple(
        Item(name=str(n), section=Section(name=name)) for n, name in enumerate(("B", "A", "B"))
    )

    job = by_station(ORDER.model_copy(update={"items": items}), restaurant(routes=[]))["kitchen"]

    assert job.order.items == items


SECTIONS = st.builds(
    Section,
    id=st.sampled_from(["", "s-1", "s-2", "x", "y"]),
    name=st.sampled_from(["", "Getränke", "Eis"]),
)


@given(st.lists(SECTIONS, max_size=12))
def test_no_item_is_lost_and_those_of_one_place_keep_their_order(sections):
    found = arranged(*sections)

    assert sorted(int(name) for name, _ in found) == list(range(len(sections)))
    known = [one["name"] for one in MENU]
    places = [known.index(name) if name in known else len(known) for _, name in found]
    assert places == sorted(places)
    for place in set(places):
        came = [int(name) for (name, _), at in zip(found, places, strict=True) if at == place]
        assert came == sorted(came)
