from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bonfire.config import OptionalBlock
from bonfire.messages import JobKind, Language, OtherStation
from bonfire.order import (
    Alert,
    AlertCode,
    Fulfilment,
    FulfilmentKind,
    Item,
    LabelledText,
    Modifier,
    Promise,
    Section,
)
from print_agent.ticket import Profile, Slip
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Dish, Heading, Line, Pair, Place
from print_agent.ticket.layout import compose
from print_agent.ticket.slip import Unused
from print_agent.ticket.style import PLAIN
from tests.unit.ticket.finding import first, lines, positions
from tests.unit.ticket.samples import PICKUP, PLACED, PRINTED, READY, SLIP, job, order

SOUP = Item(name="Suppe")
CHECK = Banner("ONLINE PRÜFEN: Bestellung 10033")


def ticket(*items: Item, slip: Slip = SLIP, **changes: Any) -> tuple[Block, ...]:
    return compose(job(order(*items, **changes)), slip)


def test_the_most_urgent_comes_first():
    blocks = compose(PICKUP, SLIP)
    kinds = [type(block).__name__ for block in blocks]
    assert kinds[:4] == ["Feed", "Pair", "Huge", "Line"]
    assert kinds.index("Box") < kinds.index("Dish")
    assert blocks[-1] == Line("#0417  job 9f31c0de")


def test_the_time_says_asap_and_when():
    assert lines(ticket(SOUP))[0] == "SOFORT, bis 19:11"


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        (Promise(asap=True), "SOFORT"),
        (Promise(at=READY), "19:11"),
        (Promise(until=READY), "19:11"),
        (Promise(at=READY, until=READY + timedelta(minutes=15)), "19:11-19:26"),
        (Promise(text="gegen halb acht"), "gegen halb acht"),
        (Promise(), "ZEIT NICHT ANGEGEBEN"),
        (Promise(at=READY, text="nach dem Film"), "19:11 (nach dem Film)"),
        (Promise(at=READY, text="06.03.26 19:11"), "19:11"),
        (Promise(asap=True, text="nach dem Film"), "SOFORT (nach dem Film)"),
        (Promise(asap=True, text="So schnell wie möglich"), "SOFORT"),
    ],
)
def test_every_kind_of_promise_has_its_words(promise, said):
    blocks = ticket(SOUP, fulfilment=Fulfilment(kind=FulfilmentKind.PICKUP, promise=promise))
    assert lines(blocks)[0] == said


def test_a_promise_for_another_day_is_inverse():
    promise = Promise(at=READY + timedelta(days=1))
    line = first(ticket(SOUP, fulfilment=Fulfilment(promise=promise)), Line)
    assert line.text == "Sa 7. Mär 19:11"
    assert line.style.inverse
    assert not first(ticket(SOUP), Line).style.inverse


@pytest.mark.parametrize(
    ("fulfilment", "said"),
    [
        (Fulfilment(kind=FulfilmentKind.PICKUP, title="Selbstabholer"), "ABHOLUNG"),
        (Fulfilment(kind=FulfilmentKind.DELIVERY), "LIEFERUNG"),
        (Fulfilment(kind=FulfilmentKind.DINE_IN, table="12"), "TISCH 12"),
        (Fulfilment(kind=FulfilmentKind.DINE_IN), "IM LOKAL"),
        (Fulfilment(title="Drive-in"), "Drive-in"),
        (Fulfilment(), "ABHOLUNG ODER LIEFERUNG?"),
        (Fulfilment(kind=FulfilmentKind.PICKUP, title="Tisch 7", table="7"), "ABHOLUNG, TISCH 7"),
        (Fulfilment(kind=FulfilmentKind.DELIVERY, table="7"), "LIEFERUNG, TISCH 7"),
        (Fulfilment(title="Tisch 7", table="7"), "TISCH 7"),
        (Fulfilment(title="Terrasse", table="7"), "Terrasse, TISCH 7"),
    ],
)
def test_the_way_to_the_guest_stands_beside_the_station(fulfilment, said):
    assert first(ticket(SOUP, fulfilment=fulfilment), Pair).right == said


