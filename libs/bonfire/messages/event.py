"""What every event has: something that has happened, told on the exchange `bonfire.events`.

An event's type has two words, `printer.lost`, so its routing key `<location>.<type>` has three;
a heartbeat's has two. The bindings of the broker's queues rely on that.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import AwareDatetime, Field

from bonfire.messages.base import Message
from bonfire.order import Identifier, Label

NOWHERE: Final = "-"
"""Stands for the location in the routing key of what concerns no single one."""


class Event(Message):
    """Told at least once: who consumes it knows it again by `event_id`."""

    event_id: Identifier
    type: str
    at: AwareDatetime
    location: Label = ""  # empty: of no single location

    @property
    def routing_key(self) -> str:
        return f"{self.location or NOWHERE}.{self.type}"


class UnknownEvent(Event):
    """An event of a sender newer than we are, or of another make: what every event has."""

    SCHEMA: ClassVar[str] = "bonfire.unknown-event/1"

    schema_: Literal["bonfire.unknown-event/1"] = Field("bonfire.unknown-event/1", alias="schema")
    said_schema: Label = ""  # what it called itself
