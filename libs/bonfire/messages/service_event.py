"""What has happened to a service: it started, it stops, it healed itself, a breaker changed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from bonfire.messages.event import Event
from bonfire.order import Identifier, Label, Value


class ServiceEventType(StrEnum):
    STARTED = "service.started"
    STOPPING = "service.stopping"


class Ending(StrEnum):
    """How the run before a start ended."""

    NONE = "none"  # there was no run before
    STOPPED = "stopped"  # as it was asked to
    RESTART = "restart"  # by its own decision, to be started again
    CRASHED = "crashed"  # without a word: killed, power lost, or hung


class Member(Event):
    """An event of one process of the system."""

    service: Identifier  # "print-agent"
    instance: Identifier  # which one of them: the print host's id, else the service's name
    version: Label = ""


class ServiceEvent(Member):
    """STARTED tells how the run before it ended and why; STOPPING tells why it stops."""

    SCHEMA: ClassVar[str] = "bonfire.service-event/1"

    schema_: Literal["bonfire.service-event/1"] = Field("bonfire.service-event/1", alias="schema")
    type: ServiceEventType
    before: Ending = Ending.NONE
    reason: Label = ""
    detail: Label = ""
    away_s: float | None = None  # between the end of the run before, as far as known, and this


class HealingAction(StrEnum):
    RESTART_TASK = "restart-task"
    RESTART_PROCESS = "restart-process"


class HealingEvent(Member):
    """What was seen, what was done about it, and whether it helped."""

    SCHEMA: ClassVar[str] = "bonfire.healing-event/1"

    schema_: Literal["bonfire.healing-event/1"] = Field("bonfire.healing-event/1", alias="schema")
    type: Literal["healing.done"] = "healing.done"
    action: HealingAction
    target: Label = ""  # the task's name
    seen: Label = ""
    helped: bool | None = None  # None: nobody knows yet
    seconds: float = 0.0


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class BreakerEvent(Member):
    """A circuit breaker changed."""

    SCHEMA: ClassVar[str] = "bonfire.breaker-event/1"

    schema_: Literal["bonfire.breaker-event/1"] = Field("bonfire.breaker-event/1", alias="schema")
    type: Literal["breaker.changed"] = "breaker.changed"
    breaker: Identifier  # "printer kitchen-1", "smtp"
    state: BreakerState
    before: BreakerState
    reason: Label = ""


class PrinterState(Value):
    """One printer, in a heartbeat."""

    id: Identifier
    location: Identifier
    ready: bool
    reason: Label = ""  # why it is not ready
    lost_at: AwareDatetime | None = None
    near_end: bool = False
    waiting: int = 0  # tickets
    oldest_due_at: AwareDatetime | None = None


class Heartbeat(Member):
    """I live, and this is how it stands. Not stored on the way: an old one tells nothing."""

    SCHEMA: ClassVar[str] = "bonfire.heartbeat/1"
    TYPE_WORDS: ClassVar[int | None] = 1

    schema_: Literal["bonfire.heartbeat/1"] = Field("bonfire.heartbeat/1", alias="schema")
    type: Literal["heartbeat"] = "heartbeat"
    started_at: AwareDatetime
    journal: Label = ""  # which store it has: another one is another memory
    problems: tuple[Label, ...] = ()  # what keeps it from its work; none: ready
    printers: tuple[PrinterState, ...] = ()
    backlog: int = 0  # an agent's waiting jobs, the ledger's jobs that no agent has answered for
    oldest_waiting_at: AwareDatetime | None = None
