"""From the disk to the broker: every message, in its lane's order, until it is confirmed."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire import outbox
from bonfire.broker import (
    BrokerUnavailable,
    Outgoing,
    PublishRefused,
    PublishUnknown,
    TopologyMismatch,
    Unroutable,
    topology,
)
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.errors import Reason, Retryable
from bonfire.outbox import DELETE_AFTER_S, MOST_DELAY_S, READ_TOGETHER, Outbox
from bonfire.store import Store
from bonfire.store.migrations import Migration
from bonfire.tasks import MOST_RESTARTS, Tasks
from bonfire.testing import FakeClock
from tests.support.notes import locked, traced, until

LANES = ("oslo", "rome")
REFUSED = PublishRefused(Reason.PUBLISH_REFUSED, "full")
AWAY = BrokerUnavailable(Reason.BROKER_UNAVAILABLE, "away")


class Figures:
    """What the outbox told of itself."""

    def __init__(self) -> None:
        self.confirmed: Counter[str] = Counter()
        self.failures: Counter[Reason] = Counter()
        self.waits: dict[str, int] = {}

    def published(self, lane: str, seconds: float) -> None:
        assert seconds >= 0
        self.confirmed[lane] += 1

    def failed(self, lane: str, reason: Reason) -> None:
        self.failures[reason] += 1

    def waiting(self, lane: str, messages: int) -> None:
        self.waits[lane] = messages


class WatchedBroker(MemoryBroker):
    """Counts every attempt, and holds those of a lane back while a test wants it."""

    def __init__(self, server: MemoryServer, clock: FakeClock) -> None:
        super().__init__(server)
        self._clock = clock
        self.attempts: Counter[str] = Counter()
        self.moments: list[float] = []
        self.held: dict[str, asyncio.Event] = {}
        self.script: list[Exception | None] = []

    async def publish(self, message: Outgoing) -> None:
        self.attempts[message.routing_key] += 1
        self.moments.append(self._clock.monotonic())
        if message.routing_key in self.held:
            await self.held[message.routing_key].wait()
        if self.script and (error := self.script.pop(0)) is not None:
            raise error
        await super().publish(message)


class House:
    """A store, a broker, and the outbox between them."""

    def __init__(self, path: Path, server: MemoryServer | None = None) -> None:
        self.path = path
        self.store = Store(path, [Migration(1, outbox.SCHEMA)], probe_after_s=0.01)
        self.server = server or MemoryServer()
        self.clock = FakeClock()
        self.broker = WatchedBroker(self.server, self.clock)
        self.figures = Figures()
        self.deaths: list[str] = []
        self.tasks = Tasks(lambda: self.deaths.append("died"), self.clock)
        self.outbox = self.new_outbox()

    def new_outbox(self, lanes: Sequence[str] = LANES) -> Outbox:
        return Outbox(
            self.store,
            self.broker,
            self.clock,
            lanes,
            self.figures,
            random.Random(1),  # noqa: S311 -- jitter
        )

    async def open(self) -> None:
        self.store.open()
        await self.broker.start()
        if self.broker.connected:
            await self.broker.declare(topology.for_agents((*LANES, "closed-branch")))

    async def begin(self) -> None:
        await self.outbox.load()
        for name, function in self.outbox.tasks().items():
            self.tasks.spawn(name, function)

    async def put(self, lane: str, *bodies: str, wake: bool = True) -> None:
        def work(db: sqlite3.Connection) -> None:
            for body in bodies:
                message = Outgoing(topology.JOBS, lane, body.encode(), {"x-n": 1, "x-t": body})
                outbox.put(db, lane, message, self.clock.now().timestamp())

        await self.store.transact(work)
        if wake:
            self.outbox.wake(lane, len(bodies))

    def queue(self, lane: str) -> list[str]:
        return [message.body.decode() for message in self.server.waiting(f"jobs.{lane}")]

    async def on_disk(self) -> int:
        def count(db: sqlite3.Connection) -> int:
            return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])

        return await self.store.transact(count)

    async def at_rest(self) -> None:
        """Everything that can happen without time passing has happened."""
        for _ in range(3):
            await self.clock.settle()
            await self.on_disk()  # behind whatever the outbox has asked of the store

    async def close(self) -> None:
        await self.tasks.cancel()
        await self.store.close()


@asynccontextmanager
async def opened(path: Path, server: MemoryServer | None = None) -> AsyncIterator[House]:
    house = House(path, server)
    await house.open()
    try:
        yield house
    finally:
        await house.close()


@pytest.fixture
async def house(path: Path) -> AsyncIterator[House]:
    async with opened(path) as found:
        await found.begin()
        yield found


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


async def test_messages_reach_the_broker_as_they_were_put_and_in_their_order(house: House):
    bodies = numbered(READ_TOGETHER * 2 + 5)
    for start in range(0, len(bodies), 7):
        await house.put("oslo", *bodies[start : start + 7])
    await until(lambda: len(house.queue("oslo")) == len(bodies))
    assert house.queue("oslo") == bodies
    first = house.server.waiting("jobs.oslo")[0]
    assert (first.exchange, first.routing_key) == (topology.JOBS, "oslo")
    assert dict(first.headers) == {"x-n": 1, "x-t": "0"}
    assert house.broker.attempts["oslo"] == house.figures.confirmed["oslo"] == len(bodies)
    assert house.figures.failures == {}


async def test_a_stuck_lane_does_not_hold_another(house: House):
    house.broker.held["oslo"] = asyncio.Event()
    await house.put("oslo", "stuck", "behind it")
    await house.put("rome", *numbered(10))
    await until(lambda: house.queue("rome") == numbered(10))
    assert house.queue("oslo") == []
    assert house.outbox.waiting == 2
    assert house.figures.waits == {"oslo": 2, "rome": 0}
    house.broker.held["oslo"].set()
    await until(lambda: house.queue("oslo") == ["stuck", "behind it"])
    assert house.outbox.waiting == 0


async def test_a_publish_without_an_answer_is_repeated_before_anything_later(house: House):
    house.server.swallow_confirms()
    await house.put("oslo", *numbered(3))
    await until(lambda: house.queue("oslo") == ["0"])
    await house.at_rest()
    assert house.broker.attempts["oslo"] == 1  # its pause is not over
    await house.clock.advance(1)
    await until(lambda: house.queue("oslo") == ["0", "0", "1", "2"])
    assert house.figures.failures == {Reason.PUBLISH_UNKNOWN: 1}


@pytest.mark.parametrize("error", [REFUSED, Unroutable(Reason.UNROUTABLE, "no queue"), AWAY])
async def test_a_publish_that_fails_is_repeated_more_and_more_slowly_and_never_doubled(
    house: House, error: Retryable
):
    house.server.fail_publishes(*[error] * 12)
    await house.put("oslo", *numbered(2))
    while house.queue("oslo") != numbered(2):
        await house.at_rest()
        await house.clock.advance(1)
    assert house.broker.attempts["oslo"] == 14
    assert house.figures.failures == {error.reason: 12}
    pauses = [later - earlier for earlier, later in itertools.pairwise(house.broker.moments)]
    for pause, meant in zip(pauses, [0.2, 0.4, 0.8, 1.6, 3.2, *[MOST_DELAY_S] * 7], strict=False):
        assert meant * 0.75 <= pause <= meant * 1.25
    assert pauses[12:] == [0]  # the next message begins afresh


async def test_a_failure_is_logged_once_and_not_again_until_its_reason_changes(
    house: House, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    unknown = PublishUnknown(Reason.PUBLISH_UNKNOWN, "no answer")
    house.server.fail_publishes(REFUSED, REFUSED, AWAY, unknown, unknown)
    await house.put("oslo", "0")
    for _ in range(40):
        await house.clock.advance(1)
    assert house.queue("oslo") == ["0"]
    reasons = [record.__dict__["reason"] for record in caplog.records]
    assert reasons == ["publish_refused", "publish_unknown"]


async def test_what_waits_for_the_broker_leaves_as_soon_as_it_is_back(house: House):
    house.server.stop()
    await house.put("oslo", *numbered(3))
    await house.put("rome", *numbered(3))
    await until(lambda: house.broker.attempts.total() == 2)
    await house.at_rest()
    assert house.broker.attempts.total() == 2
    assert house.figures.failures == {Reason.BROKER_UNAVAILABLE: 2}
    house.server.start()  # and no time passes
    await until(lambda: house.queue("oslo") == house.queue("rome") == numbered(3))


async def test_a_connection_that_comes_back_during_the_failing_publish_is_not_missed(house: House):
    house.broker.held["oslo"] = asyncio.Event()
    await house.put("oslo", "0")
    await until(lambda: house.broker.attempts["oslo"] == 1)
    house.broker.script = [AWAY]
    house.server.drop_connections()
    house.broker.held["oslo"].set()  # only now does the publish hear of the loss
    await until(lambda: house.queue("oslo") == ["0"])
    assert house.broker.attempts["oslo"] == 2


async def test_one_lane_does_not_take_the_other_ones_wakeup(house: House):
    for _ in range(20):
        house.server.stop()
        await house.put("oslo", "x")
        await house.put("rome", "x")
        await house.at_rest()
        house.server.start()
        await until(lambda: house.outbox.waiting == 0)


async def test_an_outbox_with_nothing_to_do_does_nothing(house: House):
    statements = await traced(house.store)
    await house.clock.settle()
    await house.clock.advance(600)
    await house.clock.settle()
    assert house.broker.attempts == {}
    assert statements == []


async def test_a_message_stays_on_disk_until_the_broker_has_confirmed_it(house: House):
    house.broker.held["oslo"] = asyncio.Event()
    await house.put("oslo", *numbered(5))
    await house.clock.advance(60)
    assert await house.on_disk() == 5
    house.broker.held["oslo"].set()
    await until(lambda: house.queue("oslo") == numbered(5))
    await house.clock.advance(DELETE_AFTER_S)
    assert await house.on_disk() == 0


async def test_confirmed_messages_are_deleted_together(house: House):
    await house.put("oslo", *numbered(30))
    await house.put("rome", *numbered(30))
    await until(lambda: house.outbox.waiting == 0)
    statements = await traced(house.store)
    await house.clock.advance(DELETE_AFTER_S)
    await until(lambda: statements.count("COMMIT") == 1)
    assert await house.on_disk() == 0
    assert sum(statement.startswith("DELETE") for statement in statements) == 60


async def test_after_a_restart_only_the_unconfirmed_messages_are_published(path: Path):
    server = MemoryServer()
    async with opened(path, server) as first:
        await first.begin()
        await first.put("oslo", *numbered(3))
        await until(lambda: first.queue("oslo") == numbered(3))
        first.broker.held["oslo"] = asyncio.Event()
        await first.put("oslo", "3", "4")
        await until(lambda: first.broker.attempts["oslo"] == 4)
    async with opened(path, server) as second:
        await second.begin()
        assert second.outbox.waiting == 2
        await until(lambda: second.queue("oslo") == numbered(5))
        assert second.broker.attempts["oslo"] == 2
        assert second.outbox.waiting == 0


async def test_after_a_crash_a_confirmed_message_may_come_once_more_and_none_is_lost(path: Path):
    server = MemoryServer()
    async with opened(path, server) as first:
        await first.begin()
        await first.put("oslo", *numbered(3))
        await until(lambda: first.queue("oslo") == numbered(3))
        await first.store.close()  # as a kill would, before the deletion
    async with opened(path, server) as second:
        await second.begin()
        await until(lambda: second.queue("oslo") == numbered(3) * 2)


async def test_messages_of_a_lane_that_the_configuration_lost_are_published_too(path: Path):
    async with opened(path) as house:
        await house.put("closed-branch", "0", wake=False)
        await house.begin()
        assert house.outbox.waiting == 1
        await until(lambda: house.queue("closed-branch") == ["0"])
        assert house.figures.waits["closed-branch"] == 0


async def test_a_wake_for_something_that_was_rolled_back_does_not_stay_in_the_figures(house: House):
    house.outbox.wake("oslo", 7)
    assert house.outbox.waiting == 7
    await until(lambda: house.outbox.waiting == 0)
    await house.put("oslo", "0")
    await until(lambda: house.queue("oslo") == ["0"])
    house.outbox.wake("oslo", 0)
    assert house.outbox.waiting == 0


async def test_what_is_on_disk_is_published_while_the_disk_takes_no_writes_and_deleted_later(
    house: House, path: Path
):
    await house.put("oslo", *numbered(3), wake=False)
    with locked(path):
        house.outbox.wake("oslo", 3)
        await until(lambda: house.figures.failures[Reason.STORE_LOCKED] == 1)
    await house.clock.advance(MOST_DELAY_S)
    await until(lambda: house.queue("oslo") == numbered(3) and house.store.problem is None)
    with locked(path):
        await house.clock.advance(DELETE_AFTER_S)
        await until(lambda: house.store.problem is not None)
        await house.clock.settle()
    assert await house.on_disk() == 3
    await house.clock.advance(MOST_DELAY_S + 1)  # and nothing new was confirmed
    await house.at_rest()
    assert await house.on_disk() == 0
    assert house.broker.attempts["oslo"] == 3


async def test_an_error_that_trying_again_cannot_mend_stops_the_service(house: House):
    house.broker.script = [TopologyMismatch(Reason.TOPOLOGY_MISMATCH, "differs")] * 6
    await house.put("oslo", "0")
    for _ in range(MOST_RESTARTS + 1):
        await house.at_rest()
        await house.clock.advance(10)
    assert house.deaths == ["died"]
    assert house.tasks.dead == "outbox oslo"
    assert await house.on_disk() == 1


async def test_a_lane_that_is_started_again_goes_on_with_what_it_had_in_hand(house: House):
    house.broker.script = [None, None, ValueError("a mistake of ours")]
    await house.put("oslo", *numbered(5))
    await until(lambda: house.queue("oslo") == ["0", "1"])
    await house.clock.advance(1)
    await until(lambda: house.queue("oslo") == numbered(5))
    assert house.outbox.waiting == 0
    assert house.broker.attempts["oslo"] == 6
    await house.clock.advance(DELETE_AFTER_S)
    assert await house.on_disk() == 0


async def test_what_could_not_be_deleted_by_a_mistake_is_deleted_after_the_restart(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    mistakes = [ValueError("a mistake of ours")] * 2  # also of its last attempt
    transact = house.store.transact

    async def mistaken(work: Callable[[sqlite3.Connection], Any]) -> Any:
        if isinstance(work, partial) and "ids" in work.keywords and mistakes:
            raise mistakes.pop()
        return await transact(work)

    monkeypatch.setattr(house.store, "transact", mistaken)
    await house.put("oslo", *numbered(3))
    await until(lambda: house.queue("oslo") == numbered(3))
    await house.clock.advance(DELETE_AFTER_S)
    assert mistakes == []
    assert await house.on_disk() == 3
    await house.clock.advance(1)
    await house.at_rest()
    assert await house.on_disk() == 0


ANSWERS = st.lists(
    st.sampled_from(["confirmed", "lost answer", "refused", "away"]), min_size=1, max_size=20
)


@settings(max_examples=25, deadline=None)
@given(ANSWERS, st.integers(1, 8))
def test_whatever_the_broker_answers_nothing_is_lost_overtaken_or_doubled_without_cause(
    answers: list[str], count: int
):
    with TemporaryDirectory() as folder:
        asyncio.run(publish_through(Path(folder) / "outbox.db", answers, count))


async def publish_through(path: Path, answers: list[str], count: int) -> None:
    class Moody(WatchedBroker):
        unheard = 0

        async def publish(self, message: Outgoing) -> None:
            match answers.pop(0) if answers else "confirmed":
                case "lost answer":
                    await super().publish(message)
                    self.unheard += 1
                    raise PublishUnknown(Reason.PUBLISH_UNKNOWN, "no answer")
                case "refused":
                    raise REFUSED
                case "away":
                    raise AWAY
                case _:
                    await super().publish(message)

    house = House(path)
    house.broker = Moody(house.server, house.clock)
    house.outbox = house.new_outbox()
    await house.open()
    await house.begin()
    await house.put("oslo", *numbered(count))
    while house.outbox.waiting:
        await house.at_rest()
        await house.clock.advance(1)
    arrived = house.queue("oslo")
    assert [body for body, _ in itertools.groupby(arrived)] == numbered(count)
    assert len(arrived) == count + house.broker.unheard
    await house.close()
