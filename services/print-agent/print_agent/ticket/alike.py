"""Lines of an order that are alike in everything, as one line."""

from __future__ import annotations

from collections.abc import Sequence

from bonfire.messages import StationPart, TicketOrder
from bonfire.order import Item


def merge_identical(
    order: TicketOrder, stations: Sequence[StationPart] = ()
) -> tuple[TicketOrder, tuple[StationPart, ...]]:
    """The order with fewer lines, and the stations' parts with the positions that these have then.

    Only the shop's id of a line and the quantity may differ: another request, price or section
    keeps two lines apart, and so does another station.
    """
    cooked_by = {position: part for part in stations for position in part.items}
    merged: list[Item] = []
    place: dict[object, int] = {}
    moved_to: dict[int, int] = {}
    for position, item in enumerate(order.items):
        looks = (item.model_copy(update={"id": "", "quantity": 1}), cooked_by.get(position))
        if looks in place:
            same = merged[place[looks]]
            merged[place[looks]] = same.model_copy(
                update={"quantity": same.quantity + item.quantity}
            )
        else:
            place[looks] = len(merged)
            merged.append(item)
        moved_to[position] = place[looks]
    parts = (_moved(part, moved_to) for part in stations)
    return order.model_copy(update={"items": tuple(merged)}), tuple(parts)


def _moved(part: StationPart, moved_to: dict[int, int]) -> StationPart:
    positions = dict.fromkeys(moved_to[one] for one in part.items if one in moved_to)
    return part.model_copy(update={"items": tuple(positions)})
