"""What a text is about, by the names that lead to it: cooks read no telephone and no price."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bonfire.order import Topic

# Fields of Wix and of apps, as programs call them: `addressLine3`, `mobile_phone`.
_CONTACT: Final = re.compile(
    r"phone|mobile|whatsapp|mail|contact|recipient|billing|destination|addres|street|postal"
    r"|postcode|buzzer|intercom|entrance|telefon|handy|adress|indirizz|stra(?:ss|ß)e|klingel"
    r"|(?<![^\W\d_])(?:tel|zip|city|door|floor|apt|apartment|building)(?![^\W\d_])",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(
    r"price|preis|prix|prezz|cost|amount|betrag|charge|total|discount|rabatt|sconto|surcharge"
    r"|zuschlag|suppl[eé]ment|(?<![^\W\d_])(?:fee|tax|tip|sum|net|gross)s?(?![^\W\d_])",
    re.IGNORECASE,
)
_NAME_CHARACTERS: Final = 80  # of one name; programs have no longer ones
# The boundaries of words in `whatsAppNumber`.
_HUMP: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])")

_NUMBERED: Final = re.compile(r"\d|@")
_NUMBER: Final = r"[+-]?\d[\d.,'\u2019\u00a0\u202f ]{0,20}(?:[.,]?[-\u2013]{1,2})?"
_CURRENCY: Final = (
    r"(?:€|£|\$|¥|₺|₪|zł|Kč|EUR(?:OS?)?|CHF|USD|GBP|S?Fr\.?|PLN|CZK|DKK|SEK|NOK|kr\.?)"
)
_SUM: Final = re.compile(
    rf"{_CURRENCY}\s{{0,2}}{_NUMBER}|{_NUMBER}\s{{0,2}}{_CURRENCY}(?![^\W\d_])", re.IGNORECASE
)
_AMOUNT: Final = re.compile(_NUMBER)

# Questions of the checkout, as owners word them in four languages.
_ABOUT_THE_DOOR: Final = re.compile(
    r"phone|telefon|handy|mobil|portable|whatsapp|mail|adress|address|indirizz|street|stra(?:ss|ß)e"
    r"|klingel|sonnette|buzzer|interphone|digicode|t(?:ü|ue)rcode|door code|campanello|citofono",
    re.IGNORECASE,
)


def topic_of(names: Sequence[str], text: str) -> Topic:
    """Of a text in fields that nobody knows; `names` are those around it, from the outermost."""
    path = _path(names)
    return Topic.CONTACT if _CONTACT.search(path) else _price_or_not(path, text)


def topic_at_dish(names: Sequence[str], text: str) -> Topic:
    """As `topic_of`, where `streetFoodStyle` may be how to cook it: a contact has a number."""
    path = _path(names)
    is_contact = _CONTACT.search(path) and _NUMBERED.search(text)
    return Topic.CONTACT if is_contact else _price_or_not(path, text)


def topic_of_answer(question: str) -> Topic:
    """An answer that helps to find the guest is for who goes there, or the only ticket's."""
    return Topic.HANDOVER if _ABOUT_THE_DOOR.search(question) else Topic.ORDER


def _path(names: Sequence[str]) -> str:
    """As they are written, and word by word."""
    written = " ".join(name[:_NAME_CHARACTERS] for name in names)
    return f"{written} {_HUMP.sub(' ', written)}"


def _price_or_not(path: str, text: str) -> Topic:
    """More than a sum is a price only where the field is called so: "12 EUR, no onions"."""
    said = text.strip()
    is_sum = _SUM.fullmatch(said)
    if is_sum or (_MONEY.search(path) and (_AMOUNT.fullmatch(said) or _SUM.search(said))):
        return Topic.PRICE
    return Topic.ORDER
