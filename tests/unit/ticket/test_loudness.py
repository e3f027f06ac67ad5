"""What of a dish is loud: what changes it and holds now, and on a bag its name."""

from __future__ import annotations

from typing import Final

import pytest

from bonfire.config import Technology, TextSize
from bonfire.messages import Document, JobKind, Language
from bonfire.order import Item, LabelledText, Modifier
from print_agent.ticket import Earlier, Profile, Slip
from print_agent.ticket.blocks import Block, Box, Detail, Dish
from print_agent.ticket.layout import compose
from print_agent.ticket.row import Row
from print_agent.ticket.slip import Replaced
from print_agent.ticket.style import PLAIN
from print_agent.ticket.typeset import typeset
from tests.unit.ticket.finding import every, first
from tests.unit.ticket.samples import PRINTED, SLIP, job, order

RARE: Final = Item(
    id="1",
    name="Steak",
    variants=("rare",),
    modifiers=(Modifier(name="no salt"),),
    special_request="quick",
    notes=(LabelledText(label="Cut", text="thin"),),
)
WELL_DONE: Final = Item(id="1", name="Steak", variants=("well done",))
RED: Final = Profile(columns=33, technology=Technology.IMPACT, red=True)
LARGE: Final = Profile(text_size=TextSize.LARGE)


def changed(before: tuple[Item, ...], after: tuple[Item, ...]) -> tuple[Block, ...]:
    slip = Slip(SLIP.number, PRINTED, replaces=Replaced(Earlier("0417", PRINTED), order(*before)))
    kind = JobKind.CHANGE
    return compose(job(order(*after), kind=kind, language=Language.ENGLISH), slip)


def rows(blocks: tuple[Block, ...], profile: Profile, text: str) -> list[Row]:
    set_rows = [row for row in typeset(blocks, profile) if isinstance(row, Row)]
    return [row for row in set_rows if text in "".join(span.text for span in row.spans)]


def test_of_a_changed_dish_only_what_holds_now_is_loud():
    details = {one.text: one for one in every(changed((RARE,), (WELL_DONE,)), Detail)}
    assert details["well done"].style.inverse
    for text in ("rare", "no salt", "quick", "thin"):
        assert details[text].style == PLAIN, text
        assert details[text].label.startswith("NO LONGER"), text


def test_what_is_gone_is_small_at_every_size_and_red_where_a_gone_dish_is():
    blocks = changed((RARE,), (WELL_DONE,))
    (large,) = rows(blocks, LARGE, "rare")
    assert {span.style.height for span in large.spans} == {1}
    (on_ribbon,) = rows(blocks, RED, "rare")
    assert on_ribbon.red


def test_below_a_dish_that_is_cancelled_everything_is_plain():
    blocks = changed((RARE, Item(id="2", name="Tea")), (Item(id="2", name="Tea"),))
    details = {one.text: one for one in every(blocks, Detail)}
    assert details["rare"].style == details["no salt"].style == PLAIN
    assert [box.style for box in every(blocks, Box) if box.text == "quick"] == [PLAIN]


@pytest.mark.parametrize(
    "text",
    [
        *("vegetarisch, ohne Saiten", "Extrakäse", "aucun sel", "w/o onion", "doppia mozzarella"),
        *("doppio", "double cheese", "weniger Salz", "fromage en plus", "less ice", "meno sale"),
        "moins de sel",
    ],
)
def test_a_word_that_changes_the_dish_is_bold_in_a_variant_as_in_a_choice(text):
    item = Item(name="Wurst", variants=(text,), modifiers=(Modifier(name=text),))
    for document in Document:
        written = every(compose(job(order(item), document=document), SLIP), Detail)
        assert [one.style.bold for one in written if one.text == text] == [True, True], document


@pytest.mark.parametrize("text", ["groß", "Nussmix", "Kirschen", "sansho", "Doppler"])
def test_a_word_that_changes_nothing_is_not_bold(text):
    item = Item(name="Wurst", variants=(text,), modifiers=(Modifier(name=text),))
    written = every(compose(job(order(item)), SLIP), Detail)
    assert [one.style.bold for one in written if one.text == text] == [False, False]


@pytest.mark.parametrize("size", TextSize)
def test_the_packer_reads_names_in_double_height_and_many_white_on_black(size):
    blocks = compose(job(order(Item(name="Suppe", quantity=2)), document=Document.BAG), SLIP)
    (row,) = rows(blocks, Profile(text_size=size), "Suppe")
    quantity, *_, name = row.spans
    assert quantity.style.inverse
    assert name.style.height == 2
    assert name.style.bold


def test_the_courier_reads_the_contents_in_small():
    blocks = compose(job(order(Item(name="Suppe")), document=Document.COURIER), SLIP)
    assert first(blocks, Dish).small


def test_french_sets_a_blank_before_every_colon_of_a_label():
    item = Item(name="Soupe", notes=(LabelledText(label="Coupe", text="fine"),))
    wanted = order(item, customer_name="Ana", phone="079")
    for language, colon in ((Language.FRENCH, " :"), (Language.ENGLISH, ":")):
        blocks = compose(job(wanted, document=Document.PASS, language=language), SLIP)
        printed = [
            "".join(span.text for span in row.spans)
            for row in typeset(blocks, Profile(columns=32))
            if isinstance(row, Row)
        ]
        for label in ("Nom", "Tél", "Coupe") if language is Language.FRENCH else ("Name", "Phone"):
            assert any(f"{label}{colon} " in row for row in printed), label
