from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bonfire.order import AlertCode, Customer, Money, Payment, PaymentStatus
from order_ingest.wix.mapping import map_order
from tests.support.wix import raw_order


def contact(**details: str) -> dict[str, Any]:
    return {"contactDetails": details}


def customer(recipient: Any = None, destination: Any = None, billing: Any = None) -> Customer:
    logistics = {"shippingDestination": destination}
    return map_order(
        raw_order(
            recipientInfo=recipient,
            shippingInfo={"code": "DINE_IN|ASAP", "logistics": logistics},
            billingInfo=billing,
        )
    ).customer


def test_each_detail_is_the_recipients_and_the_destinations_else_the_payers():
    found = customer(
        contact(firstName="Zoë", lastName="", phone="1"),
        contact(firstName="Ben", phone="2", company=" "),
        contact(firstName="Cem", phone="3", company="Büro Süd"),
    )
    assert found == Customer(name="Zoë / Ben", phone="1 / 2", company="Büro Süd")
    assert customer(billing=contact(lastName="Öz")).name == "Öz"


def test_what_recipient_and_destination_agree_on_is_said_once():
    same = contact(firstName="Zoë", phone="1")
    assert customer(same, same) == Customer(name="Zoë", phone="1")


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("+49 170 1", "+491701", "+49 170 1"),
        ("(030) 23-125/017", "030 23125017", "(030) 23-125/017"),
        ("030 1", "030 2", "030 1 / 030 2"),
        ("030 1", "030 1 (ring twice)", "030 1 / 030 1 (ring twice)"),
        ("-", "?", "- / ?"),
    ],
)
def test_two_spellings_of_a_phone_number_are_said_once(one, other, shown):
    assert customer(contact(phone=one), contact(phone=other)).phone == shown


def test_a_name_may_be_written_in_one_piece():
    assert customer(contact(fullName="Zoë Öz")).name == "Zoë Öz"
    assert customer(contact(firstName="Zoë", lastName="Öz")).name == "Zoë Öz"


def test_a_very_long_name_is_cut_with_an_alert():
    order = map_order(raw_order(recipientInfo=contact(firstName="A" * 1500, lastName="B" * 1500)))
    assert len(order.customer.name) == 2000
    assert [alert.code for alert in order.alerts] == [AlertCode.TOO_LONG]


@pytest.mark.parametrize("code", ["PICKUP|ASAP", "DELIVERY|ASAP"])
def test_somebody_without_a_name_is_an_alert_unless_at_a_table(code):
    there = {"shippingDestination": {"address": {"city": "Lindenbruck"}}} if "DEL" in code else {}
    shipping = {"code": code, "logistics": there}
    order = map_order(raw_order(recipientInfo=None, shippingInfo=shipping))
    assert [(alert.code, alert.detail) for alert in order.alerts] == [
        (AlertCode.MISSING_FIELD, "order.recipientInfo")
    ]
    at_table = {"code": "DINE_IN|ASAP"}
    assert map_order(raw_order(recipientInfo=None, shippingInfo=at_table)).alerts == ()


def test_people_of_the_wrong_type_are_an_alert():
    order = map_order(raw_order(recipientInfo="Erika", billingInfo=[1]))
    details = {alert.detail for alert in order.alerts if alert.code is AlertCode.UNREADABLE_FIELD}
    assert details == {"order.recipientInfo", "order.billingInfo"}


def payment(status: str | None, **fields: Any) -> Payment:
    """The payment of an order that raises no alert."""
    total = {"priceSummary": {"total": {"amount": "30.00"}}}
    order = map_order(raw_order(**{"paymentStatus": status} | total | fields))
    assert order.alerts == ()
    return order.payment


def euro(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def balance(amount: Any) -> dict[str, Any]:
    return {"balanceSummary": {"balance": {"amount": amount}}}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PAID", "paid"),
        ("NOT_PAID", "not_paid"),
        ("DECLINED", "not_paid"),
        ("CANCELED", "not_paid"),
        ("PARTIALLY_REFUNDED", "refunded"),
        ("FULLY_REFUNDED", "refunded"),
        ("PENDING", "unknown"),
        ("PENDING_MERCHANT", "unknown"),
        ("UNSPECIFIED", "unknown"),
        (None, "unknown"),
    ],
)
def test_every_word_for_a_payment_is_known(word, status):
    assert payment(word).status == status


def test_a_new_word_for_a_payment_is_an_alert():
    order = map_order(raw_order(paymentStatus="BARTER"))
    assert order.payment.status is PaymentStatus.UNKNOWN
    assert [(alert.code, alert.detail) for alert in order.alerts] == [
        (AlertCode.UNKNOWN_VALUE, "order.paymentStatus")
    ]


def test_the_balance_is_to_be_collected():
    assert payment("NOT_PAID", **balance("132.00")).to_collect == euro("132.00")
    assert payment("PARTIALLY_PAID", **balance("5.50")).to_collect == euro("5.50")
    assert payment("PENDING", **balance("5.50")).to_collect == euro("5.50")


@pytest.mark.parametrize("amount", ["0", "0.00", "-1.00", 0])
def test_nothing_is_to_be_collected_when_the_balance_is_gone(amount):
    assert payment("PAID", **balance(amount)).to_collect is None
    assert payment("NOT_PAID", **balance(amount)).to_collect is None


def test_without_a_balance_the_whole_of_an_unpaid_order_is_to_be_collected():
    assert payment("NOT_PAID").to_collect == euro("30.00")
    assert payment("PAID").to_collect is None


@pytest.mark.parametrize(
    "fields",
    [
        {"paymentStatus": "PARTIALLY_PAID"},
        {"paymentStatus": "NOT_PAID"},
        {"paymentStatus": "NOT_PAID", **balance("viel")},
    ],
)
def test_an_open_amount_that_nobody_tells_is_an_alert(fields):
    order = map_order(raw_order(**fields))
    assert order.payment.to_collect is None
    assert (AlertCode.MISSING_FIELD, "order.balanceSummary.balance") in [
        (alert.code, alert.detail) for alert in order.alerts
    ]


@pytest.mark.parametrize(
    "summary",
    [
        {"priceSummary": {"total": {"amount": "9.00"}}},
        {"priceSummary": {"totalPrice": {"amount": "9.00"}}},
        {"payNow": {"total": {"amount": "9.00"}}},
    ],
)
def test_the_total_is_read_from_where_it_stands(summary):
    order = map_order(raw_order(**{"priceSummary": None} | summary))
    assert order.payment.total == euro("9.00")
