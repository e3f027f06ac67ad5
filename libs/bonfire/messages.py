"""The messages between the pieces: JSON, one schema name and version each.

Within a major version a message only gains optional fields. `tests/contract/golden/` holds every
message that was ever released, and each later version must still read them all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

import pydantic
from pydantic import AwareDatetime, ConfigDict, Field
from pydantic_core import from_json

from bonfire.errors import Permanent, Reason
from bonfire.order import Alert, Fulfilment, Identifier, Item, Label, LabelledText, Text, Value

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

# Headers of an AMQP message. The job id is the idempotency key; AMQP's own `message_id` is not,
# since that one must be new for every publish.
JOB_ID: Final = "x-job-id"
GENERATION: Final = "x-generation"
LOCATION: Final = "x-location"
TRACE_ID: Final = "x-trace-id"


class JobKind(StrEnum):
    NEW = "NEW"
    CHANGE = "CHANGE"
    CANCEL = "CANCEL"
    REPRINT = "REPRINT"
    TEST = "TEST"


class Document(StrEnum):
    STATION = "station"  # no prices, no phone, no address
    PASS = "pass"  # noqa: S105 -- the kitchen's pass, the whole order
    COURIER = "courier"
    BAG = "bag"


class Language(StrEnum):
    GERMAN = "de"
    ENGLISH = "en"


class Message(Value):
    """What every message has: its schema, which says how to read the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True)
    SCHEMA: ClassVar[str]

    def encode(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_defaults=False).encode()


class TicketOrder(Value):
    """The part of an order that one ticket shows; what the document must not show is left out."""

    id: Identifier
    number: Label
    placed_at: AwareDatetime | None = None
    fulfilment: Fulfilment = Fulfilment()
    customer_name: Label = ""
    note: Text = ""
    custom_fields: tuple[LabelledText, ...] = ()
    items: tuple[Item, ...] = ()
    alerts: tuple[Alert, ...] = ()


class OtherStation(Value):
    """Another station that cooks a part of the same order."""

    name: Label
    items: int  # dishes, each counted as often as it was ordered


class PrintJob(Message):
    """One ticket to print: one copy for one station of one revision of an order."""

    SCHEMA: ClassVar[str] = "bonfire.print-job/1"

    schema_: Literal["bonfire.print-job/1"] = Field("bonfire.print-job/1", alias="schema")
    job_id: JobId
    generation: int = 1
    kind: JobKind = JobKind.NEW
    document: Document = Document.STATION
    copy_number: int = 1
    copies: int = 1
    revision: Label = ""
    organisation: Identifier
    location: Identifier
    location_name: Label = ""
    language: Language = Language.GERMAN
    timezone: Label = "UTC"
    agent: Identifier
    station: Identifier
    station_name: Label = ""
    printer: Identifier
    part: int = 1
    parts: int = 1
    others: tuple[OtherStation, ...] = ()
    accepted_at: AwareDatetime
    due_at: AwareDatetime
    order: TicketOrder


class JobEventType(StrEnum):
    RECEIVED = "job.received"
    WAITING = "job.waiting"
    PRINTED = "job.printed"
    DEAD = "job.dead"


class Confirmation(StrEnum):
    """How a printer tells that it printed, strongest first."""

    PROCESS_ID = "process-id"  # GS ( H: answered when printing has completed
    STATUS = "gs-r"  # GS r: answered in order, so what came before it was processed
    CLOSE = "close"  # all bytes taken and the connection closed cleanly: WEAK


class OnPaper(StrEnum):
    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


class JobEvent(Message):
    """What an agent tells about one job."""

    SCHEMA: ClassVar[str] = "bonfire.job-event/1"

    schema_: Literal["bonfire.job-event/1"] = Field("bonfire.job-event/1", alias="schema")
    event_id: Identifier
    type: JobEventType
    at: AwareDatetime
    job_id: JobId
    generation: int = 1
    order_id: Label = ""
    location: Identifier
    agent: Identifier
    journal: Label = ""
    printer: Label = ""
    ticket_number: Label = ""
    attempt: int = 0
    confirmation: Confirmation | None = None
    possible_duplicate: bool = False
    on_paper: OnPaper = OnPaper.NO
    reason: Label = ""
    detail: Label = ""


MESSAGES: Final[tuple[type[Message], ...]] = (PrintJob, JobEvent)
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
