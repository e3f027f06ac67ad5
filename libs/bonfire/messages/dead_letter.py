"""What will not be tried again without a person, with all that this person needs to decide."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from bonfire.messages.base import Message
from bonfire.messages.event import Event
from bonfire.messages.job import PrintJob
from bonfire.messages.job_event import OnPaper
from bonfire.order import Identifier, Label, Value


class AttemptRecord(Value):
    """One try to print. Without `outcome` nobody saw how it ended."""

    number: int
    printer: Identifier
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    outcome: Label = ""
    reason: Label = ""
    bytes_sent: int | None = None
    confirmation: Label = ""
    marked: bool = False  # as a possible duplicate


class DeadLetter(Message):
    """What an agent publishes on `bonfire.dead`; what the broker puts there has no such form."""

    SCHEMA: ClassVar[str] = "bonfire.dead-letter/1"

    schema_: Literal["bonfire.dead-letter/1"] = Field("bonfire.dead-letter/1", alias="schema")
    event_id: Identifier
    at: AwareDatetime
    agent: Identifier
    journal: Label = ""
    reason: Label
    detail: Label = ""
    on_paper: OnPaper = OnPaper.NO
    attempts: tuple[AttemptRecord, ...] = ()
    job: PrintJob


class DeadLetterEventType(StrEnum):
    ADDED = "dead-letter.added"
    SETTLED = "dead-letter.settled"  # requeued, or printed after all


class DeadLetterEvent(Event):
    """The ledger tells of its dead letters; `unsettled` says how many this location has now."""

    SCHEMA: ClassVar[str] = "bonfire.dead-letter-event/1"

    schema_: Literal["bonfire.dead-letter-event/1"] = Field(
        "bonfire.dead-letter-event/1", alias="schema"
    )
    type: DeadLetterEventType
    dead_letter: Identifier  # its id at `GET /retry/dead-letter`
    reason: Label = ""
    order_number: Label = ""
    agent: Label = ""
    printer: Label = ""
    unsettled: int = 0
