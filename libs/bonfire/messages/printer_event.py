"""What has happened to a printer, as its agent tells it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from bonfire.messages.event import Event
from bonfire.order import Identifier, Label


class PrinterEventType(StrEnum):
    LOST = "printer.lost"
    CHANGED = "printer.changed"  # still lost, and now for another reason
    BACK = "printer.back"


class PrinterEvent(Event):
    """`reason` is one of `bonfire.errors.Reason`: of the trouble, or of the one that is over."""

    SCHEMA: ClassVar[str] = "bonfire.printer-event/1"

    schema_: Literal["bonfire.printer-event/1"] = Field("bonfire.printer-event/1", alias="schema")
    type: PrinterEventType
    agent: Identifier
    journal: Label = ""
    printer: Identifier
    reason: Label = ""
    lost_at: AwareDatetime | None = None
    waiting: int = 0  # tickets
