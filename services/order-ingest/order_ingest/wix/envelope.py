"""What a webhook says happened, out of the claims of its token.

Wix wraps the event in three envelopes, each of them an object or a string of JSON, and names the
order in it by either of two spellings. Every one of them is read here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bonfire.errors import Reason
from order_ingest.wix.mapping.readable import mended
from order_ingest.wix.moments import read_moment
from order_ingest.wix.refusal import WixRefused
from order_ingest.wix.strict_json import parse_json

ORDER_ENTITY: Final = "wix.ecom.v1.order"


class EventKind(StrEnum):
    """What happened to the order."""

    CREATED = "created"
    APPROVED = "approved"
    UPDATED = "updated"
    CANCELED = "canceled"
    PAYMENT_STATUS_UPDATED = "payment_status_updated"
    OTHER = "other"  # of an order, but none of the above; or not of an order at all


@dataclass(frozen=True, slots=True)
class WixEvent:
    """One event. `order` is Wix's own JSON; None if the event tells of no order.

    `event_id` is the same in every delivery of the event, `sequence` rises with each event of the
    order, `anonymized` says that the change only erases a person's data.
    """

    event_id: str
    event_type: str
    slug: str
    kind: EventKind
    instance_id: str
    entity_id: str
    sequence: int | None
    event_time: datetime | None
    anonymized: bool
    order: dict[str, Any] | None


def read_event(claims: dict[str, Any]) -> WixEvent:
    """The event in verified claims.

    Raises `WixRefused`: INVALID_FIELDS with the path of what is missing or of the wrong type;
    NOT_JSON or TOO_DEEP for a string that should hold JSON.
    """
    envelope = _object(claims, "data", "data")
    event = _object(envelope, "data", "data.data")
    event_type = _text(envelope, "eventType")
    entity, slug = _subject(event, event_type)
    kind = _kind(entity, slug)
    anonymized = event.get("triggeredByAnonymizeRequest") in (True, "true")
    order = _order(event) if entity == ORDER_ENTITY else None
    if order is None and kind is not EventKind.OTHER and not anonymized:
        raise _invalid("data.data: the order")
    return WixEvent(
        event_id=_required(event, "data.data", "id", "_id"),
        event_type=event_type or f"{entity}_{slug}",
        slug=slug,
        kind=kind,
        instance_id=_required(envelope, "data", "instanceId"),
        entity_id=_text(event, "entityId") or _required(order or {}, "data.data", "id", "_id"),
        sequence=_sequence(event.get("entityEventSequence")),
        event_time=read_moment(event.get("eventTime")),
        anonymized=anonymized,
        order=order,
    )


def _subject(event: dict[str, Any], event_type: str) -> tuple[str, str]:
    """The kind of entity and what happened to it; without the entity's name, from the type.

    A sibling such as `order_transactions` is no order, although its type begins like one.
    """
    word = event_type.removeprefix(f"{ORDER_ENTITY}_")
    slug = _text(event, "slug") or word
    entity = _text(event, "entityFqdn")
    if not entity and word in _WORDS:
        entity = ORDER_ENTITY
    return entity, slug


def _kind(entity: str, slug: str) -> EventKind:
    if entity != ORDER_ENTITY:
        return EventKind.OTHER
    return EventKind(slug) if slug in _WORDS else EventKind.OTHER


def _order(event: dict[str, Any]) -> dict[str, Any] | None:
    """The order in whichever of the event's bodies there is; None where no body holds one."""
    for body, spellings in _BODIES.items():
        if event.get(body) is not None:
            path = f"data.data.{body}"
            content = _either(_object(event, body, path), path, spellings)
            if content is None or body != "actionEvent":
                return content
            return _either(content, f"{path}.{spellings[0]}", ("order", "orderAsJson"))
    return None


_WORDS: Final = frozenset(kind.value for kind in EventKind)
_BODIES: Final = {
    "createdEvent": ("entity", "entityAsJson"),
    "updatedEvent": ("currentEntity", "currentEntityAsJson"),
    "actionEvent": ("body", "bodyAsJson"),
}


def _either(holder: dict[str, Any], path: str, spellings: tuple[str, ...]) -> dict[str, Any] | None:
    """The first of these fields that holds something; an empty string or object is nothing."""
    for name in spellings:
        if holder.get(name):
            return _object(holder, name, f"{path}.{name}")
    return None


def _object(holder: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    value = holder.get(name)
    if isinstance(value, str):
        value = parse_json(value)
    if not isinstance(value, dict):
        raise _invalid(path)
    return value


def _required(holder: dict[str, Any], path: str, *spellings: str) -> str:
    for name in spellings:
        if text := _text(holder, name):
            return text
    raise _invalid(f"{path}.{spellings[0]}")


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return mended(value) if isinstance(value, str) else ""


def _sequence(value: Any) -> int | None:
    """An odd sequence is no reason to lose an order: `updatedDate` guards its age as well."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return value
    return None


def _invalid(path: str) -> WixRefused:
    return WixRefused(Reason.INVALID_FIELDS, f"{path} is missing or not what it should be.")
