"""The messages between the pieces: JSON, one schema name and version each.

Within a major version a message only gains optional fields. `tests/contract/golden/` holds every
message that was ever released, and each later version must still read them all.
"""

from __future__ import annotations

from typing import Final

import pydantic
from pydantic_core import from_json

from bonfire.errors import Permanent, Reason
from bonfire.messages.base import GENERATION, JOB_ID, LOCATION, TRACE_ID, JobId, Message
from bonfire.messages.dead_letter import (
    AttemptRecord,
    DeadLetter,
    DeadLetterEvent,
    DeadLetterEventType,
)
from bonfire.messages.event import NOWHERE, Event, UnknownEvent
from bonfire.messages.job import (
    Document,
    JobKind,
    Language,
    OtherStation,
    PrintJob,
    StationPart,
    TicketOrder,
)
from bonfire.messages.job_event import Confirmation, JobEvent, JobEventType, OnPaper
from bonfire.messages.printer_event import PrinterEvent, PrinterEventType
from bonfire.messages.service_event import (
    BreakerEvent,
    BreakerState,
    Ending,
    HealingAction,
    HealingEvent,
    Heartbeat,
    Member,
    PrinterState,
    ServiceEvent,
    ServiceEventType,
)

__all__ = [
    "GENERATION",
    "JOB_ID",
    "LOCATION",
    "MESSAGES",
    "NOWHERE",
    "TRACE_ID",
    "AttemptRecord",
    "BreakerEvent",
    "BreakerState",
    "Confirmation",
    "DeadLetter",
    "DeadLetterEvent",
    "DeadLetterEventType",
    "Document",
    "Ending",
    "Event",
    "HealingAction",
    "HealingEvent",
    "Heartbeat",
    "JobEvent",
    "JobEventType",
    "JobId",
    "JobKind",
    "Language",
    "Member",
    "Message",
    "OnPaper",
    "OtherStation",
    "PrintJob",
    "PrinterEvent",
    "PrinterEventType",
    "PrinterState",
    "ServiceEvent",
    "ServiceEventType",
    "StationPart",
    "TicketOrder",
    "UnknownEvent",
    "UnreadableMessage",
    "decode",
    "problems",
]

MESSAGES: Final[tuple[type[Message], ...]] = (
    PrintJob,
    JobEvent,
    PrinterEvent,
    ServiceEvent,
    HealingEvent,
    BreakerEvent,
    Heartbeat,
    DeadLetter,
    DeadLetterEvent,
)
_BY_SCHEMA: Final = {message.SCHEMA: message for message in MESSAGES}
_NAMES: Final = {schema.rsplit("/", 1)[0] for schema in _BY_SCHEMA}


class UnreadableMessage(Permanent):
    """A message is not one that this version can read; it becomes a dead letter."""


def decode(body: bytes) -> Message:
    """Read any message; raises `UnreadableMessage` with what is wrong and where."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, f"not JSON: {error}") from error
    schema = value.get("schema") if isinstance(value, dict) else None
    if not isinstance(schema, str):
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, "no text field `schema`")
    known = _BY_SCHEMA.get(schema)
    if known is None:
        raise _unknown_schema(schema)
    try:
        return known.model_validate(value)
    except pydantic.ValidationError as error:
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, problems(error)) from error


def _unknown_schema(schema: str) -> UnreadableMessage:
    if schema.rsplit("/", 1)[0] in _NAMES:
        detail = f"{schema[:80]!r} is a version that this release cannot read: update it first"
        return UnreadableMessage(Reason.UNKNOWN_VERSION, detail)
    return UnreadableMessage(Reason.UNREADABLE_MESSAGE, f"unknown schema {schema[:80]!r}")


def problems(error: pydantic.ValidationError, most: int = 20) -> str:
    """Every mistake that pydantic found, as `path: what is wrong`, without the input itself."""
    found = [
        f"{'.'.join(str(step) for step in mistake['loc']) or 'body'}: {mistake['msg']}"
        for mistake in error.errors(include_input=False, include_url=False)
    ]
    more = [f"and {len(found) - most} more"] if len(found) > most else []
    return "; ".join(found[:most] + more)