@pytest.mark.parametrize(
    ("fulfilment", "title"),
    [
        (Fulfilment(kind=FulfilmentKind.PICKUP, title="Terrasse", table="T7"), "Terrasse"),
        (Fulfilment(kind=FulfilmentKind.DELIVERY, title="Fahrradkurier"), "Fahrradkurier"),
        (Fulfilment(kind=FulfilmentKind.DINE_IN, title="Tisch: Garten"), "Tisch: Garten"),
    ],
)
def test_what_the_owner_calls_it_stands_under_the_time_where_it_says_more(fulfilment, title):
    blocks = ticket(SOUP, fulfilment=fulfilment)
    detail = blocks[4]
    assert isinstance(detail, Detail)
    assert (detail.label, detail.text, detail.place) == ("Bestellart", title, Place.TICKET)


def test_it_is_large_where_it_may_be_the_table():
    garden = Fulfilment(kind=FulfilmentKind.DINE_IN, title="Garten")
    heights = {
        table: first(
            ticket(SOUP, fulfilment=garden.model_copy(update={"table": table})), Detail
        ).style.height
        for table in ("", "7")
    }
    assert heights == {"": 2, "7": 1}


@pytest.mark.parametrize(
    "fulfilment",
    [
        Fulfilment(kind=FulfilmentKind.PICKUP, title="Abholung"),
        Fulfilment(kind=FulfilmentKind.PICKUP, title="Tisch 7", table="7"),
        Fulfilment(kind=FulfilmentKind.UNKNOWN, title="Terrasse"),
        Fulfilment(kind=FulfilmentKind.DINE_IN),
    ],
)
def test_it_stands_there_not_where_it_says_what_the_ticket_says_anyway(fulfilment):
    details = [block for block in ticket(SOUP, fulfilment=fulfilment) if isinstance(block, Detail)]
    assert [detail.label for detail in details] == ["Name"]


def test_a_station_without_a_name_goes_by_its_id():
    blocks = compose(job(order(SOUP), station_name="\u200b"), SLIP)
    assert first(blocks, Pair).left == "kitchen"


@pytest.mark.parametrize(
    "blocks",
    [
        ticket(SOUP, alerts=(Alert(code=AlertCode.UNKNOWN_VALUE),)),
        ticket(Item(name="")),
        ticket(Item(name="\u202e")),
        ticket(Item(name="Suppe", modifiers=(Modifier(name="?? 1a2b", resolved=False),))),
        ticket(Item(name="Suppe", modifiers=(Modifier(name=""),))),
        compose(job(order(Item(name="\ufffd"))), SLIP, Profile(raster=False)),
        ticket(SOUP, note="x" * 1_501),
        ticket(),
    ],
)
def test_whatever_is_missing_sends_the_cook_online(blocks):
    assert CHECK in blocks
    assert blocks.index(CHECK) < 6


def test_an_order_without_a_number_is_to_be_read_online():
    assert Banner("ONLINE PRÜFEN: Bestellung ?") in ticket(SOUP, number=" ")


def test_an_order_that_is_whole_sends_nobody_online():
    assert CHECK not in compose(PICKUP, SLIP)
    assert CHECK not in compose(job(order(), kind=JobKind.TEST), SLIP)


def test_an_allergy_in_the_note_is_loud_and_loses_nothing():
    box = first(ticket(SOUP, note="Bin allergisch gegen Sellerie"), Box)
    assert (box.title, box.text) == ("ALLERGIE! HINWEIS VOM GAST", "Bin allergisch gegen Sellerie")
    assert box.loud_title
    assert box.style.inverse


