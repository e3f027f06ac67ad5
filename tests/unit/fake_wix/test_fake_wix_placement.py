from __future__ import annotations

import pytest

from fake_wix import Event, Spelling
from fake_wix.server import Placement
from tests.support.wix import raw_order


def test_a_bare_order_is_created_and_approved_at_once():
    placement = Placement.of(raw_order())
    assert placement == Placement(raw_order(), (Event.CREATED, Event.APPROVED))


def test_every_wish_of_the_caller_is_heard():
    wishes = {
        "order": raw_order(),
        "events": ["approved", "payment-status"],
        "duplicates": 3,
        "disorder": True,
        "delay_s": 1.5,
        "spelling": "objects",
    }
    assert Placement.of(wishes) == Placement(
        raw_order(), (Event.APPROVED, Event.PAYMENT_STATUS), 3, True, 1.5, Spelling.OBJECTS
    )


def test_a_new_order_gets_a_new_id_number_and_time():
    order = raw_order(createdDate="2025-01-01T00:00:00.000Z")
    wishes = {"order": order, "new_id": True, "number": "7", "now": True}
    new = Placement.of(wishes).order
    assert new["id"] != order["id"]
    assert new["number"] == "7"
    assert new["createdDate"] > "2026"


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"order": 7},
        {"order": raw_order(), "events": ["eaten"]},
        {"order": raw_order(), "duplicates": 101},
        {"order": raw_order(), "duplicates": -1},
        {"order": raw_order(), "delay_s": "soon"},
        {"order": raw_order(), "spelling": "runes"},
    ],
    ids=range(7),
)
def test_what_makes_no_sense_is_refused(wishes):
    with pytest.raises(ValueError, match=r"."):
        Placement.of(wishes)
