from __future__ import annotations

import copy
import json
from datetime import UTC, datetime

import pytest

from fake_wix.orders import placed_at, read_order, unwrap, with_new_id
from tests.support.wix import SAMPLES, raw_order, sample_names, sample_order

NOW = datetime(2026, 7, 3, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", sample_names())
def test_an_order_is_read_from_its_file(name):
    assert read_order(SAMPLES / name) == sample_order(name)


def test_an_order_may_come_bare():
    assert unwrap(raw_order()) == unwrap({"order": raw_order()}) == raw_order()


@pytest.mark.parametrize("content", [7, [], {}, {"order": {}}, {"order": 7}, {"id": ""}], ids=str)
def test_what_is_no_order_is_refused(content, tmp_path):
    path = tmp_path / "order.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="not a Wix order"):
        read_order(path)


def test_a_new_id_changes_nothing_else():
    for name in ("id", "_id"):
        order = {name: "old", "number": "1", "lineItems": []}
        new = with_new_id(order)
        assert new[name] != "old"
        assert new | {name: "old"} == order
    assert with_new_id(order, "77")["number"] == "77"


def test_an_order_placed_now_keeps_the_distance_of_its_promise():
    moved = placed_at(sample_order("pickup-asap-cash.json"), NOW)
    assert moved["createdDate"] == "2026-07-03T12:00:30.000Z"
    assert moved["updatedDate"] == "2026-07-03T12:00:30.635Z"
    logistics = moved["shippingInfo"]["logistics"]
    assert logistics["deliveryTimeSlot"]["from"] == "2026-07-03T12:30:00.000Z"
    assert logistics["deliveryTimeSlot"]["to"] == "2026-07-03T12:30:00.000Z"
    assert logistics["deliveryTime"] == "03.07.26 14:30"
    assert moved["shippingInfo"]["code"] == "PICKUP|ASAP"


def test_the_times_in_a_code_move_with_the_slot():
    moved = placed_at(sample_order("delivery-scheduled-paid.json"), NOW, "Europe/Zurich")
    slot = moved["shippingInfo"]["logistics"]["deliveryTimeSlot"]
    start, end = (datetime.fromisoformat(slot[name]).timestamp() for name in ("from", "to"))
    assert moved["shippingInfo"]["code"] == f"DELIVERY|{start * 1000:.0f}|{end * 1000:.0f}"
    assert moved["shippingInfo"]["logistics"]["deliveryTime"] == "04.07.26 00:18 - 00:48"


def test_the_original_stays_as_it_was():
    order = sample_order("delivery-scheduled-paid.json")
    before = copy.deepcopy(order)
    placed_at(order, NOW)
    with_new_id(order)
    assert order == before


def test_wording_that_is_no_plain_time_stays():
    order = sample_order("pickup-asap-cash.json")
    order["shippingInfo"]["logistics"]["deliveryTime"] = "bald"
    assert placed_at(order, NOW)["shippingInfo"]["logistics"]["deliveryTime"] == "bald"


def test_an_order_without_dates_or_shipping_stays():
    assert placed_at({"id": "1"}, NOW) == {"id": "1"}
    order = {"id": "1", "createdDate": "2025-01-01T00:00:00Z"}
    assert placed_at(order, NOW)["createdDate"] == "2026-07-03T12:00:30.000Z"
