"""From the broker to the disk: read, taken, and only then acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.broker import BrokerUnavailable, Delivery, Outgoing
from bonfire.broker.memory import MemoryBroker, MemoryConsumer, MemoryServer
from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from bonfire.errors import Reason
from bonfire.inbox import PAUSE_S, Inbox, until_on_disk
from bonfire.messages import JobEvent, JobEventType, Message, PrintJob, UnreadableMessage, decode
from bonfire.store import StoreError
from bonfire.testing import FakeClock

FULL = StoreError(Reason.STORE_FULL, "no room")
TOPOLOGY = Topology(
    exchanges=(Exchange("dead", "fanout"),),
    queues=(
        Queue("events", {"x-dead-letter-exchange": "dead"}),
        Queue("letters"),
    ),
    bindings=(Binding("dead", "letters", ""),),
)


def event(number: int) -> JobEvent:
    return JobEvent(
        event_id=f"event-{number}",
        job_id=f"{number:032x}",
        generation=1,
        type=JobEventType.RECEIVED,
        agent="oslo",
        journal="j1",
        location="altstadt",
        printer="kitchen-1",
        at=datetime(2026, 5, 12, 18, 0, tzinfo=UTC),
    )


class LateBroker(MemoryBroker):
    """Cannot be consumed from at first."""

    refusals = 0
    held: asyncio.Event | None = None

    async def consume(self, queue: str, prefetch: int) -> MemoryConsumer:
        if self.held is not None:
            await self.held.wait()
        if self.refusals:
            self.refusals -= 1
            raise BrokerUnavailable(Reason.BROKER_UNAVAILABLE, "away")
        return await super().consume(queue, prefetch)


class House:
    def __init__(self) -> None:
        self.server = MemoryServer()
        self.broker = LateBroker(self.server)
        self.clock = FakeClock()
        self.tried: list[int] = []
        self.taken: list[int] = []
        self.refusals: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.unreadable: list[Reason] = []
        self.inbox = Inbox(
            self.broker, "events", 4, JobEvent, self.take, self.clock, self.unreadable.append
        )
        self.running: asyncio.Task[None] | None = None

    async def take(self, message: JobEvent) -> None:
        number = int(message.job_id, 16)
        self.tried.append(number)
        await self.gate.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken.append(number)

    async def put(self, *messages: Message | bytes) -> None:
        for message in messages:
            body = message if isinstance(message, bytes) else message.encode()
            await self.broker.publish(Outgoing("", "events", body))

    def run(self) -> asyncio.Task[None]:
        self.running = asyncio.create_task(self.inbox.run())
        return self.running

    def given_back(self) -> list[int]:
        """What the broker has again after our connection died: everything not acknowledged."""
        self.server.stop()
        messages = (decode(found.body) for found in self.server.waiting("events"))
        return [int(message.job_id, 16) for message in messages if isinstance(message, JobEvent)]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    found = House()
    await found.broker.start()
    await found.broker.declare(TOPOLOGY)
    yield found
    if found.running is not None:
        found.running.cancel()
        await asyncio.wait([found.running])


async def test_messages_are_taken_in_their_order_and_then_acknowledged(house: House):
    await house.put(*(event(n) for n in range(20)))
    house.run()
    await house.clock.settle()
    assert house.taken == list(range(20))
    assert house.given_back() == []


async def test_nothing_is_acknowledged_before_it_is_taken(house: House):
    house.gate.clear()
    await house.put(event(1), event(2))
    house.run()
    await house.clock.settle()
    assert house.tried == [1]
    assert house.given_back() == [1, 2]


async def test_a_copy_whose_connection_died_meanwhile_comes_again_and_is_taken_again(house: House):
    house.gate.clear()
    await house.put(event(1))
    house.run()
    await house.clock.settle()
    house.server.drop_connections()
    house.gate.set()
    await house.clock.settle()
    assert house.taken == [1, 1]
    assert house.given_back() == []


async def test_while_the_disk_refuses_nothing_later_is_taken(house: House):
    house.refusals = [FULL] * 3
    await house.put(event(1), event(2))
    house.run()
    await house.clock.settle()
    assert house.tried == [1]  # it pauses instead of trying all the time
    for _ in range(3):
        await house.clock.advance(PAUSE_S)
    assert house.tried == [1, 1, 1, 1, 2]
    assert house.taken == [1, 2]
    assert house.given_back() == []


async def test_an_error_that_is_not_the_disks_ends_the_task_and_the_copy_is_kept(house: House):
    house.refusals = [KeyError("a mistake of ours")]
    await house.put(event(1))
    running = house.run()
    await asyncio.wait([running])
    assert isinstance(running.exception(), KeyError)
    assert house.given_back() == [1]


async def test_a_task_that_is_started_again_begins_with_the_copy_it_had_in_hand(house: House):
    house.refusals = [KeyError("a mistake of ours"), KeyError("once more")]
    await house.put(*(event(n) for n in range(6)))
    for _ in range(2):
        await asyncio.wait([house.run()])
        assert house.taken == []
    house.run()
    await house.clock.settle()
    assert house.taken == list(range(6))
    assert house.given_back() == []


async def test_a_copy_in_hand_whose_connection_died_before_the_restart_is_taken_once_more(
    house: House,
):
    house.refusals = [KeyError("a mistake of ours")]
    await house.put(event(1))
    await asyncio.wait([house.run()])
    house.server.drop_connections()
    house.run()
    await house.clock.settle()
    assert house.taken == [1, 1]  # the old copy, which cannot be settled, and the new one
    assert house.given_back() == []


async def test_a_task_that_died_after_a_stop_finishes_what_had_arrived(house: House):
    house.gate.clear()
    house.refusals = [KeyError("a mistake of ours")]
    await house.put(*(event(n) for n in range(6)))
    running = house.run()
    await house.clock.settle()
    await house.inbox.stop()
    house.gate.set()
    await asyncio.wait([running])
    running = house.run()
    await house.clock.settle()
    assert house.taken == [0, 1, 2, 3]
    assert not running.done()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not JSON, Anna Huber", Reason.UNREADABLE_MESSAGE),
        (b"\xff\xfe", Reason.UNREADABLE_MESSAGE),
        (b"[" * 100_000, Reason.UNREADABLE_MESSAGE),
        (b'{"schema": "bonfire.job-event/9"}', Reason.UNKNOWN_VERSION),
        (b'{"schema": "bonfire.print-job/1"}', Reason.UNREADABLE_MESSAGE),
    ],
)
async def test_what_cannot_be_read_goes_to_the_dead_letters_and_holds_nothing_up(
    house: House, body: bytes, reason: Reason, caplog: pytest.LogCaptureFixture
):
    await house.put(event(1), body, event(2))
    house.run()
    await house.clock.settle()
    assert house.taken == [1, 2]
    assert house.unreadable == [reason]
    assert [letter.body for letter in house.server.waiting("letters")] == [body]
    assert house.given_back() == []
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "an unreadable message goes to the dead letters"
    assert (record.__dict__["queue"], record.__dict__["reason"]) == ("events", reason)
    assert record.__dict__["detail"]
    assert "Huber" not in str(record.__dict__)


async def test_a_message_of_another_kind_does_not_belong_into_this_queue(house: House):
    wrong: Inbox[PrintJob] = Inbox(
        house.broker,
        "events",
        4,
        PrintJob,
        lambda _: asyncio.sleep(0),
        house.clock,
        house.unreadable.append,
    )
    await house.put(event(1))
    running = asyncio.create_task(wrong.run())
    await house.clock.settle()
    running.cancel()
    await asyncio.wait([running])
    assert house.unreadable == [Reason.UNREADABLE_MESSAGE]
    assert len(house.server.waiting("letters")) == 1


async def test_a_broker_that_is_away_is_asked_again(house: House):
    house.broker.refusals = 3
    await house.put(event(1))
    house.run()
    await house.clock.settle()
    assert not house.inbox.active
    assert house.broker.refusals == 2
    await house.clock.advance(PAUSE_S * 3)
    assert house.inbox.active
    assert house.taken == [1]


async def test_after_stop_what_had_arrived_is_taken_and_nothing_else(house: House):
    house.gate.clear()
    await house.put(*(event(n) for n in range(6)))
    running = house.run()
    await house.clock.settle()
    await house.inbox.stop()
    assert not house.inbox.active
    house.gate.set()
    await house.clock.settle()
    assert house.taken == [0, 1, 2, 3]  # the prefetch
    assert house.given_back() == [4, 5]
    assert not running.done()  # a task that returned would count as dead


async def test_a_stop_that_comes_before_the_broker_is_there_holds(house: House):
    house.broker.refusals = 1
    await house.put(event(1))
    running = house.run()
    await house.clock.settle()
    await house.inbox.stop()
    await house.clock.advance(PAUSE_S * 2)
    assert house.taken == []
    assert not house.inbox.active
    assert house.given_back() == [1]
    assert not running.done()


async def test_a_stop_while_the_broker_makes_up_its_mind_holds(house: House):
    house.broker.held = asyncio.Event()
    house.run()
    await house.clock.settle()
    await house.inbox.stop()
    house.broker.held.set()
    await house.clock.settle()
    await house.put(event(1))
    await house.clock.settle()
    assert house.taken == []
    assert not house.inbox.active


async def test_a_stop_before_the_start_holds(house: House):
    await house.inbox.stop()
    await house.put(event(1))
    house.run()
    await house.clock.settle()
    assert house.taken == []


async def test_who_brings_an_own_reader_is_given_what_it_made_of_each_delivery(house: House):
    def read(delivery: Delivery) -> JobEvent:
        return event(int(delivery.body))

    house.inbox = Inbox(
        house.broker, "events", 4, JobEvent, house.take, house.clock, house.unreadable.append, read
    )
    await house.put(b"7", b"8")
    house.run()
    await house.clock.settle()
    assert house.taken == [7, 8]
    assert house.unreadable == []
    assert house.given_back() == []


async def test_until_on_disk_repeats_only_what_the_disk_refuses():
    clock = FakeClock()
    outcomes: list[Exception | None] = [FULL, FULL, None]

    async def write() -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    writing = asyncio.create_task(until_on_disk(write, clock))
    await clock.advance(PAUSE_S)
    assert len(outcomes) == 1
    await clock.advance(PAUSE_S)
    await writing
    outcomes[:] = [KeyError()]
    with pytest.raises(KeyError):
        await until_on_disk(write, clock)


JSON = st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)


@given(st.binary() | JSON)
def test_bytes_from_anywhere_are_unreadable_and_nothing_worse(body: bytes):
    with pytest.raises(UnreadableMessage) as caught:
        decode(body)
    assert caught.value.reason is Reason.UNREADABLE_MESSAGE
