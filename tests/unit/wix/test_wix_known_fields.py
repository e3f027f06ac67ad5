"""The table of the fields that an order is known to have, held against the readers."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.order import Order
from order_ingest.wix.mapping import map_order
from order_ingest.wix.mapping.items import SHOP_APPS
from order_ingest.wix.mapping.unread import LINE_ITEM, ORDER, Fields
from tests.support.wix import said, sample_names, sample_order

TEXT = "bitte ohne Nüsse"

Path = tuple[str, ...]


LISTS = ("customFields", "descriptionLines", "forms", "lineItems", "modifierGroups", "modifiers")


def planted(path: Path, value: Any) -> dict[str, Any]:
    """An order of nothing else than `value` in this place."""
    for name in reversed(path[1:]):
        value = {name: [value] if name in LISTS else value}
    first = [value] if path[0] in LISTS else value
    return ({} if path == ("_id",) else {"id": "x"}) | {path[0]: first}


def places(fields: Fields, path: Path, names: Callable[[Fields], frozenset[str]]) -> Iterator[Path]:
    """The path to each field of this table and of those inside it."""
    yield from ((*path, name) for name in sorted(names(fields)))
    for name, inside in fields.inside:
        yield from places(inside, (*path, name), names)


READ = [
    *places(ORDER, (), lambda fields: fields.read - {"lineItems"}),
    *places(LINE_ITEM, ("lineItems",), lambda fields: fields.read),
]


@pytest.mark.parametrize("path", READ, ids=".".join)
def test_what_the_table_calls_read_is_shown_or_an_alert(path):
    order = map_order(planted(path, TEXT))
    assert TEXT in said(order) or is_alert_of(path, order)


def is_alert_of(path: Path, order: Order) -> bool:
    """Whether an alert names this place or the object that holds it."""
    named = {re.sub(r"\[\d+\]|:.*", "", alert.detail) for alert in order.alerts}
    holders = {".".join(("order", *path[:end])) for end in range(len(path) + 1)}
    return bool(named & (holders - {"order", "order.lineItems"}))


def inner_objects(
    value: Any, fields: Fields | None, path: Path = ()
) -> Iterator[tuple[Path, dict[str, Any], frozenset[str]]]:
    """Each object in an order that the table does not ignore, with its path and known fields."""
    if isinstance(value, list):
        for inner in value:
            yield from inner_objects(inner, fields, path)
    if not isinstance(value, dict) or is_shop_good(value):
        return
    yield path, value, fields.names if fields else frozenset()
    tables = dict(fields.inside) if fields else {}
    for name, inner in value.items():
        if not fields or name not in fields.ignored:
            table = LINE_ITEM if (*path, name) == ("lineItems",) else tables.get(name)
            yield from inner_objects(inner, table, (*path, name))


def is_shop_good(line: dict[str, Any]) -> bool:
    reference = line.get("catalogReference")
    return isinstance(reference, dict) and reference.get("appId") in SHOP_APPS


SAMPLES = [sample_order(name) for name in sample_names()]


def test_of_the_sample_orders_only_these_objects_are_not_looked_into():
    """The complement of the next test: what it leaves out, by name."""
    ignored = set()
    for sample in SAMPLES:
        for path, value, _ in inner_objects(sample, ORDER):
            looked = {inner for inner, _, _ in inner_objects(sample, ORDER)}
            holding = {
                (*path, name) for name, v in value.items() if v and isinstance(v, dict | list)
            }
            ignored |= holding - looked
    assert {".".join(path) for path in ignored} == {
        "balanceSummary.paid",
        "billingInfo",
        "businessLocation",
        "buyerInfo",
        "channelInfo",
        "lineItems.lineItemPrice",
        "lineItems.modifierGroups.modifiers.price",
        "lineItems.price",
        "payNow",
        "priceSummary",
        "shippingInfo.cost",
        "shippingInfo.region",
        "taxInfo",
    }


LIKELY = "note comment text name label title description message original options value street"


@st.composite
def orders_with_a_new_field(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A sample order with a text somewhere in a field that the table does not know."""
    order = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    _, holder, known = draw(st.sampled_from(list(inner_objects(order, ORDER))))
    free = known | holder.keys()
    name = draw(
        st.one_of(st.sampled_from(LIKELY.split()), st.text()).filter(lambda name: name not in free)
    )
    text = f"«{draw(st.text(max_size=100))}»"
    nest: Callable[[Any], Any] = draw(
        st.sampled_from(
            [lambda t: t, lambda t: [t], lambda t: {"original": t}, lambda t: [[{"": t}]]]
        )
    )
    holder[name] = nest(text)
    return order, text


@settings(max_examples=400)
@given(orders_with_a_new_field())
def test_a_text_in_any_new_field_of_any_object_of_an_order_is_in_the_mapped_order(case):
    raw, text = case
    assert text in said(map_order(raw))
