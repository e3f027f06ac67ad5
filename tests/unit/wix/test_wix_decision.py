from __future__ import annotations

from typing import Any

import pytest

from order_ingest.wix.decision import Action, decide
from order_ingest.wix.envelope import EventKind, WixEvent
from order_ingest.wix.mapping import map_order
from tests.support.wix import STORES, raw_line, raw_order


def action(kind: EventKind, *, anonymized: bool = False, **fields: Any) -> Action:
    order = raw_order(**fields)
    event = WixEvent("e", "t", kind.value, kind, "i", "o", 1, None, anonymized, order)
    return decide(event, map_order(order))


def test_an_approved_event_prints_whatever_its_snapshot_says():
    for status in ("APPROVED", "INITIALIZED", "PENDING", "BAKED", None):
        assert action(EventKind.APPROVED, status=status) is Action.PRINT


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.CANCELED])
def test_an_approved_order_prints_in_whatever_event_it_is_found(kind):
    assert action(kind, status="APPROVED") is Action.PRINT


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING", "BAKED", None])
@pytest.mark.parametrize("kind", [EventKind.CREATED, EventKind.UPDATED, EventKind.OTHER])
def test_an_order_that_is_not_approved_is_stored_only(kind, status):
    assert action(kind, status=status) is Action.STORE


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_a_cancelled_order_is_never_printed(kind, status):
    assert action(kind, status=status) is Action.CANCEL


def test_a_cancelling_event_cancels_whatever_its_snapshot_says():
    assert action(EventKind.CANCELED, status="APPROVED") is Action.CANCEL


@pytest.mark.parametrize("payment", ["NOT_PAID", "PENDING", "PAID", "BARTER", None])
@pytest.mark.parametrize("fulfilment", ["FULFILLED", "NOT_FULFILLED", None])
def test_neither_payment_nor_fulfilment_decides(payment, fulfilment):
    fields = {"paymentStatus": payment, "fulfillmentStatus": fulfilment}
    assert action(EventKind.APPROVED, **fields) is Action.PRINT


@pytest.mark.parametrize("kind", EventKind)
def test_the_erasing_of_a_persons_data_never_prints(kind):
    assert action(kind, anonymized=True) is Action.IGNORE


def test_an_event_without_an_order_is_ignored():
    event = WixEvent("e", "t", "updated", EventKind.OTHER, "i", "o", 1, None, False, None)
    assert decide(event, None) is Action.IGNORE


def test_shop_goods_alone_do_not_print_but_an_order_without_lines_does():
    goods = raw_line(catalogReference={"appId": STORES})
    assert action(EventKind.APPROVED, lineItems=[goods]) is Action.STORE
    assert action(EventKind.APPROVED, lineItems=[goods, raw_line()]) is Action.PRINT
    assert action(EventKind.APPROVED, lineItems=[]) is Action.PRINT
