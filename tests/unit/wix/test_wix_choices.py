"""Variants and modifiers: once where two places say the same, never lost, never merged."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.order import AlertCode, Item, Order
from order_ingest.wix.mapping import map_order
from tests.support.wix import described, group, raw_line, raw_order, sample_order, with_options

GROUPS = "modifierGroups"


def mapped(line: dict[str, Any]) -> Order:
    return map_order(raw_order(line))


def item(line: dict[str, Any]) -> Item:
    """The item of a line that raises no alert."""
    order = mapped(line)
    assert order.alerts == ()
    (only,) = order.items
    return only


def chosen(only: Item) -> list[tuple[str, str, int]]:
    return [(each.group, each.name, each.quantity) for each in only.modifiers]


def ids(*modifiers: str | dict[str, Any], **group_fields: Any) -> dict[str, Any]:
    """A group of `catalogReference.options.modifierGroups[]`, which has ids and no names."""
    full = [{"id": each} if isinstance(each, str) else each for each in modifiers]
    return {"id": "g1", "modifiers": full} | group_fields


def unknown(order: Order) -> list[str]:
    return [alert.detail for alert in order.alerts if alert.code is AlertCode.UNKNOWN_MODIFIER]


def test_modifiers_of_the_line_keep_their_group_quantity_and_price():
    onions = {"label": {"original": "Röstzwiebeln"}, "quantity": 2, "price": {"amount": "0.50"}}
    only = item(raw_line(modifierGroups=[group("Extras", onions, "Bergkäse"), group("Ohne", "Ei")]))
    assert chosen(only) == [
        ("Extras", "Röstzwiebeln", 2),
        ("Extras", "Bergkäse", 1),
        ("Ohne", "Ei", 1),
    ]
    price = only.modifiers[0].price
    assert price is not None
    assert (str(price.amount), price.currency) == ("0.50", "EUR")


def test_a_modifier_is_named_by_any_of_the_fields_that_were_seen():
    fields = [{"name": "A"}, {"label": "B"}, {"details": "C"}, {"label": "D", "details": "groß"}]
    only = item(raw_line(modifierGroups=[group("", *fields)]))
    assert [each.name for each in only.modifiers] == ["A", "B", "C", "D, groß"]


def test_the_original_name_is_taken_and_the_translation_only_without_it():
    lines = [
        {"name": {}, "plainText": {"original": "Ente", "translated": "Duck"}},
        {"name": {}, "plainText": {"original": "", "translated": "Spicy"}},
    ]
    assert item(raw_line(descriptionLines=lines)).variants == ("Ente", "Spicy")


def test_a_nameless_description_line_is_the_variant():
    assert item(raw_line(descriptionLines=[described("Ente")])).variants == ("Ente",)


def test_a_description_line_with_a_name_is_a_choice_of_that_group():
    assert chosen(item(raw_line(descriptionLines=[described("Ei", "Extras")]))) == [
        ("Extras", "Ei", 1)
    ]


def test_a_description_line_with_only_a_name_keeps_it():
    assert item(raw_line(descriptionLines=[described("", "vegan")])).variants == ("vegan",)


def test_a_colour_line_is_a_choice_like_any_other():
    color = {"original": "Grün", "translated": "Green", "code": "#3a7d44"}
    lines = [
        {"name": {"original": "Sorte"}, "lineType": "COLOR", "colorInfo": color},
        {"name": {"original": ""}, "colorInfo": {"original": "Rot"}},
        {"lineType": "COLOR", "color": "Blau"},
    ]
    only = item(raw_line(descriptionLines=lines))
    assert chosen(only) == [("Sorte", "Grün", 1)]
    assert only.variants == ("Rot", "Blau")


def test_deprecated_twins_of_a_description_line_are_read_where_they_say_something_else():
    twin = described("Ente") | {"plainTextValue": {"original": "Ente"}}
    other = described("Ente") | {"plainTextValue": {"original": "scharf"}}
    assert item(raw_line(descriptionLines=[twin])).variants == ("Ente",)
    assert item(raw_line(descriptionLines=[other])).variants == ("Ente", "scharf")
    only_old = {"name": {"original": ""}, "plainTextValue": {"original": "Ente"}}
    assert item(raw_line(descriptionLines=[only_old])).variants == ("Ente",)


def test_a_choice_in_every_place_appears_once():
    line = with_options(modifierGroups=[ids({"id": "m1", "name": "Räucherlachs"})])
    line |= {
        "modifierGroups": [group("Belag", "Räucherlachs")],
        "descriptionLines": [described("räucherlachs ", "Belag")],
    }
    assert chosen(item(line)) == [("Belag", "Räucherlachs", 1)]


def test_a_nameless_line_that_repeats_a_modifier_is_no_variant():
    line = raw_line(
        modifierGroups=[group("Ohne", "ohne Zwiebeln")],
        descriptionLines=[described("ohne Zwiebeln")],
    )
    only = item(line)
    assert only.variants == ()
    assert chosen(only) == [("Ohne", "ohne Zwiebeln", 1)]


def test_the_same_word_in_two_groups_is_two_choices():
    line = raw_line(
        modifierGroups=[group("Extra", "Käse")], descriptionLines=[described("Käse", "Ohne")]
    )
    assert chosen(item(line)) == [("Extra", "Käse", 1), ("Ohne", "Käse", 1)]


def test_the_same_choice_twice_in_one_place_stays_twice():
    line = raw_line(modifierGroups=[group("Extra", "Käse", "Käse")])
    assert chosen(item(line)) == [("Extra", "Käse", 1)] * 2
    line = raw_line(descriptionLines=[described("Käse"), described("Käse")])
    assert item(line).variants == ("Käse", "Käse")
    line = raw_line(
        modifierGroups=[group("Extra", "Käse")],
        descriptionLines=[described("Käse"), described("Käse")],
    )
    assert item(line).variants == ("Käse",)


def test_equal_names_under_different_ids_are_two_choices():
    line = with_options(modifierGroups=[ids({"id": "m2", "name": "Käse"})])
    line[GROUPS] = [group("", {"id": "m1", "label": "Käse"})]
    assert chosen(item(line)) == [("", "Käse", 1)] * 2


def test_one_id_under_two_names_is_two_choices():
    line = with_options(modifierGroups=[ids({"id": "m1", "name": "Schinken"})])
    line[GROUPS] = [group("", {"id": "m1", "label": "Käse"})]
    assert [name for _, name, _ in chosen(item(line))] == ["Käse", "Schinken"]


def test_groups_with_different_ids_are_different_groups():
    line = with_options(modifierGroups=[ids({"name": "Käse"}, id="g2")])
    line[GROUPS] = [{"id": "g1", "modifiers": [{"label": "Käse"}]}]
    assert chosen(item(line)) == [("", "Käse", 1)] * 2


def test_one_id_in_two_groups_is_two_choices():
    line = with_options(modifierGroups=[ids({"id": "m1", "name": "Ei"}, name="Ohne")])
    line[GROUPS] = [group("Extra", {"id": "m1", "label": "Ei"})]
    assert chosen(item(line)) == [("Extra", "Ei", 1), ("Ohne", "Ei", 1)]


def test_an_id_takes_its_name_from_the_entry_with_the_same_id():
    line = with_options(modifierGroups=[ids({"modifierId": "m1", "quantity": 3, "price": "2.00"})])
    line[GROUPS] = [group("Extras", {"_id": "m1", "label": {"original": "Ei"}})]
    only = item(line)
    assert chosen(only) == [("Extras", "Ei", 3)]
    assert only.modifiers[0].price is not None


def test_ids_are_covered_by_as_many_names_without_ids():
    line = with_options(modifierGroups=[ids("m1"), ids("m2", id="g2")])
    line[GROUPS] = [group("Extras", "Ei"), group("Ohne", "Zwiebeln")]
    assert chosen(item(line)) == [("Extras", "Ei", 1), ("Ohne", "Zwiebeln", 1)]


def test_too_few_names_show_every_id_and_an_alert_for_each():
    line = with_options(modifierGroups=[ids("m1", "m2")])
    line[GROUPS] = [group("Extras", "Ei")]
    order = mapped(line)
    (only,) = order.items
    assert chosen(only) == [("Extras", "Ei", 1), ("", "?? m1", 1), ("", "?? m2", 1)]
    assert [each.resolved for each in only.modifiers] == [True, False, False]
    assert unknown(order) == [
        "order.lineItems[0]: modifier m1",
        "order.lineItems[0]: modifier m2",
    ]


def test_a_larger_quantity_of_an_id_is_not_covered_by_a_single_name():
    line = with_options(modifierGroups=[ids({"id": "m1", "quantity": 2})])
    line[GROUPS] = [group("Extras", "Ei")]
    assert chosen(mapped(line).items[0]) == [("Extras", "Ei", 1), ("", "?? m1", 2)]


def test_a_name_with_an_id_of_its_own_covers_no_other_id():
    line = with_options(modifierGroups=[ids("m2")])
    line[GROUPS] = [group("Extras", {"id": "m1", "label": "Ei"})]
    assert chosen(mapped(line).items[0]) == [("Extras", "Ei", 1), ("", "?? m2", 1)]


def test_an_id_without_any_name_shows_as_the_id():
    for line in (
        with_options(modifierGroups=[ids("m1")]),
        raw_line(modifierGroups=[ids("m1")]),
    ):
        order = mapped(line)
        assert [each.name for each in order.items[0].modifiers] == ["?? m1"]
        assert len(unknown(order)) == 1


def test_a_modifier_with_neither_id_nor_name_is_still_seen():
    order = mapped(raw_line(modifierGroups=[group("Extras", {"quantity": 2})]))
    assert chosen(order.items[0]) == [("Extras", "??", 2)]
    assert len(unknown(order)) == 1


def test_the_only_nameless_line_is_the_variant_and_covers_no_modifier():
    line = with_options(modifierGroups=[ids("m1")]) | {"descriptionLines": [described("Ente")]}
    order = mapped(line)
    assert order.items[0].variants == ("Ente",)
    assert [each.name for each in order.items[0].modifiers] == ["?? m1"]
    assert len(unknown(order)) == 1


def test_further_description_lines_cover_modifiers():
    line = with_options(modifierGroups=[ids("m1", "m2")], priceVariant={"id": "v1"})
    line["descriptionLines"] = [described("Ente"), described("scharf"), described("Ei", "Extras")]
    only = item(line)
    assert only.variants == ("Ente", "scharf")
    assert chosen(only) == [("Extras", "Ei", 1)]


def test_a_price_variant_is_covered_by_a_nameless_line():
    line = with_options(priceVariant={"id": "v1", "formattedPrice": "9 €"})
    assert item(line | {"descriptionLines": [described("Ente")]}).variants == ("Ente",)


def test_a_price_variant_is_covered_by_a_line_with_a_name_if_there_is_no_other():
    line = with_options(priceVariant={"variantId": "v1"})
    assert chosen(item(line | {"descriptionLines": [described("Groß", "Größe")]})) == [
        ("Größe", "Groß", 1)
    ]


def test_a_line_that_covers_the_variant_covers_no_modifier_as_well():
    line = with_options(priceVariant={"id": "v1"}, modifierGroups=[ids("m1")])
    order = mapped(line | {"descriptionLines": [described("Groß", "Größe")]})
    assert [each.name for each in order.items[0].modifiers] == ["Groß", "?? m1"]


def test_a_price_variant_that_nothing_names_shows_as_its_id():
    for variant in ({"id": "v1"}, {"_id": "v1"}, {"variantId": "v1"}):
        order = mapped(with_options(priceVariant=variant))
        assert order.items[0].variants == ("?? v1",)
        assert unknown(order) == [
            "order.lineItems[0].catalogReference.options.priceVariant: variant v1"
        ]


def test_a_line_that_only_repeats_a_modifier_does_not_name_the_variant():
    line = with_options(priceVariant={"id": "v1"}) | {
        "modifierGroups": [group("Extras", "Ei")],
        "descriptionLines": [described("Ei")],
    }
    order = mapped(line)
    assert order.items[0].variants == ("?? v1",)
    assert len(unknown(order)) == 1


def test_a_price_variant_with_a_name_appears_once():
    variant = {"id": "v1", "name": {"original": "Ente"}}
    assert item(with_options(priceVariant=variant)).variants == ("Ente",)
    line = with_options(priceVariant=variant) | {"descriptionLines": [described("ENTE")]}
    assert item(line).variants == ("ENTE",)
    line = with_options(priceVariant=variant) | {"descriptionLines": [described("scharf")]}
    assert item(line).variants == ("Ente", "scharf")


def test_a_price_variant_that_is_a_text_is_a_name_unless_it_looks_like_an_id():
    assert item(with_options(priceVariant="Ente")).variants == ("Ente",)
    id_ = "7a410001-0000-4000-8000-000000000001"
    assert mapped(with_options(priceVariant=id_)).items[0].variants == (f"?? {id_}",)


def test_shapes_that_nobody_has_seen_still_show_their_text():
    order = mapped(
        raw_line(
            modifierGroups=["Ei", {"name": "Extras", "modifiers": "Käse"}, {"name": "Soßen"}],
            descriptionLines=["Ente", {"unseen": "scharf"}],
        )
    )
    (only,) = order.items
    assert [each.name for each in only.modifiers] == ["Ei", "Käse"]
    assert only.variants == ("Ente", "unseen: scharf")
    assert {alert.code for alert in order.alerts} == {AlertCode.UNREADABLE_FIELD}


def test_the_sample_with_choices_in_every_place_reads_as_a_cook_would():
    order = map_order(sample_order("modifiers-in-every-place.json"))
    tart, pan, rosti, tea = order.items
    assert tart.variants == ("Groß",)
    assert chosen(tart) == [("Belag", "Räucherlachs", 1), ("Ohne", "ohne Zwiebeln", 1)]
    assert tart.special_request == "knusprig gebacken\nin vier Stücke geschnitten"
    assert [each.name for each in pan.modifiers] == ["?? 30d00003-0000-4000-8000-000000000003"]
    assert chosen(rosti) == [("Extras", "Spiegelei", 1), ("Extras", "Speck", 1)]
    assert chosen(tea) == [("Sorte", "Grün", 1)]
    assert len(unknown(order)) == len(order.alerts) == 1


names = st.sampled_from(["Ei", "Käse", "ei", "Speck", "ohne Ei"])
modifiers = st.fixed_dictionaries(
    {}, optional={"id": st.sampled_from("abc"), "label": names, "quantity": st.integers(1, 3)}
)
groups = st.lists(
    st.fixed_dictionaries(
        {"modifiers": st.lists(modifiers, max_size=3)},
        optional={"id": st.sampled_from("xy"), "name": st.sampled_from(["Extra", "Ohne"])},
    ),
    max_size=2,
)
lines = st.lists(st.builds(described, names, st.sampled_from(["", "Extra", "Ohne"])), max_size=4)


variants = st.none() | st.fixed_dictionaries({}, optional={"id": st.just("v"), "name": names})


@settings(max_examples=200)
@given(groups, groups, lines, variants)
def test_no_name_is_lost_and_no_nameless_id_goes_unseen(at_line, at_options, description, variant):
    line = with_options(modifierGroups=at_options, priceVariant=variant)
    order = mapped(line | {"modifierGroups": at_line, "descriptionLines": description})
    (only,) = order.items
    shown = [(each.group, each.name.casefold()) for each in only.modifiers]
    shown_texts = {text for _, text in shown} | {each.casefold() for each in only.variants}
    for each_group in (*at_line, *at_options):
        for each in each_group["modifiers"]:
            if "label" in each:
                assert each["label"].casefold() in shown_texts
                if label := each_group.get("name"):
                    assert (label, each["label"].casefold()) in shown
    for each in description:
        text, label = each["plainText"]["original"].casefold(), each["name"]["original"]
        assert (label, text) in shown if label else text in shown_texts
    for place in (at_line, at_options):
        entries = sum(len(each["modifiers"]) for each in place)
        assert len(only.modifiers) + len(only.variants) >= entries