def test_an_allergy_after_the_limit_of_the_note_is_still_loud():
    box = first(ticket(SOUP, note="bitte " * 400 + "allergie"), Box)
    assert "allergie" not in box.text
    assert box.loud_title


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Item(name="Suppe", special_request="no nuts"), "no nuts"),
        (
            Item(name="Suppe", notes=(LabelledText(label="Allergien", text="Milch"),)),
            "Allergien: Milch",
        ),
    ],
)
def test_an_allergy_below_is_told_at_the_top_by_its_dish(item, text):
    blocks = ticket(item)
    box = first(blocks, Box)
    assert (box.title, box.text) == ("ALLERGIE! Suppe", text)
    assert box.style.inverse
    assert blocks.index(box) < blocks.index(Dish(1, "Suppe"))


def test_a_note_is_inverse_and_large_while_it_is_short():
    short, long = first(ticket(SOUP, note="kurz"), Box), first(ticket(SOUP, note="lang " * 60), Box)
    assert short.style.inverse
    assert long.style.inverse
    assert (short.style.height, long.style.height) == (2, 1)


def test_a_request_stands_in_a_box_under_its_dish():
    blocks = ticket(SOUP, Item(name="Salat", special_request="ohne Essig"))
    (dish,) = positions(blocks, Dish(1, "Salat"))
    request = blocks[dish + 1]
    assert isinstance(request, Box)
    assert (request.title, request.text) == ("WUNSCH", "ohne Essig")


def test_what_goes_with_a_dish_keeps_its_group_and_its_number():
    modifiers = (Modifier(name="Reis", group="Beilage"), Modifier(name="Speck", quantity=2))
    blocks = ticket(Item(name="Braten", variants=("klein",), modifiers=modifiers))
    (dish,) = positions(blocks, Dish(1, "Braten"))
    details = [block for block in blocks[dish + 1 : dish + 4] if isinstance(block, Detail)]
    assert [(one.label, one.text) for one in details] == [
        ("", "klein"),
        ("Beilage", "Reis"),
        ("", "2x Speck"),
    ]


@pytest.mark.parametrize(
    "modifier",
    [
        Modifier(name="Ohne Zwiebeln"),
        Modifier(name="NO onions"),
        Modifier(name="Sans fromage"),
        Modifier(name="Senza glutine"),
        Modifier(name="Käse", group="Extras"),
    ],
)
def test_what_changes_a_dish_is_bold(modifier):
    assert first(ticket(Item(name="Burger", modifiers=(modifier,))), Detail, 1).style.bold
    plain = Modifier(name="Notbremse", group="Soße")
    assert first(ticket(Item(name="Burger", modifiers=(plain,))), Detail, 1).style == PLAIN


@pytest.mark.parametrize(
    ("name", "shown"), [("?? 1a2b", "?? 1a2b"), ("1a2b", "?? 1a2b"), ("", "??")]
)
def test_an_unknown_modifier_is_visible(name, shown):
    modifier = Modifier(name=name, group="Soße", resolved=False)
    detail = first(ticket(Item(name="Burger", modifiers=(modifier,))), Detail, 1)
    assert (detail.label, detail.text, detail.style.inverse) == ("Soße", shown, True)


def test_what_has_no_name_is_shown_by_the_start_of_its_id():
    unknown = "?? 5EC0ffee-1a2b-4c3d-8e9f-0123456789ab"
    modifier = Modifier(name=unknown, resolved=False)
    blocks = ticket(Item(name=unknown, variants=(unknown,), modifiers=(modifier,)))
    assert first(blocks, Dish) == Dish(1, "?? 5EC0ffee")
    assert [first(blocks, Detail, nth).text for nth in (1, 2)] == ["?? 5EC0ffee"] * 2


@pytest.mark.parametrize(
    "name", ["5ec0ffee-1a2b-4c3d-8e9f-0123456789ab", "?? 5ec0ffee-1a2b", "?? five-cents-off-a-beer"]
)
def test_a_name_that_only_resembles_such_an_id_is_whole(name):
    assert first(ticket(Item(name=name)), Dish).name == name


def test_lines_that_look_alike_are_never_merged():
    blocks = ticket(SOUP, SOUP, Item(name="Suppe", special_request="heiß"))
    assert blocks.count(Dish(1, "Suppe")) == 3


