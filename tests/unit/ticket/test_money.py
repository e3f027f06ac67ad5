"""Amounts as people write them; payment that nobody has to guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.order import Item, Modifier, Money, Payment, PaymentStatus
from print_agent.ticket.money import line_price, surcharge, with_currency, written
from print_agent.ticket.payment import Due, due
from print_agent.ticket.words import ENGLISH, FRENCH, GERMAN, ITALIAN

UNKNOWN, PAID, NOT_PAID = PaymentStatus.UNKNOWN, PaymentStatus.PAID, PaymentStatus.NOT_PAID
PARTLY, REFUNDED = PaymentStatus.PARTLY_PAID, PaymentStatus.REFUNDED


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize("words", [GERMAN, FRENCH, ITALIAN])
def test_most_of_the_continent_writes_a_comma(words):
    assert written(money("34.5"), words) == "34,50"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (money("34.5"), "34.50"),
        (money("7"), "7.00"),
        (money("0"), "0.00"),
        (money("-2.5"), "-2.50"),
        (money("1234.5"), "1234.50"),
        (money("1.125"), "1.125"),
        (money("1200", "JPY"), "1200"),
        (money("1E+3"), "1000.00"),
        (money("34.5", ""), "34.50"),
        (money("1E+40"), "1E+40"),
        (money("1E-40"), "1E-40"),
    ],
)
def test_an_amount_keeps_its_value(amount, shown):
    assert written(amount, ENGLISH) == shown


def test_a_franc_has_a_point_in_every_language():
    assert written(money("34.5", "CHF"), GERMAN) == "34.50"
    assert written(money("34.5", "chf "), FRENCH) == "34.50"


def test_a_currency_that_the_shop_did_not_say_leaves_no_trace():
    assert with_currency(money("34.5"), GERMAN) == "34,50 EUR"
    assert with_currency(money("34.5", ""), GERMAN) == "34,50"


def test_the_price_of_a_line_is_that_of_all_of_them():
    assert line_price(Item(name="Cola", quantity=3, price=money("3.9")), GERMAN) == "11,70"
    assert line_price(Item(name="Cola"), GERMAN) == ""


def test_a_number_that_is_no_price_is_printed_as_it_came_and_not_multiplied():
    assert line_price(Item(name="Cola", price=money("1E+40")), GERMAN) == "1E+40"
    assert line_price(Item(name="Cola", quantity=2, price=money("1E+40")), GERMAN) == "2x 1E+40"


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (money("1.5"), "(+1,50)"),
        (money("-1"), "(-1,00)"),
        (money("0"), ""),
        (None, ""),
        (money("1E+40"), "(+1E+40)"),
    ],
)
def test_a_choice_says_what_it_costs_more(price, said):
    assert surcharge(Modifier(name="Käse", price=price), GERMAN) == said


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(1, 999_999))
def test_no_amount_is_too_strange_to_be_written(amount, quantity):
    price = Money(amount=amount, currency="EUR")
    assert written(price, GERMAN)
    line_price(Item(name="x", quantity=quantity, price=price), GERMAN)


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (None, Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(status=UNKNOWN, total=money("9")), Due("ZAHLUNG UNKLAR: FRAGEN", "9,00 EUR")),
        (Payment(status=PAID, total=money("9")), Due("BEZAHLT", loud=False)),
        (Payment(status=PAID, to_collect=money("2")), Due("REST KASSIEREN", "2,00 EUR")),
        (Payment(status=PAID, to_collect=money("0")), Due("BEZAHLT", loud=False)),
        (Payment(status=PARTLY, to_collect=money("2")), Due("REST KASSIEREN", "2,00 EUR")),
        (Payment(status=PARTLY, total=money("9")), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (
            Payment(status=NOT_PAID, total=money("9"), to_collect=money("9")),
            Due("KASSIEREN", "9,00 EUR"),
        ),
        (Payment(status=NOT_PAID, total=money("9")), Due("NICHT BEZAHLT: FRAGEN", "9,00 EUR")),
        (Payment(status=NOT_PAID), Due("NICHT BEZAHLT: FRAGEN")),
        (Payment(status=NOT_PAID, total=money("0")), Due("NICHTS KASSIEREN", loud=False)),
        (Payment(status=REFUNDED, total=money("9")), Due("ERSTATTET: FRAGEN")),
        (
            Payment(status=NOT_PAID, total=money("9"), to_collect=money("0")),
            Due("NICHT BEZAHLT: FRAGEN", "9,00 EUR"),
        ),
        (
            Payment(status=NOT_PAID, total=money("0"), to_collect=money("0")),
            Due("NICHTS KASSIEREN", loud=False),
        ),
        (Payment(status=PARTLY, to_collect=money("0")), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(status=UNKNOWN, to_collect=money("-5")), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(status=PAID, to_collect=money("-5")), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(status=PARTLY, to_collect=money("-5")), Due("ZAHLUNG UNKLAR: FRAGEN")),
        (Payment(status=NOT_PAID, to_collect=money("-5")), Due("ZAHLUNG UNKLAR: FRAGEN")),
    ],
)
def test_nobody_pays_twice_or_not_at_all_by_a_guess(payment, said):
    assert due(payment, GERMAN) == said
