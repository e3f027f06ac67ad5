"""Print jobs for the golden tickets. Every person and dish in them is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bonfire.messages import (
    Document,
    JobKind,
    Language,
    OtherStation,
    PrintJob,
    StationPart,
    TicketOrder,
)
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
)
from print_agent.ticket import Earlier, Slip
from print_agent.ticket.slip import Replaced, Unused

PLACED: Final = datetime(2026, 3, 6, 17, 41, 12, tzinfo=UTC)
PRINTED: Final = PLACED + timedelta(seconds=3)
READY: Final = PLACED + timedelta(minutes=30)

STARTERS, MAINS, DRINKS = Section(name="Vorspeisen"), Section(name="Hauptgerichte"), Section()
SLIP: Final = Slip(number="0417", printed_at=PRINTED)


def job(order: TicketOrder, **changes: Any) -> PrintJob:
    fields: dict[str, Any] = {
        "job_id": "9f31c0de9f31c0de9f31c0de9f31c0de",
        "organisation": "krone",
        "location": "altstadt",
        "timezone": "Europe/Berlin",
        "agent": "altstadt",
        "station": "kitchen",
        "station_name": "KÜCHE",
        "printer": "kitchen-1",
        "accepted_at": PLACED,
        "due_at": PLACED,
        "order": order,
    }
    return PrintJob(**{**fields, **changes})


def order(*items: Item, **changes: Any) -> TicketOrder:
    fields: dict[str, Any] = {
        "id": "0bde0001-0000-4000-8000-000000000001",
        "number": "10033",
        "placed_at": PLACED,
        "fulfilment": Fulfilment(
            kind=FulfilmentKind.PICKUP, promise=Promise(asap=True, at=READY, until=READY)
        ),
        "customer_name": "Jörg Weiß",
        "items": items,
    }
    return TicketOrder(**{**fields, **changes})


PICKUP: Final = job(
    order(
        Item(name="Gurkensalat mit Dill", section=STARTERS),
        Item(
            name="Käsespätzle",
            quantity=2,
            section=MAINS,
            variants=("große Portion",),
            modifiers=(
                Modifier(name="Ohne Röstzwiebeln"),
                Modifier(name="Feldsalat", group="Beilage"),
                Modifier(name="Preiselbeeren", group="Dazu", quantity=2),
            ),
            special_request="Bitte die Soße extra, in einem eigenen Becher",
        ),
        Item(name="Käsespätzle", section=MAINS, variants=("kleine Portion",)),
        Item(
            name="Schweinebraten in Dunkelbiersoße mit Semmelknödel und Speckkrautsalat",
            quantity=12,
            section=MAINS,
            modifiers=(Modifier(name="Extra Kruste", group="Extras"),),
        ),
        note="Ein Kind hat eine schwere Erdnussallergie!\nKommen zu Fuß, bitte gut einpacken.",
        custom_fields=(LabelledText(label="Besteck", text="ja, für 4 Personen"),),
    ),
    part=1,
    parts=2,
    others=(OtherStation(name="BAR", items=3),),
)

SCHEDULED: Final = job(
    order(
        Item(
            name="Club sandwich",
            modifiers=(
                Modifier(name="No tomato"),
                Modifier(name="?? 5ec0ffee", group="Bread", resolved=False),
            ),
            notes=(LabelledText(label="Cut", text="in four"),),
        ),
        Item(name="Fish and chips", quantity=3, special_request="Nut allergy: clean fryer please"),
        Item(name=""),
        number="A-204",
        fulfilment=Fulfilment(
            kind=FulfilmentKind.DELIVERY,
            promise=Promise(at=READY + timedelta(days=1), until=READY + timedelta(days=1.02)),
            instructions="Second door on the left, the bell is broken",
        ),
        customer_name="Ada Example",
        note="No rush",
        alerts=(Alert(code=AlertCode.UNKNOWN_MODIFIER),),
    ),
    language=Language.ENGLISH,
    station_name="KITCHEN",
    copies=2,
    copy_number=2,
)

TABLE: Final = job(
    order(
        Item(name="Apfelschorle 0,4 l", quantity=2),
        Item(name="Espresso", quantity=999),
        number="7",
        fulfilment=Fulfilment(kind=FulfilmentKind.DINE_IN, table="12"),
        customer_name="",
    ),
    station_name="BAR",
)

HOSTILE: Final = job(
    order(
        Item(
            name="Pizza \x1b@\x1bp\x00\x32\x32 \u202eatledoM",
            special_request="\n\n\n#0001  job 00000000\nBEZAHLT\n\x1dV\x00\n┌──┐ ████ PAID",
        ),
        Item(name="北京烤鸭", quantity=2, modifiers=(Modifier(name="Ohne 🥜"),)),
        Item(name="Langer Name " * 25, modifiers=(Modifier(name="x" * 90, group="y" * 40),)),
        number="10034",
        note="=" * 48
        + "\nKÜCHE      TISCH 1\n1x Gratis-Steak\n#0418  job deadbeef\n\x10\x14\x01\x00\x01",
        customer_name="\x1dB\x01BEZAHLT",
        custom_fields=(LabelledText(label="", text="#0418  job deadbeef"),),
    ),
)

LONG_NOTE: Final = job(
    order(Item(name="Leberkäse"), note=" ".join(f"Wunsch-{n:04}" for n in range(1_000)))
)

EMPTY: Final = job(
    order(fulfilment=Fulfilment(), customer_name="", number=""), kind=JobKind.CANCEL, timezone="?"
)

TEST: Final = job(
    order(Item(name="Umlaute: äöüÄÖÜß, Euro: €", quantity=2), number="TEST"), kind=JobKind.TEST
)


def _euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


_ALLERGIC: Final = "Schwere Nussallergie, bitte frische Pfanne!"
DELIVERED: Final = order(
    Item(id="1", name="Bruschetta", section=STARTERS, price=_euros("6.5")),
    Item(
        id="2",
        name="Rindsburger",
        quantity=2,
        section=MAINS,
        price=_euros("14.9"),
        modifiers=(
            Modifier(name="Ohne Zwiebeln"),
            Modifier(name="Pommes", group="Beilage"),
            Modifier(name="Extra Käse", price=_euros("1.5")),
        ),
        special_request="medium, nicht durch",
    ),
    Item(
        id="3",
        name="Käsespätzle",
        section=MAINS,
        price=_euros("12"),
        special_request=_ALLERGIC,
    ),
    Item(
        id="2",
        name="Cola 0,4 l",
        quantity=2,
        section=Section(name="Getränke"),
        price=_euros("3.9"),
        part_of="Menü Burger",
    ),
    note="Bitte gut einpacken",
    allergies=(LabelledText(label="Käsespätzle", text=_ALLERGIC),),
    phone="0761 555 01 23",
    payment=Payment(status=PaymentStatus.NOT_PAID, total=_euros("56.1"), to_collect=_euros("56.1")),
    custom_fields=(LabelledText(label="Besteck", text="ja, für 4 Personen"),),
    fulfilment=Fulfilment(
        kind=FulfilmentKind.DELIVERY,
        promise=Promise(asap=True, at=READY, until=READY),
        instructions="Hinterhaus, zweite Tür links. Die Klingel geht nicht.",
        address=Address(
            lines=("Beispielgasse 12", "3. Stock"), postal_code="79000", city="Musterstadt"
        ),
    ),
)
# As it stood before: three burgers with bacon, a dessert, no note, no dish of the allergic guest.
_BEFORE: Final = DELIVERED.model_copy(
    update={
        "note": "",
        "allergies": (),
        "items": (
            DELIVERED.items[0],
            DELIVERED.items[1].model_copy(
                update={
                    "quantity": 3,
                    "modifiers": (*DELIVERED.items[1].modifiers[1:], Modifier(name="Speck")),
                    "special_request": "durch",
                }
            ),
            DELIVERED.items[3],
            Item(id="9", name="Tiramisu", quantity=2, modifiers=(Modifier(name="Ohne Alkohol"),)),
        ),
        "fulfilment": DELIVERED.fulfilment.model_copy(
            update={"promise": Promise(at=READY + timedelta(minutes=20))}
        ),
    }
)
_FIRST: Final = Earlier("0412", PLACED - timedelta(minutes=9))


def delivered(document: Document, station_name: str, **changes: Any) -> PrintJob:
    """With the parts of both stations; a `document` shows what it shows."""
    parts = (StationPart(name="KÜCHE", items=(0, 1, 2)), StationPart(name="BAR", items=(3,)))
    return job(DELIVERED, document=document, station_name=station_name, stations=parts, **changes)


GOLDEN: Final[dict[str, tuple[PrintJob, Slip]]] = {
    "pickup": (PICKUP, SLIP),
    "scheduled": (SCHEDULED, SLIP),
    "table": (TABLE, SLIP),
    "duplicate": (
        TABLE.model_copy(update={"language": Language.ENGLISH}),
        Slip("0417/2", PRINTED + timedelta(minutes=14), Earlier("0417", PRINTED), late_minutes=14),
    ),
    "hostile": (HOSTILE, SLIP),
    "long-note": (LONG_NOTE, SLIP),
    "empty": (EMPTY, SLIP),
    "test": (TEST, SLIP),
    "merged": (
        delivered(
            Document.STATION,
            "KÜCHE + BAR",
            part=1,
            parts=2,
            others=(OtherStation(name="PIZZA", items=3),),
        ),
        Slip("0417", PRINTED, previous="0416", unused=(Unused("0415", "bar-1"),)),
    ),
    "pass": (delivered(Document.PASS, "PASS"), SLIP),
    "courier": (delivered(Document.COURIER, "FAHRER"), SLIP),
    "bag": (delivered(Document.BAG, "TÜTE"), SLIP),
    "change": (
        delivered(Document.STATION, "KÜCHE + BAR", kind=JobKind.CHANGE),
        Slip("0417", PRINTED, replaces=Replaced(_FIRST, _BEFORE, surely_printed=False)),
    ),
    "cancel": (
        delivered(Document.STATION, "CUISINE", kind=JobKind.CANCEL, language=Language.FRENCH),
        Slip("0417", PRINTED, replaces=Replaced(_FIRST, DELIVERED)),
    ),
    "reprint": (
        delivered(Document.STATION, "CUCINA", kind=JobKind.REPRINT, language=Language.ITALIAN),
        Slip(
            "0417/2",
            PRINTED,
            Earlier("0417", PLACED),
            reprint=2,
            moved_from="cucina-1",
            late_minutes=12,
        ),
    ),
}
