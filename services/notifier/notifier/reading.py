"""Makes an event of whatever arrives: what we do not know is kept and shown, in a safe form.

An event is known only under its own routing key: the broker's permissions are of keys.

Nothing is refused here. A sender newer than we are, another make, or a stranger with the broker's
password: each of them can only fill a bounded row.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

import pydantic
from pydantic_core import from_json

from bonfire.broker import Delivery
from bonfire.messages import Event, Message, UnknownEvent, UnreadableMessage, decode
from bonfire.sanitiser import clean, clean_line, shorten
from notifier.history import Arrival

MOST_PARSED_BYTES: Final = 256 * 1024
MOST_KEPT_CHARACTERS: Final = 16_000
MOST_WORD_CHARACTERS: Final = 200

UNNAMED: Final = "unknown"
"""The type of an event that does not say its own."""


def read(delivery: Delivery, now: datetime) -> Arrival:
    """`now` stands in for the time of an event that does not tell one."""
    body = delivery.body
    message = _decoded(body)
    if isinstance(message, Event) and message.routing_key == delivery.routing_key:
        return Arrival(_tidy(message), message.SCHEMA, _text(message.encode()))
    if message is not None and not isinstance(message, Event):
        # A print job holds a guest's name and address, which have no place here.
        unknown = _unknown({"schema": message.SCHEMA}, body, now)
        return Arrival(unknown, unknown.said_schema, "{}")
    unknown = _unknown(_fields(body), body, now)
    return Arrival(unknown, unknown.said_schema, _text(body))


def _decoded(body: bytes) -> Message | None:
    if len(body) > MOST_PARSED_BYTES:
        return None
    try:
        return decode(body)
    except UnreadableMessage:
        return None


def _tidy(event: Event) -> Event:
    """The fields that the history searches by, on one clean line each."""
    return event.model_copy(
        update={
            "event_id": _word(event.event_id) or _digest(event.encode()),
            "location": _word(event.location),
        }
    )


def _unknown(fields: dict[str, Any], body: bytes, now: datetime) -> UnknownEvent:
    """The same body is the same event, however often it is delivered."""
    known = {
        "event_id": _word(fields.get("event_id")) or _digest(body),
        "type": _word(fields.get("type")) or UNNAMED,
        "location": _word(fields.get("location")),
        "said_schema": _word(fields.get("schema")),
    }
    try:
        return UnknownEvent.model_validate({**known, "at": fields.get("at")})
    except pydantic.ValidationError:
        return UnknownEvent(**known, at=now)


def _fields(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_PARSED_BYTES:
        return {}
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return shorten(clean_line(value[: 2 * MOST_WORD_CHARACTERS]), MOST_WORD_CHARACTERS)


def _text(body: bytes) -> str:
    text = body[: 4 * MOST_KEPT_CHARACTERS].decode("utf-8", "replace")
    return shorten(clean(text), MOST_KEPT_CHARACTERS)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
