"""What a text is about, by the names that lead to it: cooks read no telephone and no price."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bonfire.order import Topic

# How to find or to call somebody, in four languages: the fields of Wix and of apps as programs call
# them (`addressLine3`, `mobile_phone`), and the questions of a checkout as owners word them. All is
# searched in lower case and without accents.
_ANYWHERE: Final = (
    *("phone", "telefon", "mobil", "handy", "natel", "portable", "whatsapp", "mail", "cellula"),
    *("contact", "kontakt", "recapit", "ruckruf", "rueckruf", "anruf", "callback"),
    *("recipient", "billing", "destination", "addres", "adress", "indirizz", "street", "strasse"),
    *("postal", "postcode", "postleitzahl", "lieferort", "wohnort", "numero civico"),
    *("hausnummer", "stockwerk", "obergeschoss", "wohnung", "apartment", "appartement"),
    *("appartament", "zimmernummer", "batiment", "immeuble"),
    *("klingel", "sonnette", "buzzer", "intercom", "interphone", "campanello", "citofono"),
    *("entrance", "hauseingang", "digicode", "turcode", "tuercode", "doorcode"),
)
# Only whole: a hotel has a "tel" in it, and an "entrée" is a dish unless there is a code for it.
_WORDS: Final = (
    *("tel", "telnr", "telno", "cell", "zip", "plz", "city", "ville", "rue", "str", "apt"),
    *("door", "floor", "building", "etage", "piano", r"haus\W{0,2}nr", r"zimmer\W{0,2}nr"),
    *(r"room\W{0,2}(?:no|number)", r"call (?:me|us|you)", r"reach (?:me|us|you)"),
    *(r"(?:entry|gate|access) code", r"code\W(?:\w{1,2}\W){0,3}(?:entree|porte|portail|acces)"),
    *(r"codice\W(?:\w{1,5}\W){0,2}(?:porta|portone|cancello)",),
)
_CONTACT: Final = re.compile(
    rf"^via\b|{'|'.join(_ANYWHERE)}|(?<![^\W\d_])(?:{'|'.join(_WORDS)})(?![^\W\d_])"
)
# The same with the whole word around it, and the words that only join such words.
_CONTACT_WORD: Final = re.compile(
    rf"[^\W\d_]*(?:{'|'.join(_ANYWHERE)})[^\W\d_]*"
    rf"|(?<![^\W\d_])(?:via|{'|'.join(_WORDS)})(?![^\W\d_])"
)
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_BESIDE: Final = frozenset(
    (
        *("und", "oder", "fur", "bei", "am", "an", "im", "in", "der", "die", "das", "den", "dem"),
        *("des", "ihr", "ihre", "ihrer", "dein", "deine", "bitte", "zur", "zum", "auf", "nummer"),
        *("nr", "no", "name", "ruckfrage", "ruckfragen", "rueckfragen", "lieferung", "fahrer"),
        *("haus", "og", "eg", "stock", "ebene", "code", "abweichende", "andere"),
        *("and", "or", "for", "at", "the", "to", "of", "on", "your", "our", "you", "we", "us"),
        *("me", "please", "number", "delivery", "driver", "house", "level", "other", "different"),
        *("et", "ou", "pour", "le", "la", "les", "de", "du", "votre", "vos", "au", "aux", "en"),
        *("numero", "livraison", "livreur", "maison", "autre"),
        *("il", "lo", "gli", "per", "del", "della", "di", "tuo", "vostro", "consegna"),
        *("casa", "scala", "interno", "altro"),
    )
)
_TELEPHONE: Final = re.compile(
    r"(?:(?:tel|telefon|phone|mobil|mobile|handy|natel)\W{0,3})?"
    r"[+(]{0,2}\d[\d\s/.()\u2010-\u2015-]{5,40}",
    re.IGNORECASE,
)
_FEWEST_DIGITS: Final = 7  # of a telephone number
# A day, or from when till when: as many digits, and for the kitchen.
_DAY: Final = r"(?:\d{1,2}([./-])\s?\d{1,2}\1\s?(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)"
_TIME: Final = r"\d{1,2}[.:]\d\d"
_WHEN: Final = re.compile(
    rf"{_DAY}(?:\s+{_TIME})?|{_TIME}\s*[\u2010-\u2015-]\s*{_TIME}",
)
_MONEY: Final = re.compile(
    r"price|preis|prix|prezz|cost|amount|betrag|charge|total|discount|rabatt|sconto|surcharge"
    r"|zuschlag|supplement|(?<![^\W\d_])(?:fee|tax|tip|sum|net|gross)s?(?![^\W\d_])",
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


def topic_of(names: Sequence[str], text: str) -> Topic:
    """Of a text in fields that nobody knows; `names` are those around it, from the outermost."""
    path = _path(names)
    return Topic.CONTACT if _CONTACT.search(path) else _price_or_not(path, text)


def topic_at_dish(names: Sequence[str], text: str) -> Topic:
    """As `topic_of`, where `streetFoodStyle` may be how to cook it: a contact has a number."""
    path = _path(names)
    is_contact = _CONTACT.search(path) and _NUMBERED.search(text)
    return Topic.CONTACT if is_contact else _price_or_not(path, text)


def topic_of_answer(question: str, answer: str) -> Topic:
    """An answer that helps to find the guest is for who goes there, or the only ticket's.

    What else is asked in the same breath ("Wishes / telephone") may be answered with a wish, and
    that is the cook's: it is kept from him only if there is nothing in it but how to find somebody.
    """
    if _is_telephone(answer.strip()):
        return Topic.HANDOVER
    asked = _plain(question)
    if not _CONTACT.search(asked):
        return Topic.ORDER
    finds = not _says_more(asked) or (_NUMBERED.search(answer) and not _says_more(_plain(answer)))
    return Topic.HANDOVER if finds else Topic.ORDER


def _says_more(plain: str) -> bool:
    """Whether there is a word that has nothing to do with finding somebody."""
    without = _CONTACT_WORD.sub(" ", plain)
    return any(word not in _BESIDE for word in _LETTERS.findall(without))


def _is_telephone(text: str) -> bool:
    if not _TELEPHONE.fullmatch(text) or _WHEN.fullmatch(text):
        return False
    return sum(character.isdigit() for character in text) >= _FEWEST_DIGITS


def _path(names: Sequence[str]) -> str:
    return _plain(" ".join(name[:_NAME_CHARACTERS] for name in names))


def _plain(written: str) -> str:
    """As it is written, and word by word; in lower case and without accents."""
    both = unicodedata.normalize("NFKD", f"{written} {_HUMP.sub(' ', written)}".casefold())
    return "".join(character for character in both if not unicodedata.combining(character))


def _price_or_not(path: str, text: str) -> Topic:
    """More than a sum is a price only where the field is called so: "12 EUR, no onions"."""
    said = text.strip()
    is_sum = _SUM.fullmatch(said)
    if is_sum or (_MONEY.search(path) and (_AMOUNT.fullmatch(said) or _SUM.search(said))):
        return Topic.PRICE
    return Topic.ORDER
