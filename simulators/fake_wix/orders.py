"""Orders from files, made new: another id, another number, placed now."""

from __future__ import annotations

import copy
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

_LOCAL_TIME: Final = re.compile(r"\d\d\.\d\d\.\d\d \d\d:\d\d(?: - \d\d:\d\d)?")


def read_order(path: Path) -> dict[str, Any]:
    """The order in a file, with or without the `{"order": …}` that Wix's REST API puts around it.

    Raises OSError, or ValueError if there is no order in the file.
    """
    return unwrap(json.loads(path.read_text(encoding="utf-8")))


def unwrap(content: Any) -> dict[str, Any]:
    """Raises ValueError if `content` is no order."""
    order = content.get("order", content) if isinstance(content, dict) else None
    if not isinstance(order, dict) or not (order.get("id") or order.get("_id")):
        raise ValueError("This is not a Wix order: it has no id.")
    return order


def with_new_id(order: dict[str, Any], number: str | None = None) -> dict[str, Any]:
    """The same order under another id, and under `number` if there is one."""
    named = copy.deepcopy(order)
    named["_id" if "_id" in order else "id"] = str(uuid.uuid4())
    return named | ({"number": number} if number else {})


def placed_at(order: dict[str, Any], now: datetime, zone: str = "Europe/Berlin") -> dict[str, Any]:
    """The same order as if it had been placed `now`; promised times keep their distance.

    `zone` is the restaurant's, in which Wix words the promised time.
    """
    moved = copy.deepcopy(order)
    placed = _parse(order.get("createdDate") or order.get("_createdDate"))
    if placed is None:
        return moved
    shift = now - placed
    for name in ("createdDate", "_createdDate", "updatedDate", "_updatedDate", "purchasedDate"):
        _move(moved, name, shift)
    shipping = moved.get("shippingInfo") or {}
    logistics = shipping.get("logistics") or {}
    _move_promise(shipping, logistics, timedelta(minutes=shift // timedelta(minutes=1)), zone)
    return moved


def _move_promise(
    shipping: dict[str, Any], logistics: dict[str, Any], shift: timedelta, zone: str
) -> None:
    """Moves the slot, the times in the code and their wording, by whole minutes."""
    slot = logistics.get("deliveryTimeSlot") or {}
    _move(slot, "from", shift)
    _move(slot, "to", shift)
    kind, *times = str(shipping.get("code", "")).split("|")
    if len(times) == 2 and all(time.isdigit() for time in times):
        shift_ms = shift // timedelta(milliseconds=1)
        shipping["code"] = "|".join([kind, *(str(int(time) + shift_ms) for time in times)])
    start, end = _parse(slot.get("from")), _parse(slot.get("to"))
    if start and end and _LOCAL_TIME.fullmatch(str(logistics.get("deliveryTime"))):
        start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
        until = "" if start == end else f" - {end:%H:%M}"
        logistics["deliveryTime"] = f"{start:%d.%m.%y %H:%M}{until}"


def _move(holder: dict[str, Any], name: str, shift: timedelta) -> None:
    if moment := _parse(holder.get(name)):
        moved = (moment + shift).astimezone(UTC)
        holder[name] = moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
