"""An allergy that came or went with a change: told on every ticket, wherever the dish is cooked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given, settings

from bonfire.messages import Document, JobKind, TicketOrder
from bonfire.order import Fulfilment, Item, LabelledText, Modifier
from print_agent.ticket import Earlier
from print_agent.ticket.allergies import ALLERGIES_CHARACTERS, Said, allergies
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Dish, Line
from print_agent.ticket.difference import difference
from print_agent.ticket.layout import compose
from print_agent.ticket.slip import Replaced
from print_agent.ticket.style import LOUD, LOUD_AND_LARGE, PLAIN
from print_agent.ticket.words import GERMAN
from tests.unit.ticket.finding import every, lines
from tests.unit.ticket.samples import PRINTED, SLIP, job, order
from tests.unit.ticket.strategies import ORDERS

COLA: Final = Item(name="Cola")
SOUP: Final = "tödliche Erdnussallergie"


def listed(*texts: str, about: str = "Suppe") -> tuple[LabelledText, ...]:
    return tuple(LabelledText(label=about, text=text) for text in texts)


def change(before: TicketOrder, after: TicketOrder, **changes: object) -> tuple[Block, ...]:
    replaces = Replaced(Earlier("0412", PRINTED - timedelta(minutes=9)), before)
    changed = job(after, **{"kind": JobKind.CHANGE, **changes})
    return compose(changed, replace(SLIP, replaces=replaces))


def boxes(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(one.title, one.text) for one in every(blocks, Box)]


def withdrawn(blocks: tuple[Block, ...]) -> list[Detail]:
    return [one for one in every(blocks, Detail) if one.label == GERMAN.withdrawn]


def is_loud(blocks: tuple[Block, ...], text: str) -> bool:
    told: tuple[Box | Detail, ...] = (*every(blocks, Box), *every(blocks, Detail))
    return any(text in one.text and one.style.inverse for one in told)


@pytest.mark.parametrize("document", Document)
def test_an_allergy_at_a_dish_of_another_station_is_marked_as_new(document):
    blocks = change(order(COLA), order(COLA, allergies=listed(SOUP)), document=document)
    box, *_ = every(blocks, Box)
    assert (box.title, box.text, box.style) == ("NEUE ALLERGIE! Suppe", SOUP, LOUD)
    assert not withdrawn(blocks)


@pytest.mark.parametrize("document", Document)
def test_a_withdrawn_allergy_is_told_in_plain_with_what_to_do(document):
    blocks = change(order(COLA, allergies=listed(SOUP)), order(COLA), document=document)
    (told,) = withdrawn(blocks)
    assert (told.text, told.style) == (f"Suppe: {SOUP}", PLAIN)
    assert "Im Zweifel den Gast fragen." in lines(blocks)
    assert not is_loud(blocks, SOUP)


def test_an_allergy_that_stays_is_neither_new_nor_withdrawn():
    before = order(COLA, allergies=listed(SOUP))
    after = order(COLA, allergies=listed(SOUP + " "))
    blocks = change(before, after)
    assert boxes(blocks) == [("ALLERGIE! Suppe", SOUP)]
    assert not withdrawn(blocks)
    assert GERMAN.in_doubt not in lines(blocks)


def test_another_wording_is_new_and_the_old_one_withdrawn():
    blocks = change(order(allergies=listed("Nussallergie")), order(allergies=listed("Eiallergie")))
    assert boxes(blocks) == [("NEUE ALLERGIE! Suppe", "Eiallergie")]
    assert [one.text for one in withdrawn(blocks)] == ["Suppe: Nussallergie"]


def test_a_wording_that_only_grew_is_not_withdrawn():
    after = order(allergies=listed("Schwere Nussallergie"))
    assert not withdrawn(change(order(allergies=listed("Nussallergie")), after))


def test_a_wording_that_went_to_another_dish_is_withdrawn_from_the_first():
    before, after = listed("Nussallergie", about="Eis"), listed("Nussallergie")
    blocks = change(order(allergies=before), order(allergies=after))
    assert [one.text for one in withdrawn(blocks)] == ["Eis: Nussallergie"]


def test_the_banner_speaks_of_items_only_beside_a_new_allergy():
    blocks = change(order(COLA), order(COLA, allergies=listed(SOUP)))
    assert Banner("HIER KEIN ARTIKEL GEÄNDERT") in blocks


def test_a_cancelled_dish_takes_its_allergy_along_in_plain():
    soup = Item(
        name="Suppe",
        modifiers=(Modifier(name="ohne Ei"),),
        special_request=SOUP,
        notes=(
            LabelledText(label="Allergien", text="Sellerie"),
            LabelledText(label="Schnitt", text="halb"),
        ),
    )
    blocks = change(order(COLA, soup), order(COLA))
    below = blocks[blocks.index(Dish(1, "Suppe", struck=True)) + 1 :][:4]
    assert below == (
        Detail("ohne Ei", struck=True),
        Detail(SOUP, "ENTFÄLLT WUNSCH", struck=True),
        Detail("Sellerie", "ENTFÄLLT Allergien", struck=True),
        Detail("halb", "Schnitt", struck=True),
    )
    assert [one.text for one in withdrawn(blocks)] == [
        f"Suppe: {SOUP}",
        "Suppe: Allergien: Sellerie",
    ]
    assert not is_loud(blocks, SOUP)
    assert not is_loud(blocks, "Sellerie")


def test_a_request_that_is_no_longer_at_its_dish_is_not_loud_there():
    before = Item(
        name="Suppe",
        special_request=SOUP,
        notes=(LabelledText(label="Allergien", text="Sellerie"),),
        modifiers=(Modifier(name="ohne Nüsse"), Modifier(name="Speck")),
    )
    blocks = change(order(before), order(Item(name="Suppe")))
    for text, label in (
        (SOUP, "ENTFÄLLT WUNSCH"),
        ("Sellerie", "ENTFÄLLT Allergien"),
        ("ohne Nüsse", "ENTFÄLLT"),
        ("Speck", "ENTFÄLLT"),
    ):
        assert Detail(text, label, struck=True) in blocks


def test_a_new_request_at_a_dish_is_loud_in_both_places():
    blocks = change(order(Item(name="Suppe")), order(Item(name="Suppe", special_request=SOUP)))
    assert boxes(blocks) == [
        ("NEUE ALLERGIE! Suppe", SOUP),
        ("ALLERGIE! WUNSCH GEÄNDERT", SOUP),
    ]


@pytest.mark.parametrize("note", ["", "bitte klingeln"])
def test_a_note_that_spoke_of_an_allergy_is_told_in_plain(note):
    blocks = change(order(COLA, note=SOUP), order(COLA, note=note))
    assert [one.text for one in withdrawn(blocks)] == [f"HINWEIS VOM GAST: {SOUP}"]
    assert not is_loud(blocks, SOUP)
    assert boxes(blocks) == ([("HINWEIS GEÄNDERT", note)] if note else [])


def test_a_note_that_says_more_than_before_withdraws_nothing():
    blocks = change(order(COLA, note=SOUP), order(COLA, note=f"{SOUP}, bitte klingeln"))
    assert not withdrawn(blocks)


def test_instructions_about_an_allergy_are_marked_as_new_and_told_when_withdrawn():
    allergic = order(COLA, fulfilment=Fulfilment(instructions=SOUP))
    plain = order(COLA, fulfilment=Fulfilment())
    assert boxes(change(plain, allergic)) == [("ALLERGIE! NEU: HINWEIS ZUR ÜBERGABE", SOUP)]
    assert boxes(change(allergic, allergic)) == [("ALLERGIE! HINWEIS ZUR ÜBERGABE", SOUP)]
    gone = change(allergic, plain)
    assert [one.text for one in withdrawn(gone)] == [f"HINWEIS ZUR ÜBERGABE: {SOUP}"]


@pytest.mark.parametrize("kind", [one for one in JobKind if one is not JobKind.CHANGE])
def test_only_a_change_marks_allergies(kind):
    blocks = change(order(allergies=listed("Eis")), order(allergies=listed(SOUP)), kind=kind)
    assert boxes(blocks) == [("ALLERGIE! Suppe", SOUP)]
    assert not withdrawn(blocks)


def test_without_the_ticket_before_nothing_is_called_new():
    changed = job(order(allergies=listed(SOUP)), kind=JobKind.CHANGE)
    assert boxes(compose(changed, SLIP)) == [("ALLERGIE! Suppe", SOUP)]


def test_withdrawn_allergies_without_end_send_the_reader_online():
    many = listed(*(f"Nuss {n} " * 100 for n in range(100)))
    blocks = change(order(COLA, allergies=many), order(COLA))
    assert sum(len(one.text) for one in withdrawn(blocks)) < ALLERGIES_CHARACTERS + 2_000
    assert Banner("REST ONLINE LESEN: Bestellung 10033", LOUD_AND_LARGE) in blocks
    assert Banner("ONLINE PRÜFEN: Bestellung 10033") in blocks


def test_an_allergy_without_words_says_nothing_when_it_goes():
    blocks = change(order(COLA, allergies=listed("\u200b", about="")), order(COLA))
    assert not withdrawn(blocks)
    assert Line(GERMAN.in_doubt) not in blocks


@given(ORDERS, ORDERS)
@settings(max_examples=100)
def test_nothing_is_new_and_withdrawn_at_once(before, after):
    found = difference(before, after)
    assert not {said.as_read for said in found.withdrawn_allergies} & found.new_allergies
    assert found.new_allergies <= {said.as_read for said in allergies(after)}


def test_an_allergy_is_compared_as_it_is_read():
    before, after = order(allergies=listed("Nuss ")), order(allergies=listed("Nu\u200bss", "Ei"))
    found = difference(before, after)
    assert found.new_allergies == {Said("Suppe", "Ei")}
    assert not found.withdrawn_allergies
