"""Amounts as people at the location write them: 34.50 or 34,50."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from bonfire.order import Item, Modifier, Money
from print_agent.ticket.words import Words

# A larger number, or a finer one, is no price: it is printed as it came, and nothing is computed.
_MOST_DIGITS: Final = 12
_WITHOUT_CENTS: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "VND"})
# Written with a point in every language that is spoken there.
_WITH_A_POINT: Final = frozenset({"CHF"})


def written(money: Money, words: Words) -> str:
    """Without its currency."""
    if not _is_a_price(money.amount):
        return str(money.amount)
    currency = money.currency.strip().upper()
    places = max(-_exponent(money.amount), 0 if currency in _WITHOUT_CENTS else 2)
    mark = "." if currency in _WITH_A_POINT else words.decimal_mark
    return f"{money.amount:.{places}f}".replace(".", mark)


def with_currency(money: Money, words: Words) -> str:
    """`34.50 EUR`, or without what the shop did not say."""
    return f"{written(money, words)} {money.currency}".strip()


def line_price(item: Item, words: Words) -> str:
    """Of all of them, or `3x 1E+40` where nothing is computed; empty where it is not known."""
    if item.price is None:
        return ""
    if not _is_a_price(item.price.amount):
        each = written(item.price, words)
        return f"{item.quantity}x {each}" if item.quantity > 1 else each
    whole = item.price.amount * item.quantity
    return written(item.price.model_copy(update={"amount": whole}), words)


def surcharge(modifier: Modifier, words: Words) -> str:
    """`(+1.50)`, of one; empty where there is none."""
    price = modifier.price
    if price is None or not price.amount:
        return ""
    sign = "+" if price.amount > 0 else ""
    return f"({sign}{written(price, words)})"


def _is_a_price(amount: Decimal) -> bool:
    return (
        amount.is_finite()
        and amount.adjusted() < _MOST_DIGITS
        and _exponent(amount) > -_MOST_DIGITS
    )


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