def test_sections_keep_the_order_of_the_menu_and_claim_only_their_own():
    blocks = ticket(
        Item(name="Suppe", section=Section(name="Vorspeisen")),
        Item(name="Braten", section=Section(name="Hauptgerichte")),
        Item(name="Salat", section=Section(name="Vorspeisen")),
        Item(name="Wasser"),
        Item(name="Saft", section=Section(id="5ec")),
    )
    shown = [block for block in blocks if isinstance(block, Heading | Dish)]
    assert shown == [
        *(Dish(1, "Wasser"), Dish(1, "Saft")),
        *(Heading("Vorspeisen"), Dish(1, "Suppe"), Dish(1, "Salat")),
        *(Heading("Hauptgerichte"), Dish(1, "Braten")),
    ]


def test_the_foot_counts_the_dishes_and_names_the_other_stations():
    others = (OtherStation(name="BAR", items=2), OtherStation(name="PASS", items=1))
    blocks = compose(
        job(
            order(Item(name="Suppe", quantity=3), SOUP),
            language=Language.ENGLISH,
            part=2,
            parts=3,
            others=others,
        ),
        SLIP,
    )
    foot = first(blocks, Pair, 1)
    assert (foot.left, foot.right) == ("4 items", "2 of 3")
    assert lines(blocks)[1:3] == ["BAR has 2 items", "PASS has 1 item"]


def test_a_copy_says_which_one_it_is():
    blocks = compose(job(order(SOUP), copies=2, copy_number=2), SLIP)
    assert Line("Kopie 2 von 2") in blocks


def test_the_foot_tells_the_times_that_are_known():
    times = "gedruckt 18:41 · zugesagt 19:11"
    assert f"bestellt 18:41 · {times}" in lines(ticket(SOUP))
    assert times in lines(ticket(SOUP, placed_at=None))


def test_a_promise_without_a_time_is_told_in_words():
    asap = Fulfilment(promise=Promise(asap=True))
    assert "gedruckt 18:41 · zugesagt SOFORT" in lines(
        ticket(SOUP, placed_at=None, fulfilment=asap)
    )


def test_the_foot_tells_the_number_before_and_the_numbers_that_nobody_has():
    slip = replace(SLIP, previous="0416", unused=(Unused("0414", "bar-1"), Unused("0415")))
    told = lines(ticket(SOUP, slip=slip))
    assert told[-4].endswith("· zugesagt 19:11 · davor #0416")
    assert told[-3:-1] == [
        "Nr. 0414 hier nicht benutzt, gedruckt an BAR-1",
        "Nr. 0415 hier nicht benutzt",
    ]
    bare = Profile(hidden=frozenset({OptionalBlock.TIMES}))
    assert "davor #0416" in lines(compose(job(order(SOUP)), slip, bare))


def test_a_choice_that_stands_alone_says_what_it_belongs_to():
    blocks = ticket(Item(name="Cola", quantity=2, part_of="Menü Burger"))
    (drink,) = positions(blocks, Dish(2, "Cola"))
    assert blocks[drink + 1] == Detail("Menü Burger", "zu")


def test_a_test_without_dishes_does_not_complain_about_it():
    blocks = compose(job(order(), kind=JobKind.TEST), SLIP)
    assert Banner("KEINE ARTIKEL") not in blocks
    assert Banner("KEINE ARTIKEL") in ticket()


def test_no_price_phone_or_address_can_come_onto_a_station_ticket():
    fulfilment = {
        "kind": "delivery",
        "address": {"lines": ["Geheimweg 1"], "postal_code": "12345", "city": "Geheimstadt"},
    }
    item = {"name": "Suppe", "price": {"amount": "47.11", "currency": "EUR"}}
    secret = job(order(Item.model_validate(item), fulfilment=Fulfilment.model_validate(fulfilment)))
    said = repr(compose(secret, SLIP))
    assert not any(word in said for word in ("Geheim", "12345", "47.11", "47,11"))


def test_the_same_job_and_slip_always_give_the_same_ticket():
    assert compose(PICKUP, SLIP) == compose(PICKUP, replace(SLIP, printed_at=PRINTED))
    assert PLACED < PRINTED
