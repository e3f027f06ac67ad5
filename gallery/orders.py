"""The orders that the gallery prints: all of samples/wix, and some of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.config import Config
from bonfire.order import Item, Order
from order_ingest import jobs_command

RICHEST: Final = "everything"
"""The order that is shown in every way; it has whatever an order can have."""
WAYS_OUT: Final = ("delivery-scheduled-paid", "pickup-asap-cash", "dine-in-table")
"""Shown in every language: an order of each way in which a dish leaves the house."""

_HERE: Final = Path(__file__).parent
_SAMPLES: Final = (
    *sorted((_HERE / "orders").glob("*.json")),
    *sorted((_HERE.parent / "samples").glob("*/*.json")),
)


@dataclass(frozen=True, slots=True)
class House:
    """The restaurant, and its orders by the names of their files."""

    config: Config
    orders: dict[str, Order]


def opened() -> House:
    """Raises `BonfireError` where a file says something that it cannot."""
    loaded = config.load(_HERE / "house.toml")
    read = {file.stem: jobs_command.read(file, loaded) for file in _SAMPLES}
    return House(loaded, {name: order for name, order in read.items() if order is not None})


def revised(order: Order) -> Order:
    """What a guest may have changed on the telephone: one dish less, one more often, one new."""
    first, *others = order.items
    more = (item.model_copy(update={"quantity": item.quantity + 1}) for item in others[:1])
    new = Item(name="Apfelstrudel", section=first.section, special_request="mit Vanillesoße")
    items = (*more, *others[1:], new) if others else (first, new)
    note = f"{order.note}\nWir kommen zu fünft.".strip()
    return order.model_copy(update={"items": items, "note": note})
