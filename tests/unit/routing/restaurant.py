"""A restaurant with every document, and an order that has something for each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bonfire.config import Config
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
from order_ingest.domain.jobs import plan
from tests.support.configs import config, location, printer, station

ACCEPTED: Final = datetime(2026, 5, 8, 17, 53, tzinfo=UTC)
DUE: Final = ACCEPTED + timedelta(minutes=20)
PRICE: Final = Money(amount=Decimal("98.76"), currency="EUR")
DRINKS: Final = Section(id="5ec00003", name="Getränke")
# None of these strings is in anything else of the order.
PRIVATE: Final = ("98.76", "5550199", "Geheimgasse", "Geheimstadt", "EUR")

STATIONS: Final = [
    station("kitchen", name="KÜCHE"),
    station("grill", printer="grill-1"),
    station("bar", printer="bar-1"),
    station("pass", document="pass"),
    station("driver", document="courier", printer="bar-1"),
    station("bag", document="bag", printer="bar-1"),
]
ROUTES: Final[list[dict[str, Any]]] = [
    {"sections": ["Getränke"], "stations": ["bar"]},
    {"items": ["*Steak*"], "stations": ["grill"]},
    {"modifiers": ["Cola*"], "modifiers_alone": True, "stations": ["bar"]},
]
PRINTERS: Final = [
    printer(name, byte) for byte, name in enumerate(("kitchen-1", "grill-1", "bar-1"), start=50)
]


def restaurant(**changes: Any) -> Config:
    """Kitchen (the default), grill and bar on a printer each; a pass, a courier and bags."""
    place: dict[str, Any] = {"stations": STATIONS, "routes": ROUTES, "printers": PRINTERS}
    return config(location(**(place | changes)))


ORDER: Final = Order(
    id="7c1d6a52",
    number="10033",
    placed_at=ACCEPTED,
    fulfilment=Fulfilment(
        kind=FulfilmentKind.DELIVERY,
        title="Lieferung",
        instructions="Hinterhof",
        address=Address(lines=("Geheimgasse 7",), city="Geheimstadt"),
    ),
    customer=Customer(name="Zoë Übermut", phone="+49 30 5550199"),
    items=(
        Item(name="Rindersteak", quantity=2, special_request="Nussallergie", price=PRICE),
        Item(name="Bier", quantity=3, section=DRINKS, price=PRICE),
        Item(
            name="Menü 1",
            quantity=2,
            modifiers=(
                Modifier(name="Pommes", price=PRICE),
                Modifier(group="Getränk", name="Cola 0,3 l", quantity=2, price=PRICE),
            ),
            special_request="ohne Eis",
            notes=(LabelledText(label="Soße", text="extra"),),
            price=PRICE,
        ),
    ),
    note="Klingel kaputt",
    custom_fields=(LabelledText(label="Anlass", text="Geburtstag"),),
    payment=Payment(status=PaymentStatus.NOT_PAID, total=PRICE, to_collect=PRICE),
)


def of_kind(kind: FulfilmentKind, order: Order = ORDER, **changes: Any) -> Order:
    fulfilment = order.fulfilment.model_copy(update={"kind": kind} | changes)
    return order.model_copy(update={"fulfilment": fulfilment})


def planned(order: Order = ORDER, at: Config | None = None, **more: Any) -> tuple[PrintJob, ...]:
    house = at or restaurant()
    ingredients = {"digest": "d1", "source": "wix", **more}
    place = house.locations[0]
    return plan(order, place, house.organisation, ACCEPTED, DUE, **ingredients)


def by_station(order: Order = ORDER, at: Config | None = None) -> dict[str, PrintJob]:
    """The first copy for each station."""
    return {job.station: job for job in reversed(planned(order, at))}
