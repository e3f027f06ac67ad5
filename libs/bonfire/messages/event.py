"""What every event has: something that has happened, told on the exchange `bonfire.events`.

An event's type has two words, `printer.lost`, so its routing key `<location>.<type>` has three;
a heartbeat's has two. The bindings of the broker's queues rely on that: an event that no queue
takes would come back to its sender and hold up all that it has to tell after it.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import AwareDatetime, Field, field_validator

from bonfire.messages.base import Message
from bonfire.order import Identifier, Label

NOWHERE: Final = "-"
"""Stands for the location in the routing key of what concerns no single one."""


class Event(Message):
    """Told at least once: who consumes it knows it again by `event_id`."""

    TYPE_WORDS: ClassVar[int | None] = 2  # None: any number, of what is only read
    event_id: Identifier
    type: str
    at: AwareDatetime
    location: Label = ""  # empty: of no single location

    @field_validator("type")
    @classmethod
    def _has_its_words(cls, value: str) -> str:
        words = value.split(".")
        if cls.TYPE_WORDS is not None and (len(words) != cls.TYPE_WORDS or not all(words)):
            raise ValueError(f"{cls.TYPE_WORDS} words with dots between them")
        return value

    @property
    def routing_key(self) -> str:
        return f"{self.location or NOWHERE}.{self.type}"


class UnknownEvent(Event):
    """An event of a sender newer than we are, or of another make: what every event has."""

    SCHEMA: ClassVar[str] = "bonfire.unknown-event/1"
    TYPE_WORDS: ClassVar[int | None] = None

    schema_: Literal["bonfire.unknown-event/1"] = Field("bonfire.unknown-event/1", alias="schema")
    said_schema: Label = ""  # what it called itself
