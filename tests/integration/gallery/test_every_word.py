"""Whatever the guest writes, every word of it is on the paper of at least one ticket.

The one exception are the stated limits: what they cut is missed, and the ticket says where it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bonfire.messages import PrintJob
from bonfire.order import (
    Address,
    Customer,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Modifier,
    Money,
    Order,
    Payment,
    PaymentStatus,
    Section,
)
from bonfire.sanitiser import clean_line
from gallery.profiles import PAPERS, PROFILES
from print_agent.ticket import Profile
from print_agent.ticket.guest_text import NOTE_CHARACTERS
from tests.support.order_words import asks_to_read_online, planned, printed, reading, texts, words

_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyzäöüßéèàçñøåÄÖÜÉ",
    "ąćęłńśźżğışțűőčřž",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгдежзийклмнопрстуфхцчшщыэюя",
    "北京烤鸭葱油拌面不要香菜少辣",
    "ラーメンうどんねぎ抜き天",
    "กขคงจฉชซญดตถทธนบปผพมยรลวสหอ",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "비빔밥김치된장찌개",
    "0123456789",
)
_HIDDEN: Final = "\u200b\u200e\u202e\u2066\u2069\ufeff\u00ad\x00\x07\x1b\x1d\x7f\x9b"
_EMOJI: Final = st.sampled_from(["🥜", "🌶", "❤", "🇩🇪", "👍🏽"])


def _spoiled(letters: list[str], hidden: str) -> str:
    """With characters between its letters that have no shape."""
    return hidden.join(letters)


_WORD: Final = st.one_of(
    *(
        st.builds(
            _spoiled,
            st.lists(st.sampled_from(alphabet), min_size=1, max_size=14),
            st.sampled_from(["", "", "", *_HIDDEN]),
        )
        for alphabet in _ALPHABETS
    ),
    _EMOJI,
)
_PHRASE: Final = st.lists(_WORD, min_size=1, max_size=6).map(" ".join)
_MAYBE: Final = st.one_of(st.just(""), _PHRASE)
_LONG: Final = st.lists(_WORD, min_size=20, max_size=40).map(" ".join).map(lambda text: text[:300])
_LABELLED: Final = st.builds(LabelledText, label=_MAYBE, text=_PHRASE)
_MODIFIER: Final = st.builds(Modifier, name=_PHRASE, group=_MAYBE, quantity=st.integers(1, 12))
_MONEY: Final = st.builds(
    Money, amount=st.decimals(0, 999, places=2), currency=st.sampled_from(["", "EUR", "CHF"])
)
_ITEM: Final = st.builds(
    Item,
    name=st.one_of(_PHRASE, _LONG, st.just("")),
    quantity=st.sampled_from([1, 2, 12, 999]),
    variants=st.lists(_PHRASE, max_size=2).map(tuple),
    modifiers=st.lists(_MODIFIER, max_size=3).map(tuple),
    special_request=_MAYBE,
    notes=st.lists(_LABELLED, max_size=1).map(tuple),
    section=st.sampled_from([Section(), Section(name="Hauptgerichte"), Section(name="Getränke")]),
    price=st.one_of(st.none(), _MONEY),
)
_FULFILMENT: Final = st.builds(
    Fulfilment,
    kind=st.sampled_from(FulfilmentKind),
    table=st.one_of(st.just(""), st.sampled_from(["12", "Terrasse"])),
    instructions=_MAYBE,
    address=st.builds(
        Address, lines=st.tuples(_PHRASE), postal_code=st.just("79999"), city=_PHRASE
    ),
)
_ORDER: Final = st.builds(
    Order,
    id=st.just("o-1"),
    number=st.sampled_from(["10417", "A-204", "7"]),
    fulfilment=_FULFILMENT,
    customer=st.builds(Customer, name=_PHRASE, company=_MAYBE, phone=st.just("0171/3920042")),
    items=st.lists(_ITEM, min_size=1, max_size=5).map(tuple),
    note=_MAYBE,
    custom_fields=st.lists(_LABELLED, max_size=1).map(tuple),
    payment=st.just(
        Payment(status=PaymentStatus.NOT_PAID, to_collect=Money(amount=Decimal("34.50")))
    ),
)
_QUIET: Final = settings(
    max_examples=8,
    deadline=None,
    # To explain an order that fails takes minutes, and says nothing that it does not.
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow],
)


def missing(order: Order, jobs: Iterable[PrintJob], profile: Profile) -> set[str]:
    """The words of the order that are on none of these tickets, in no way to read them."""
    papers = [printed(job, profile) for job in jobs]
    return {
        word
        for word in words(order, profile)
        if not any(reading(word, profile) in paper for paper in papers)
    }


@pytest.mark.parametrize("profile", PROFILES)
@given(order=_ORDER)
@_QUIET
def test_every_word_of_an_order_is_on_the_paper_of_at_least_one_ticket(profile, order):
    assert missing(order, planned(order), PROFILES[profile]) == set()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("length", [150, 200, 400, 1_600])
def test_what_a_limit_cuts_is_asked_for_online_on_every_ticket_that_lacks_it(profile, length):
    words = [f"wort{number:04}" for number in range(length)]
    order = Order(id="o-1", number="7", items=(Item(name="Suppe"),), note=" ".join(words))
    for job in planned(order):
        paper = printed(job, PROFILES[profile])
        is_whole = all(word in paper for word in words)
        assert is_whole is (len(order.note) <= NOTE_CHARACTERS), job.station
        assert asks_to_read_online(job, paper) is not is_whole, job.station


@pytest.mark.parametrize("profile", ["58mm-32", "80mm-no-raster", "impact-33"])
@given(order=_ORDER)
@_QUIET
def test_what_a_printer_cannot_show_is_asked_for_online(profile, order):
    look = PROFILES[profile]
    # Whole texts: what is lost alone may be silent beside other letters.
    if any(look.charset.fit(clean_line(text))[1] for text in texts(order, look)):
        jobs = planned(order)
        assert any(asks_to_read_online(job, printed(job, look)) for job in jobs)


_SOUP: Final = Item(name="Suppe", modifiers=(Modifier(name="scharf"),), special_request="heiß")
_WHOLE: Final = Order(id="o-1", number="A-204", items=(_SOUP, Item(name="北京烤鸭")), note="eilig")


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ({}, set()),
        ({"items": (_SOUP,)}, {"北京烤鸭"}),
        ({"items": (_SOUP.model_copy(update={"modifiers": ()}), _WHOLE.items[1])}, {"scharf"}),
        ({"items": (_SOUP.model_copy(update={"special_request": ""}), _WHOLE.items[1])}, {"heiß"}),
        ({"note": ""}, {"eilig"}),
        ({"number": "8"}, {"A204"}),
    ],
)
@pytest.mark.parametrize("profile", PAPERS)
def test_a_word_that_is_nowhere_is_missed(profile, lost, words):
    """The test above can fail: here the tickets are of an order that has lost something."""
    tickets = planned(_WHOLE.model_copy(update=lost))
    assert missing(_WHOLE, tickets, PROFILES[profile]) == words
