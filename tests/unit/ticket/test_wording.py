"""What the shop calls the way and the time prints where it says more than our own words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pytest

from bonfire.order import Fulfilment, FulfilmentKind, Promise
from print_agent.ticket.wording import promise_says_more, title_says_more
from tests.support.wix import sample_names, sample_order

EVENING: Final = datetime(2025, 11, 20, 19, 5)  # noqa: DTZ001 -- only its clock is looked at
NOON: Final = datetime(2025, 11, 20, 12, 30)  # noqa: DTZ001
MIDNIGHT: Final = datetime(2025, 11, 20, 0, 15)  # noqa: DTZ001

PICKUP, DELIVERY, DINE_IN = (
    FulfilmentKind.PICKUP,
    FulfilmentKind.DELIVERY,
    FulfilmentKind.DINE_IN,
)


@pytest.mark.parametrize(
    ("kind", "title", "table"),
    [
        (PICKUP, "", ""),
        (PICKUP, "Abholung", ""),
        (PICKUP, " Pick-up ", ""),
        (PICKUP, "Take away", ""),
        (PICKUP, "Zum Mitnehmen", ""),
        (PICKUP, "À emporter", ""),
        (PICKUP, "Click & Collect", ""),
        (PICKUP, "Ritiro in negozio", ""),
        (DELIVERY, "Livraison à domicile", ""),
        (DELIVERY, "Consegna a domicilio", ""),
        (DINE_IN, "Servizio al tavolo", ""),
        (DINE_IN, "Table 7", "7"),
        (DINE_IN, "Tavolo 7", "7"),
        (DELIVERY, "LIEFERUNG", ""),
        (DELIVERY, "Lieferung nach Hause", ""),
        (DINE_IN, "Im Gasthaus", ""),
        (DINE_IN, "Dine-in", ""),
        (DINE_IN, "Tisch 7", "7"),
        (PICKUP, "Table: 7", "7"),
    ],
)
def test_a_word_for_the_kind_or_the_table_says_no_more(kind, title, table):
    assert not title_says_more(Fulfilment(kind=kind, title=title, table=table))


@pytest.mark.parametrize(
    ("kind", "title", "table"),
    [
        (PICKUP, "Lieferung", ""),
        (DELIVERY, "Abholung", ""),
        (PICKUP, "Abholung am Hintereingang", ""),
        (DINE_IN, "Tisch: Garten", ""),
        (DINE_IN, "Tisch 7", "8"),
        (DINE_IN, "Garten, Tisch 7", "7"),
        (FulfilmentKind.UNKNOWN, "Abholung", ""),
    ],
)
def test_any_other_title_does(kind, title, table):
    assert title_says_more(Fulfilment(kind=kind, title=title, table=table))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", EVENING),
        ("20.11.25 19:05", EVENING),
        ("20.11.25 19:05 - 19:35", EVENING),
        ("Donnerstag, 20. November 2025 um 19.05 Uhr", EVENING),
        ("Nov 20, 2025, 7:05 PM", EVENING),
        ("jeudi 20 novembre 2025 à 19h05", EVENING),
        ("giovedì 20 novembre 2025, ore 19:05", EVENING),
        ("12:30 p.m.", NOON),
        ("12:15 AM", MIDNIGHT),
        ("00:15", MIDNIGHT),
    ],
)
def test_the_same_time_in_other_words_says_no_more(text, start):
    assert not promise_says_more(Promise(text=text), start)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("nach dem Film", EVENING),
        ("20.11.25 19:05, nach dem Film", EVENING),
        ("ASAP", EVENING),
        ("19:50", EVENING),
        ("119:05", EVENING),
        ("19:05", None),
        ("3 - 5 business days", None),
    ],
)
def test_another_time_or_any_other_word_does(text, start):
    assert promise_says_more(Promise(text=text), start)


def test_as_soon_as_possible_is_no_more_than_that():
    assert not promise_says_more(Promise(asap=True, text="As soon as possible"), EVENING)
    assert not promise_says_more(Promise(asap=True, text="Dès que possible"), EVENING)
    assert not promise_says_more(Promise(asap=True, text="Il prima possibile"), EVENING)
    assert promise_says_more(Promise(asap=True, text="as soon as the film ends"), EVENING)
    assert promise_says_more(Promise(asap=True, text="après le film"), EVENING)


@pytest.mark.parametrize("name", sample_names())
def test_the_titles_of_the_sample_orders_are_words_for_their_kind(name):
    shipping = sample_order(name)["shippingInfo"]
    kind = FulfilmentKind(shipping["code"].partition("|")[0].lower())
    assert not title_says_more(Fulfilment(kind=kind, title=shipping["title"]))
