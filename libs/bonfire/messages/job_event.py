"""What has happened to a job, as its agent tells it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from bonfire.messages.base import JobId
from bonfire.messages.event import Event
from bonfire.order import Identifier, Label


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


class JobEvent(Event):
    """What an agent tells about one job."""

    SCHEMA: ClassVar[str] = "bonfire.job-event/1"

    schema_: Literal["bonfire.job-event/1"] = Field("bonfire.job-event/1", alias="schema")
    type: JobEventType
    job_id: JobId
    generation: int = 1
    order_id: Label = ""
    order_number: Label = ""
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
