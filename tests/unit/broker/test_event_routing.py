"""No event of ours is one that no queue takes: it would hold up all that is told after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import get_args

import pydantic
import pytest

from bonfire.broker import Outgoing, Unroutable
from bonfire.broker.memory import MemoryServer
from bonfire.broker.topology import EVENTS, HEARTBEATS, LEDGER_EVENTS, NOTIFIER_EVENTS, for_agents
from bonfire.messages import MESSAGES, Event, Heartbeat, JobEvent, UnknownEvent

AT = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
EVENT_CLASSES = [message for message in MESSAGES if issubclass(message, Event)]


def types_of(message: type[Event]) -> list[str]:
    annotation = message.model_fields["type"].annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [each.value for each in annotation]
    return list(get_args(annotation))


def every_type() -> Iterator[tuple[type[Event], str]]:
    for message in EVENT_CLASSES:
        for type_ in types_of(message):
            yield message, type_


@pytest.fixture
def server() -> MemoryServer:
    server = MemoryServer()
    server.declare(for_agents(["altstadt"]))
    return server


def queues_with(server: MemoryServer) -> set[str]:
    return {
        queue for queue in (LEDGER_EVENTS, NOTIFIER_EVENTS, HEARTBEATS) if server.waiting(queue)
    }


def test_every_class_of_event_says_which_types_it_has():
    assert all(types_of(message) for message in EVENT_CLASSES)
    assert len(EVENT_CLASSES) >= 7


@pytest.mark.parametrize(("message", "type_"), list(every_type()), ids=lambda each: str(each))
@pytest.mark.parametrize("location", ["", "altstadt"])
def test_every_type_of_ours_finds_its_queues_and_no_others(server, message, type_, location):
    event = message.model_construct(type=type_, location=location)
    server.publish(Outgoing(EVENTS, event.routing_key, b""))

    expected = {HEARTBEATS} if message is Heartbeat else {NOTIFIER_EVENTS}
    if message is JobEvent:
        expected |= {LEDGER_EVENTS}
    assert queues_with(server) == expected


@pytest.mark.parametrize("type_", ["job.melted.twice", "a.b.c.d.e"])
def test_a_type_of_more_words_than_ours_is_kept_as_well(server, type_):
    server.publish(Outgoing(EVENTS, f"altstadt.{type_}", b""))
    assert queues_with(server) == {NOTIFIER_EVENTS}


def test_a_type_of_one_word_that_is_no_heartbeat_comes_back(server):
    with pytest.raises(Unroutable):
        server.publish(Outgoing(EVENTS, "altstadt.melted", b""))


@pytest.mark.parametrize("type_", ["melted", "", "printer.", ".lost", "printer.lost.again"])
def test_an_event_of_ours_cannot_be_made_with_another_number_of_words(type_):
    with pytest.raises(pydantic.ValidationError, match="2 words"):
        Event(event_id="e", type=type_, at=AT)


@pytest.mark.parametrize("type_", ["melted", "", "printer.lost.again"])
def test_what_somebody_else_told_may_be_called_anything(type_):
    assert UnknownEvent(event_id="e", type=type_, at=AT).type == type_
