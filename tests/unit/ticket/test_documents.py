"""What each document shows, and in which order."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.allergy import mentions_allergy
from bonfire.config import OptionalBlock
from bonfire.messages import Document, JobKind, OtherStation, PrintJob, StationPart, TicketOrder
from bonfire.order import (
    Address,
    Alert,
    AlertCode,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Modifier,
    Money,
    Payment,
    PaymentStatus,
    Promise,
    Section,
    Topic,
)
from print_agent.ticket import Profile, Slip
from print_agent.ticket.allergies import allergies
from print_agent.ticket.blocks import (
    Amount,
    Banner,
    Block,
    Box,
    Detail,
    Dish,
    Heading,
    Huge,
    Line,
    Pair,
)
from print_agent.ticket.draft import Draft
from print_agent.ticket.layout import compose
from print_agent.ticket.marks import marks
from tests.unit.ticket.finding import every, first
from tests.unit.ticket.samples import READY, SLIP, job, order
from tests.unit.ticket.strategies import JOBS, PROFILES, SLIPS

NUTS: Final = "Nussallergie!"
WHOLE: Final = order(
    Item(
        name="Burger",
        quantity=2,
        section=Section(name="Speisen"),
        price=Money(amount=Decimal("14.9"), currency="EUR"),
        modifiers=(
            Modifier(name="Extra Käse", price=Money(amount=Decimal("1.5"), currency="EUR")),
        ),
        special_request="durch",
    ),
    Item(name="Cola", part_of="Menü", special_request=NUTS),
    note="gut einpacken",
    allergies=(LabelledText(label="Menü", text=NUTS), LabelledText(label="Eis", text="Erdnuss")),
    phone="0761 12345",
    payment=Payment(
        status=PaymentStatus.NOT_PAID,
        total=Money(amount=Decimal("34.5"), currency="EUR"),
        to_collect=Money(amount=Decimal("34.5"), currency="EUR"),
    ),
    custom_fields=(LabelledText(label="Besteck", text="ja"),),
    fulfilment=Fulfilment(
        kind=FulfilmentKind.DELIVERY,
        title="Fahrradkurier",
        promise=Promise(at=READY),
        instructions="Hinterhaus",
        address=Address(lines=("Gartenstr. 12",), postal_code="79098", city="Freiburg"),
    ),
)
ALL: Final = frozenset(OptionalBlock)


def a(document: Document, **changes: object) -> PrintJob:
    return job(WHOLE, document=document, **changes)


def outline(blocks: tuple[Block, ...]) -> list[str]:
    """A word for each block, or nothing for those that only space."""
    return [found for found in map(_word, blocks) if found]


def _word(block: Block) -> str:
    match block:
        case Pair(left, right):
            return f"{left} | {right}"
        case Huge(text) | Line(text) | Heading(text):
            return text
        case Banner(text):
            return f"! {text}"
        case Amount(title, text):
            return f"!! {title} {text}".strip()
        case Dish(quantity, name, price):
            return f"{quantity}x {name} {price}".strip()
        case Detail(text, label):
            return f"  {label}: {text}" if label else f"  {text}"
        case Box(title, text):
            return f"[{title}] {text}"
        case _:
            return ""


def said(job: PrintJob, hidden: frozenset[OptionalBlock] = frozenset()) -> list[str]:
    return outline(compose(job, SLIP, Profile(hidden=hidden)))


TOP: Final = ["10033", "19:11"]
ALERTS: Final = ["[ALLERGIE! Menü] Nussallergie!", "[ALLERGIE! Eis] Erdnuss"]
NOTE: Final = "[HINWEIS VOM GAST] gut einpacken"
END: Final = ["bestellt 18:41 · gedruckt 18:41 · zugesagt 19:11", "#0417  job 9f31c0de"]


def test_a_station_ticket_has_what_a_cook_needs():
    assert said(a(Document.STATION)) == [
        *("KÜCHE | LIEFERUNG", *TOP, "  Bestellart: Fahrradkurier", *ALERTS, NOTE),
        *("[HINWEIS ZUR ÜBERGABE] Hinterhaus", "  Besteck: ja", "  Name: Jörg Weiß"),
        *("1x Cola", "  zu: Menü", "[ALLERGIE! WUNSCH] Nussallergie!"),
        *("Speisen", "2x Burger", "  Extra Käse", "[WUNSCH] durch"),
        *("3 Artikel | ", *END),
    ]


def test_a_pass_ticket_has_everything():
    assert said(a(Document.PASS, station_name="PASS")) == [
        *("PASS | LIEFERUNG", *TOP, "  Bestellart: Fahrradkurier", *ALERTS, NOTE),
        *("[HINWEIS ZUR ÜBERGABE] Hinterhaus", "  Besteck: ja", "  Name: Jörg Weiß"),
        *("[ADRESSE] Gartenstr. 12\n79098 Freiburg", "  Tel: 0761 12345"),
        *("1x Cola", "  zu: Menü", "[ALLERGIE! WUNSCH] Nussallergie!"),
        *("Speisen", "2x Burger 29,80", "  Extra Käse (+1,50)", "[WUNSCH] durch"),
        *("Summe | 34,50 EUR", "KASSIEREN | 34,50 EUR", "3 Artikel | ", *END),
    ]


def test_a_courier_ticket_says_where_to_and_what_to_collect():
    assert said(a(Document.COURIER, station_name="FAHRER")) == [
        *("FAHRER | LIEFERUNG", *TOP, "  Bestellart: Fahrradkurier"),
        *("!! KASSIEREN 34,50 EUR", *ALERTS, NOTE),
        *("[ADRESSE] Jörg Weiß\nGartenstr. 12\n79098 Freiburg", "  Tel: 0761 12345"),
        *("[HINWEIS ZUR ÜBERGABE] Hinterhaus", "  Besteck: ja"),
        *("1x Cola", "  zu: Menü", "  ALLERGIE! WUNSCH: Nussallergie!"),
        *("Speisen", "2x Burger", "  Extra Käse", "  WUNSCH: durch"),
        *("3 Artikel | ", *END),
    ]


def test_a_bag_slip_says_whose_it_is_and_what_is_in_it():
    assert said(a(Document.BAG, station_name="TÜTE")) == [
        *("TÜTE | LIEFERUNG", *TOP, "  Bestellart: Fahrradkurier", "  Name: Jörg Weiß"),
        *(*ALERTS, NOTE, "  Besteck: ja"),
        *("1x Cola", "  zu: Menü", "  ALLERGIE! WUNSCH: Nussallergie!"),
        *("Speisen", "2x Burger", "  Extra Käse", "  WUNSCH: durch"),
        *("3 Artikel | ", *END),
    ]


@pytest.mark.parametrize(
    ("document", "hidden", "gone"),
    [
        (Document.STATION, OptionalBlock.CUSTOMER, {"  Name: Jörg Weiß"}),
        (Document.BAG, OptionalBlock.CUSTOMER, {"  Name: Jörg Weiß"}),
        (Document.STATION, OptionalBlock.METHOD, {"  Bestellart: Fahrradkurier"}),
        (Document.STATION, OptionalBlock.QUESTIONS, {"  Besteck: ja"}),
        (Document.STATION, OptionalBlock.OTHER_STATIONS, {"BAR hat 2 Artikel"}),
        (Document.STATION, OptionalBlock.TIMES, {END[0]}),
        (Document.STATION, OptionalBlock.PRICES, set()),
        (Document.STATION, OptionalBlock.CONTACT, set()),
        (Document.STATION, OptionalBlock.CONTENTS, set()),
        (
            Document.PASS,
            OptionalBlock.CONTACT,
            {"[ADRESSE] Gartenstr. 12\n79098 Freiburg", "  Tel: 0761 12345"},
        ),
        (Document.COURIER, OptionalBlock.CONTACT, set()),
        (Document.BAG, OptionalBlock.CONTENTS, set()),
        (
            Document.COURIER,
            OptionalBlock.CONTENTS,
            {
                *("1x Cola", "  zu: Menü", "  ALLERGIE! WUNSCH: Nussallergie!", "Speisen"),
                *("2x Burger", "  Extra Käse", "  WUNSCH: durch"),
            },
        ),
    ],
)
def test_a_hidden_block_is_gone_and_nothing_else(document, hidden, gone):
    one = a(document, others=(OtherStation(name="BAR", items=2),))
    before, after = said(one), said(one, hidden=frozenset({hidden}))
    assert set(before) - set(after) == gone
    assert set(after) <= set(before)


def test_without_prices_a_pass_still_says_what_to_collect():
    shown = said(a(Document.PASS), hidden=frozenset({OptionalBlock.PRICES}))
    assert "2x Burger" in shown
    assert "  Extra Käse" in shown
    assert "Summe | 34,50 EUR" not in shown
    assert "KASSIEREN | 34,50 EUR" in shown


def test_a_table_that_only_the_method_names_cannot_be_hidden():
    garden = Fulfilment(kind=FulfilmentKind.DINE_IN, title="Garten")
    shown = said(job(order(fulfilment=garden)), hidden=ALL)
    assert "  Bestellart: Garten" in shown


@given(JOBS, SLIPS, PROFILES)
@settings(max_examples=50)
def test_marks_alerts_allergies_and_notes_can_never_be_hidden(job, slip, profile):
    bare = Profile(columns=profile.columns, hidden=ALL)
    shown = compose(job, slip, bare)
    draft = Draft.begin(job, slip, bare)
    outer = list(marks(draft))
    assert all(shown.count(mark) >= 2 for mark in outer)
    texts = [one.text for one in every(shown, Box)]
    note = draft.pen.lines(job.order.note, 1_500)
    assert not note or note in texts
    for one in allergies(job.order):
        text = draft.pen.lines(one.text, 1_500) or draft.pen.line(one.about)
        assert not text or text in texts
    if job.order.alerts:
        assert f"! {draft.words.check_online.format(draft.number)}" in outline(shown)


@given(JOBS, SLIPS, PROFILES)
@settings(max_examples=100)
def test_every_job_has_a_ticket_that_ends_with_its_number(job, slip, profile):
    blocks = compose(job, slip, profile)
    assert blocks[-1] == Line(f"#{slip.number}  job {job.job_id[:8]}")
    assert len(every(blocks, Huge)) == 1
    assert compose(job, slip, profile) == blocks


@given(JOBS, SLIPS)
@settings(max_examples=50)
def test_only_a_pass_has_prices_and_only_a_courier_the_amount(job, slip):
    blocks = compose(job, slip)
    if job.document is not Document.PASS:
        assert not any(dish.price for dish in every(blocks, Dish))
    if job.document is not Document.COURIER:
        assert not every(blocks, Amount)


@pytest.mark.parametrize("document", Document)
def test_an_answer_about_an_allergy_is_at_the_top_even_where_questions_are_hidden(document):
    asked = WHOLE.model_copy(
        update={"custom_fields": (LabelledText(label="Allergien", text="Milch"),)}
    )
    shown = said(job(asked, document=document), hidden=ALL)
    assert "[ALLERGIE! Allergien] Milch" in shown


def test_an_allergy_in_the_instructions_is_at_the_top_of_a_bag_too():
    fulfilment = WHOLE.fulfilment.model_copy(update={"instructions": "Erdnussallergie"})
    with_it = WHOLE.model_copy(update={"fulfilment": fulfilment})
    for document in Document:
        shown = said(job(with_it, document=document))
        assert shown.count("[ALLERGIE! HINWEIS ZUR ÜBERGABE] Erdnussallergie") == 1


def test_an_allergy_of_this_ticket_is_announced_once_whoever_listed_it():
    alone = order(
        Item(name="Suppe", special_request=NUTS, notes=(LabelledText(label="Allergie", text="Ei"),))
    )
    listed = alone.model_copy(
        update={
            "allergies": (
                LabelledText(label="Suppe", text=NUTS),
                LabelledText(label="Suppe", text="Allergie: Ei"),
            )
        }
    )
    assert list(allergies(alone)) == list(allergies(listed))
    assert len(list(allergies(alone))) == 2


def test_a_drink_of_a_menu_is_not_announced_beside_its_dish():
    drink = Item(name="Cola", part_of="Menü", special_request=NUTS)
    listed = order(drink, allergies=(LabelledText(label="Menü", text=NUTS),))
    assert [one.about for one in allergies(listed)] == ["Menü"]


def test_an_allergy_longer_than_its_limit_says_where_the_rest_is():
    long = order(Item(name="Suppe"), allergies=(LabelledText(label="Eis", text="Nuss " * 400),))
    shown = said(job(long))
    assert "! REST ONLINE LESEN: Bestellung 10033" in shown
    assert "! ONLINE PRÜFEN: Bestellung 10033" in shown


def test_allergies_without_end_send_the_reader_online():
    endless = order(
        Item(name="Suppe"),
        allergies=tuple(LabelledText(label="x", text=f"Nuss {n} " * 100) for n in range(100)),
    )
    blocks = compose(job(endless), SLIP)
    boxes = [one for one in every(blocks, Box) if mentions_allergy(one.text)]
    assert 5 < len(boxes) < 30
    assert "! ONLINE PRÜFEN: Bestellung 10033" in outline(blocks)
    assert "! REST ONLINE LESEN: Bestellung 10033" in outline(blocks)


@pytest.mark.parametrize("document", [Document.COURIER, Document.PASS])
def test_a_cancelled_order_asks_nobody_for_money(document):
    blocks = compose(a(document, kind=JobKind.CANCEL), SLIP)
    assert "KASSIEREN" not in " ".join(outline(blocks))


def test_what_is_paid_is_not_as_loud_as_what_is_to_be_collected():
    paid = WHOLE.model_copy(update={"payment": Payment(status=PaymentStatus.PAID)})
    amounts = [
        first(compose(job(one, document=Document.COURIER), SLIP), Amount) for one in (paid, WHOLE)
    ]
    assert [(one.title, one.loud) for one in amounts] == [("BEZAHLT", False), ("KASSIEREN", True)]


def test_a_delivery_without_an_address_is_told():
    lost = TicketOrder(
        id="1",
        number="7",
        fulfilment=Fulfilment(kind=FulfilmentKind.DELIVERY),
        items=(Item(name="Suppe"),),
    )
    shown = said(job(lost, document=Document.COURIER))
    assert "! ADRESSE FEHLT" in shown
    assert "! ONLINE PRÜFEN: Bestellung 7" in shown


def test_who_fetches_it_needs_no_address():
    fetched = order(Item(name="Suppe"))
    shown = said(job(fetched, document=Document.COURIER))
    assert "[ADRESSE] Jörg Weiß" in shown
    assert "! ONLINE PRÜFEN: Bestellung 10033" not in shown


def test_alerts_come_before_allergies_and_the_note_after():
    alerted = WHOLE.model_copy(update={"alerts": (Alert(code=AlertCode.UNKNOWN_VALUE),)})
    shown = said(job(alerted))
    assert shown.index("! ONLINE PRÜFEN: Bestellung 10033") < shown.index(ALERTS[0])
    assert shown.index(ALERTS[1]) < shown.index(NOTE)


@pytest.mark.parametrize("document", Document)
@given(slip=SLIPS, profile=PROFILES, kind=st.sampled_from([JobKind.NEW, JobKind.REPRINT]))
@settings(max_examples=15)
def test_the_number_is_huge_on_every_document(document, slip: Slip, profile, kind):
    merged = a(document, kind=kind, stations=(StationPart(name="BAR", items=(0,)),))
    assert every(compose(merged, slip, profile), Huge) == [Huge("10033")]


def test_an_answer_of_an_allergy_stands_below_where_the_top_is_full():
    endless = tuple(LabelledText(label=f"Dish {n}", text="allergy " * 180) for n in range(12))
    last = LabelledText(label="Allergies?", text="peanuts")
    one = job(order(Item(name="Suppe"), allergies=(*endless, last), custom_fields=(last,)))
    hiding = Profile(hidden=frozenset({OptionalBlock.QUESTIONS}))
    for profile in (Profile(), hiding):
        details = [each for each in compose(one, SLIP, profile) if isinstance(each, Detail)]
        assert [each.text for each in details if each.label == "Allergies?"] == ["peanuts"]


@pytest.mark.parametrize(
    ("document", "hidden", "shown"),
    [
        (Document.COURIER, OptionalBlock.QUESTIONS, True),
        (Document.COURIER, OptionalBlock.CONTACT, True),
        (Document.PASS, OptionalBlock.QUESTIONS, True),
        (Document.PASS, OptionalBlock.CONTACT, False),
    ],
)
def test_a_text_that_is_a_contact_is_hidden_with_the_contact_alone(document, hidden, shown):
    bell = LabelledText(label="Klingel", text="Hinterhof", topic=Topic.CONTACT)
    one = job(order(Item(name="Suppe"), custom_fields=(bell,)), document=document)
    blocks = compose(one, SLIP, Profile(hidden=frozenset({hidden})))
    assert any(isinstance(each, Detail) and each.text == "Hinterhof" for each in blocks) is shown


def test_paid_with_all_of_it_open_is_asked_and_not_collected_again():
    whole = Money(amount=Decimal("61.10"), currency="EUR")
    payment = Payment(status=PaymentStatus.PAID, total=whole, to_collect=whole)
    one = job(order(Item(name="Suppe"), payment=payment), document=Document.COURIER)
    (asked,) = (each for each in compose(one, SLIP) if isinstance(each, Amount))
    assert asked.title == "ZAHLUNG UNKLAR: FRAGEN"
