"""Takes what the agents tell of their jobs into the ledger."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

import pydantic
from pydantic_core import from_json

from bonfire.broker import Broker, Delivery, topology
from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.inbox import Inbox
from bonfire.messages import (
    Document,
    JobEvent,
    JobEventType,
    UnknownEvent,
    UnreadableMessage,
    decode,
)
from bonfire.sanitiser import clean_line, shorten
from bonfire.teller import Teller
from order_ingest.domain.states import JobState
from order_ingest.ledger import ClosedJob, Ledger, Misattributed
from order_ingest.metrics import Ignored, IngestMetrics

log = logging.getLogger(__name__)

PREFETCH: Final = 64
LONGEST_WORD: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it came; one of an agent newer than we are has a type that we do not know."""

    event: JobEvent | UnknownEvent
    location: str  # of its routing key: the broker lets nobody speak for another one


class Confirmations:
    """What happens to each event of the queue `events.ledger`."""

    def __init__(
        self,
        broker: Broker,
        ledger: Ledger,
        teller: Teller,
        clock: Clock,
        metrics: IngestMetrics,
    ) -> None:
        self._ledger = ledger
        self._teller = teller
        self._metrics = metrics
        self.inbox = Inbox(
            broker,
            topology.LEDGER_EVENTS,
            PREFETCH,
            Told,
            self._take,
            clock,
            metrics.unreadable_event,
            _read,
        )

    async def _take(self, told: Told) -> None:
        event = told.event
        if isinstance(event, UnknownEvent):
            self._ignore(event, Ignored.UNKNOWN_TYPE, "an agent newer than this ledger told it")
            return
        if event.location != told.location:
            detail = f"it was told under {_short(told.location)!r}"
            self._ignore(event, Ignored.MISATTRIBUTED, detail)
            return
        applied = await self._ledger.apply(event)
        if isinstance(applied, Misattributed):
            detail = f"the job belongs to {applied.location} and its print host {applied.agent}"
            self._ignore(event, Ignored.MISATTRIBUTED, detail)
        elif applied is not None:
            self._closed(event, applied)

    def _closed(self, event: JobEvent, closed: ClosedJob) -> None:
        self._teller.woke(closed.events)
        self._metrics.closed(closed.location, closed.state)
        if closed.state is JobState.PRINTED and closed.document is Document.STATION:
            # Two machines' clocks: where they disagree, a counter must still not fall.
            seconds = max(0.0, (event.at - closed.accepted_at).total_seconds())
            self._metrics.reached_the_cooks(closed.location, seconds)

    def _ignore(self, event: JobEvent | UnknownEvent, why: Ignored, detail: str) -> None:
        self._metrics.ignored_event(why)
        log.warning(
            "an event about a job changes nothing",
            extra={
                "event": f"event.{why.value}",
                "type": _short(event.type),
                "location": _short(event.location),
                "detail": detail,
            },
        )


def _read(delivery: Delivery) -> Told:
    location, _, _ = delivery.routing_key.partition(".")
    try:
        message = decode(delivery.body)
    except UnreadableMessage:
        unknown = _unknown(delivery.body)
        if unknown is None:
            raise
        return Told(unknown, location)
    if not isinstance(message, JobEvent):
        detail = f"{message.SCHEMA} does not belong here, only {JobEvent.SCHEMA} does"
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, detail)
    return Told(message, location)


def _unknown(body: bytes) -> UnknownEvent | None:
    """An event about a job whose type is none of ours; what else cannot be read is no such."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
    type_ = value.get("type") if isinstance(value, dict) else None
    if not isinstance(type_, str) or not type_.startswith("job.") or type_ in set(JobEventType):
        return None
    said = {"said_schema": value.get("schema"), "schema": UnknownEvent.SCHEMA}
    try:
        return UnknownEvent.model_validate({**value, **said})
    except pydantic.ValidationError:
        return None


def _short(text: str) -> str:
    return shorten(clean_line(text), LONGEST_WORD)
