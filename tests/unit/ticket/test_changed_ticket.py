"""What the ticket of a change says, and that of a cancellation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hypothesis import given, settings

from bonfire.messages import Document, JobKind, PrintJob, StationPart, TicketOrder
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
from print_agent.ticket import Earlier, Slip
from print_agent.ticket.blocks import Banner, Block, Box, Detail, Dish, Heading, Huge, Line
from print_agent.ticket.layout import compose
from print_agent.ticket.slip import Replaced
from tests.unit.ticket.finding import every
from tests.unit.ticket.samples import PRINTED, READY, SLIP, job, order
from tests.unit.ticket.strategies import JOBS, ORDERS

EARLIER: Final = Earlier("0412", PRINTED - timedelta(minutes=9))
MAINS: Final = Section(name="Speisen")
BEFORE: Final = order(
    Item(id="1", name="Salat"),
    Item(
        id="2",
        name="Burger",
        quantity=2,
        section=MAINS,
        variants=("klein",),
        modifiers=(Modifier(name="Speck"), Modifier(name="Pommes", group="Beilage")),
        special_request="durch",
        notes=(LabelledText(label="Schnitt", text="halb"),),
    ),
    Item(id="3", name="Eis", quantity=2, modifiers=(Modifier(name="ohne Sahne"),)),
)
AFTER: Final = BEFORE.model_copy(
    update={
        "items": (
            BEFORE.items[0],
            BEFORE.items[1].model_copy(
                update={
                    "quantity": 3,
                    "variants": ("groß",),
                    "modifiers": (
                        Modifier(name="Pommes", group="Beilage"),
                        Modifier(name="ohne Zwiebeln"),
                    ),
                    "special_request": "",
                    "notes": (),
                }
            ),
            Item(id="4", name="Suppe", special_request="heiß"),
        )
    }
)


def ticket(
    before: TicketOrder | None,
    after: TicketOrder,
    kind: JobKind = JobKind.CHANGE,
    **changes: object,
) -> tuple[Block, ...]:
    replaces = Replaced(EARLIER, before) if before else None
    return compose(job(after, kind=kind, **changes), replace(SLIP, replaces=replaces))


def body(blocks: tuple[Block, ...]) -> list[str]:
    """From the first banner or dish below the head, a word for each block."""
    head = blocks.index(every(blocks, Huge)[0])
    found = []
    for block in blocks[head + 2 :]:
        match block:
            case Dish(quantity, name, _, struck, small):
                found.append(f"{'-' * struck}{'.' * small}{quantity}x {name}")
            case Detail(text, label):
                found.append(f"  {label}: {text}" if label else f"  {text}")
            case Box(title, text):
                found.append(f"  [{title}] {text}")
            case Banner(text):
                found.append(f"! {text}")
            case Heading(text):
                found.append(text)
    return found


def test_a_change_says_what_is_cancelled_then_what_is_new_then_the_rest_in_small():
    assert body(ticket(BEFORE, AFTER))[:-2] == [
        *("  Name: Jörg Weiß", "! STORNIERT: NICHT KOCHEN", "-2x Eis", "  ohne Sahne"),
        *("! NEU / GEÄNDERT", "1x Suppe", "  NEU", "  [WUNSCH] heiß"),
        *("Speisen", "3x Burger", "  2x -> 3x (+1)", "  NEU: groß", "  ENTFÄLLT: klein"),
        *("  Beilage: Pommes", "  NEU: ohne Zwiebeln", "  ENTFÄLLT: Speck"),
        *("  ENTFÄLLT WUNSCH: durch", "  ENTFÄLLT Schnitt: halb"),
        *("UNVERÄNDERT", ".1x Salat"),
    ]


def test_a_cook_who_has_begun_reads_how_many_fewer():
    fewer = BEFORE.model_copy(
        update={"items": (BEFORE.items[1].model_copy(update={"quantity": 1}),)}
    )
    assert "  2x -> 1x (-1)" in body(ticket(BEFORE, fewer))


def test_a_changed_request_says_so_in_its_box():
    items = (BEFORE.items[1].model_copy(update={"special_request": "medium"}),)
    shown = body(ticket(BEFORE, BEFORE.model_copy(update={"items": items})))
    assert "  [WUNSCH GEÄNDERT] medium" in shown
    assert "durch" not in " ".join(shown)


def test_a_request_that_became_invisible_is_told_as_gone():
    items = (BEFORE.items[1].model_copy(update={"special_request": "\u200b"}),)
    assert "  ENTFÄLLT WUNSCH: durch" in body(ticket(BEFORE, order(*items)))


def test_what_changed_about_the_order_comes_before_its_dishes():
    after = AFTER.model_copy(
        update={
            "fulfilment": Fulfilment(
                kind=FulfilmentKind.DINE_IN,
                table="7",
                promise=Promise(at=READY + timedelta(minutes=15)),
            ),
            "note": "mit Kerze",
            "customer_name": "Ada",
            "phone": "1",
        }
    )
    blocks = ticket(BEFORE, after)
    assert body(blocks)[:3] == [
        "  NEUE ZEIT: 19:26 statt SOFORT, bis 19:11",
        "  GEÄNDERT: TISCH 7 statt ABHOLUNG",
        "  [HINWEIS GEÄNDERT] mit Kerze",
    ]
    assert "AUCH GEÄNDERT: NAME, TEL" in [line.text for line in every(blocks, Line)]


def test_another_wording_of_the_same_time_is_no_change_to_a_reader():
    said = Fulfilment(
        kind=FulfilmentKind.PICKUP, promise=Promise(asap=True, at=READY, until=READY, text="asap")
    )
    after = BEFORE.model_copy(update={"fulfilment": said})
    assert "NEUE ZEIT" not in " ".join(body(ticket(BEFORE, after)))


def test_a_note_that_was_withdrawn_is_told_with_its_words():
    noted = BEFORE.model_copy(update={"note": "mit Kerze"})
    assert "  [HINWEIS ENTFÄLLT] mit Kerze" in body(ticket(noted, BEFORE))


def test_a_change_elsewhere_says_that_no_item_changed_here():
    shown = body(ticket(BEFORE, BEFORE))
    assert "! HIER KEIN ARTIKEL GEÄNDERT" in shown
    assert shown.count("UNVERÄNDERT") == 1
    assert ".2x Burger" in shown


def test_choices_in_another_order_and_blanks_are_no_change():
    burger = BEFORE.items[1]
    other = burger.model_copy(
        update={
            "name": "Bu\u200brger ",
            "modifiers": burger.modifiers[::-1],
            "special_request": "durch\n",
        }
    )
    items = (BEFORE.items[0], other, BEFORE.items[2])
    shown = body(ticket(BEFORE, BEFORE.model_copy(update={"items": items})))
    assert "! HIER KEIN ARTIKEL GEÄNDERT" in shown


def test_what_reads_the_same_is_not_marked_in_a_dish_that_changed():
    burger = BEFORE.items[1]
    other = burger.model_copy(
        update={
            "quantity": 3,
            "variants": ("klein ",),
            "modifiers": burger.modifiers[::-1],
            "special_request": " durch",
            "notes": (LabelledText(label="Schnitt ", text="halb"),),
        }
    )
    shown = body(ticket(order(burger), order(other)))
    assert shown[1:-2] == [
        *("! NEU / GEÄNDERT", "Speisen", "3x Burger", "  2x -> 3x (+1)", "  klein"),
        *("  Beilage: Pommes", "  Speck", "  [WUNSCH] durch", "  Schnitt: halb"),
    ]


def test_a_change_that_cancels_the_last_dish_says_that_everything_here_is_cancelled():
    shown = body(ticket(BEFORE, order()))
    assert "! HIER ALLES STORNIERT: NICHT KOCHEN" in shown
    assert [one for one in shown if "x " in one] == ["-1x Salat", "-2x Burger", "-2x Eis"]
    assert not [one for one in shown if "ONLINE" in one or "KEINE ARTIKEL" in one]


def test_an_emptied_order_that_the_shop_could_not_read_is_checked_online():
    unread = order(alerts=(Alert(code=AlertCode.NO_ITEMS),))
    assert "! ONLINE PRÜFEN: Bestellung 10033" in body(ticket(BEFORE, unread))


def test_a_change_without_any_items_before_or_after_is_checked_online():
    for before in (None, order()):
        shown = body(ticket(before, order()))
        assert "! ONLINE PRÜFEN: Bestellung 10033" in shown
        assert "! KEINE ARTIKEL" in shown


def test_another_name_of_the_same_way_is_told_where_it_may_be_the_table():
    before, after = (
        order(fulfilment=Fulfilment(kind=FulfilmentKind.DINE_IN, title=f"Terrasse {n}"))
        for n in (7, 8)
    )
    shown = body(ticket(before, after))
    assert "  GEÄNDERT: IM LOKAL, Terrasse 8 statt IM LOKAL, Terrasse 7" in shown


def test_a_change_of_something_unknown_is_a_whole_ticket():
    shown = body(ticket(None, AFTER))
    assert [one for one in shown if "x " in one] == ["1x Salat", "1x Suppe", "3x Burger"]
    assert "UNVERÄNDERT" not in shown


def test_new_and_changed_lines_stand_under_their_stations():
    parts = (StationPart(name="KÜCHE", items=(0, 1)), StationPart(name="BAR", items=(2,)))
    shown = body(ticket(BEFORE, AFTER, stations=parts))
    assert shown.index("KÜCHE") < shown.index("3x Burger") < shown.index("BAR")
    assert shown.index("BAR") < shown.index("1x Suppe") < shown.index("UNVERÄNDERT")


def test_a_bag_is_packed_anew_by_the_same_difference():
    shown = body(ticket(BEFORE, AFTER, document=Document.BAG))
    assert "! STORNIERT: NICHT PACKEN" in shown
    assert "  2x -> 3x (+1)" in shown


def test_a_cancellation_shows_every_line_with_its_choices():
    shown = body(ticket(BEFORE, BEFORE, JobKind.CANCEL))
    assert [one for one in shown if "x " in one] == ["-1x Salat", "-2x Eis", "-2x Burger"]
    assert {"  Speck", "  Beilage: Pommes", "  ohne Sahne", "  [WUNSCH] durch"} <= set(shown)


def test_a_cancellation_takes_back_what_stood_on_paper():
    blocks = ticket(BEFORE, AFTER, JobKind.CANCEL)
    dishes = [(one.quantity, one.name) for one in every(blocks, Dish)]
    assert sorted(dishes) == [(1, "Salat"), (1, "Suppe"), (2, "Burger"), (2, "Eis")]
    assert all(one.struck for one in every(blocks, Dish))
    assert {"  Speck", "  klein"} <= set(body(blocks))


def test_a_cancellation_without_lines_of_its_own_takes_those_of_the_ticket_before():
    blocks = ticket(BEFORE, order(), JobKind.CANCEL)
    assert len(every(blocks, Dish)) == 3
    assert "! KEINE ARTIKEL" not in body(blocks)


@given(JOBS, ORDERS)
@settings(max_examples=50)
def test_no_line_of_a_change_is_lost_or_shown_twice(job: PrintJob, before: TicketOrder):
    changed = job.model_copy(update={"kind": JobKind.CHANGE, "document": Document.STATION})
    slip = Slip("0417", PRINTED, replaces=Replaced(EARLIER, before))
    dishes = every(compose(changed, slip), Dish)
    standing = [one.quantity for one in dishes if not one.struck]
    assert sorted(standing) == sorted(item.quantity for item in job.order.items)
    assert len(before.items) >= len(dishes) - len(standing)
