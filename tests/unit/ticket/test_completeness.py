"""Every word of an order is on the paper, on one row if the row has room, and no row runs over."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.messages import PrintJob
from bonfire.order import Item, LabelledText, Modifier, Section
from escpos_paper import tickets
from print_agent.ticket import Profile, render_ticket
from print_agent.ticket.guest_text import NOTE_CHARACTERS, REQUEST_CHARACTERS
from print_agent.ticket.layout import compose
from print_agent.ticket.typeset import Row, Span, typeset
from tests.unit.ticket.samples import GOLDEN, SLIP, job, order

WORD = st.text("abcäöüÉñ€0123", min_size=1, max_size=17)
PHRASE = st.lists(WORD, max_size=12).map(" ".join)
LABELLED = st.builds(LabelledText, label=PHRASE, text=PHRASE)
ITEM = st.builds(
    Item,
    name=PHRASE,
    quantity=st.integers(1, 1_000),
    variants=st.lists(PHRASE, max_size=2).map(tuple),
    modifiers=st.lists(
        st.builds(Modifier, name=PHRASE, group=PHRASE, quantity=st.integers(1, 12)), max_size=3
    ).map(tuple),
    special_request=PHRASE,
    notes=st.lists(LABELLED, max_size=2).map(tuple),
    section=st.builds(Section, name=st.sampled_from(["", "Suppen", "Pasta"])),
)
ORDER = st.builds(
    order,
    ITEM,
    ITEM,
    note=PHRASE,
    customer_name=PHRASE,
    custom_fields=st.lists(LABELLED, max_size=2).map(tuple),
)


def texts(job: PrintJob) -> list[str]:
    order = job.order
    found = [order.note, order.customer_name, order.number, job.station_name]
    for field in order.custom_fields:
        found += [field.label, field.text]
    for item in order.items:
        found += [item.name, item.special_request, item.section.name, *item.variants]
        for modifier in item.modifiers:
            found += [modifier.name, modifier.group]
        for note in item.notes:
            found += [note.label, note.text]
    return found


def words_on_paper(job: PrintJob, columns: int = 48) -> set[str]:
    (ticket,) = tickets(render_ticket(job, SLIP, Profile(columns=columns)), columns)
    return set(re.findall(r"[^\s│:]+", ticket.text()))


@given(ORDER)
@settings(max_examples=100)
def test_every_word_of_the_order_is_on_the_paper(order):
    ticket = job(order)
    wanted = {word for text in texts(ticket) for word in text.split()}
    assert wanted <= words_on_paper(ticket)


@given(ORDER, st.sampled_from([24, 32, 42, 48]))
@settings(max_examples=100)
def test_no_row_is_wider_than_the_paper(order, columns):
    for row in typeset(compose(job(order), SLIP), Profile(columns=columns)):
        if isinstance(row, Row):
            assert sum(_columns(span) for span in row.spans) <= columns


def _columns(span: Span) -> float:
    return len(span.text) * span.style.width * (0.75 if span.style.small else 1.0)


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("columns", [32, 42])
def test_the_samples_keep_to_other_widths_too(name, columns):
    (ticket,) = tickets(render_ticket(*GOLDEN[name], Profile(columns=columns)), columns)
    assert ticket.text().split("\n")[-1].endswith("job 9f31c0de")


def test_a_name_of_300_characters_is_whole():
    words = [f"w{n:03}" for n in range(60)]
    assert set(words) <= words_on_paper(job(order(Item(name=" ".join(words)))))


def test_two_hundred_items_are_all_there_in_their_order():
    items = [Item(name=f"Gericht-{n:03}", modifiers=(Modifier(name="x" * 30),)) for n in range(200)]
    (ticket,) = tickets(render_ticket(job(order(*items)), SLIP))
    names = re.findall(r"Gericht-\d+", ticket.text())
    assert names == [item.name for item in items]
    assert "200 Artikel" in ticket.text()


def test_an_endless_order_ends_and_says_how_much_is_missing():
    items = [Item(name=f"Gericht-{n:03} " + "x " * 100) for n in range(1_000)]
    (ticket,) = tickets(render_ticket(job(order(*items)), SLIP))
    shown = len(re.findall(r"Gericht-\d+", ticket.text()))
    assert 150 < shown < 1_000
    assert f"UND {1_000 - shown} WEITERE ARTIKEL" in ticket.text()
    assert "ONLINE PRÜFEN: Bestellung 10033" in ticket.text()
    assert ticket.height_mm < 12_000


@pytest.mark.parametrize("length", [NOTE_CHARACTERS, NOTE_CHARACTERS + 1, 10_000])
def test_a_note_is_whole_up_to_its_limit_and_then_says_where_the_rest_is(length):
    note = ("wort " * 2_000)[: length - 1] + "."
    (ticket,) = tickets(render_ticket(job(order(Item(name="Suppe"), note=note)), SLIP))
    is_whole = length <= NOTE_CHARACTERS
    text = " ".join(ticket.text().split())
    assert ("REST ONLINE LESEN: Bestellung 10033" in text) is not is_whole
    assert ("ONLINE PRÜFEN: Bestellung 10033" in ticket.text()) is not is_whole
    assert ("[...]" in ticket.text()) is not is_whole
    assert ticket.text().count("wor") >= min(note.count("wor"), NOTE_CHARACTERS // 5 - 2)


def test_a_request_that_is_cut_says_so_too():
    item = Item(name="Suppe", special_request="bitte " * (REQUEST_CHARACTERS // 5))
    assert "[...]" in words_on_paper(job(order(item)))


def test_a_note_of_line_breaks_does_not_eat_the_paper():
    note = "\n".join("abcdefgh" * 20)
    (ticket,) = tickets(render_ticket(job(order(Item(name="Suppe"), note=note)), SLIP))
    assert ticket.height_mm < 250
    assert "a / b / c" in ticket.text()
