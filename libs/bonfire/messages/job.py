"""The one message to a print host: a ticket to print."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from bonfire.messages.base import JobId, Message
from bonfire.order import (
    Alert,
    Fulfilment,
    Identifier,
    Item,
    Label,
    LabelledText,
    Payment,
    Text,
    Value,
    newer_as,
)


class JobKind(StrEnum):
    """An agent that does not know the kind refuses the job: it must not be cooked by mistake."""

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
    FRENCH = "fr"
    ITALIAN = "it"


class TicketOrder(Value):
    """The part of an order that one ticket shows; what the document must not show is left out."""

    id: Identifier
    number: Label
    placed_at: AwareDatetime | None = None
    fulfilment: Fulfilment = Fulfilment()
    customer_name: Label = ""
    phone: Label = ""  # only where the document shows it, as `payment` and the address
    payment: Payment | None = None
    note: Text = ""
    # What speaks of an allergy in any text of the order but the note and the instructions, which
    # stand here themselves if they do: by the dish's name, by the question, or by nothing. Every
    # ticket of the order has it, wherever that dish is cooked.
    allergies: tuple[LabelledText, ...] = ()
    custom_fields: tuple[LabelledText, ...] = ()
    items: tuple[Item, ...] = ()
    alerts: tuple[Alert, ...] = ()


class OtherStation(Value):
    """Another station that cooks a part of the same order."""

    name: Label
    items: int  # dishes, each counted as often as it was ordered


class StationPart(Value):
    """Which lines of this ticket a station cooks. A line of two stations is in a part of its own,
    whose name has both: no line is in two parts.
    """

    name: Label
    items: tuple[int, ...]  # positions in `order.items`


class PrintJob(Message):
    """One ticket to print: one copy for one station of one revision of an order."""

    SCHEMA: ClassVar[str] = "bonfire.print-job/1"

    schema_: Literal["bonfire.print-job/1"] = Field("bonfire.print-job/1", alias="schema")
    job_id: JobId
    generation: int = 1
    kind: JobKind = JobKind.NEW
    # All that the job holds is printed for a document that this release does not know.
    document: Annotated[Document, newer_as(Document.PASS)] = Document.STATION
    copy_number: int = 1
    copies: int = 1
    revision: Label = ""
    organisation: Identifier
    location: Identifier
    location_name: Label = ""
    language: Annotated[Language, newer_as(Language.ENGLISH)] = Language.GERMAN
    timezone: Label = "UTC"
    agent: Identifier
    station: Identifier
    station_name: Label = ""
    printer: Identifier
    part: int = 1
    parts: int = 1
    others: tuple[OtherStation, ...] = ()
    # Filled where the ticket is for more than one station: on a pass ticket, and where stations
    # share a printer.
    stations: tuple[StationPart, ...] = ()
    accepted_at: AwareDatetime
    due_at: AwareDatetime
    order: TicketOrder
