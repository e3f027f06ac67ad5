"""Dead letters on their way through the whole service."""

from __future__ import annotations

import pytest

from bonfire.broker import Outgoing, topology
from bonfire.broker.memory import MemoryBroker
from bonfire.errors import Reason
from bonfire.heartbeat import EVERY_S
from bonfire.messages import (
    DeadLetterEvent,
    DeadLetterEventType,
    Heartbeat,
    JobEventType,
    OnPaper,
    PrintJob,
    decode,
)
from bonfire.store import StoreError
from order_ingest.domain.letter_reader import LetterReader
from order_ingest.lookout import LOOK_EVERY_S
from tests.support.letters import agents, died
from tests.support.rabbit import soon
from tests.support.webhooks import Ingest, printed
from tests.support.wix import raw_order

JOBS = topology.jobs_queue("altstadt")


async def released(ingest: Ingest) -> PrintJob:
    """The job of an order that was just taken in and published."""
    await ingest.wix(raw_order())
    await ingest.published(1)
    return ingest.planned()[-1]


async def total(ingest: Ingest, reason: str, location: str = "altstadt") -> float:
    series = "bonfire_dead_letters_received_total"
    return await ingest.metric(series, location=location, reason=reason)


def told(ingest: Ingest) -> list[DeadLetterEvent]:
    """What the notifier hears of dead letters."""
    messages = [decode(each.body) for each in ingest.server.waiting(topology.NOTIFIER_EVENTS)]
    return [message for message in messages if isinstance(message, DeadLetterEvent)]


async def reject(ingest: Ingest, queue: str = JOBS) -> None:
    """As a print host that cannot read what came."""
    broker = MemoryBroker(ingest.server)
    await broker.start()
    consumer = await broker.consume(queue, 1)
    await (await anext(consumer)).reject()
    await broker.close()
    await ingest.letters_taken()


async def test_a_job_that_its_print_host_rejects_ends_as_a_row_and_is_told(ingest: Ingest):
    job = await released(ingest)

    await reject(ingest)

    row = (bytes.fromhex(job.job_id), "rejected", "rejected", JOBS, "altstadt", "unsettled")
    query = "SELECT job, origin, reason, queue, location, state FROM dead_letters"
    assert ingest.query(query) == [row]
    assert ingest.query("SELECT state, reason FROM jobs") == [("dead", "rejected")]
    await soon(lambda: len(told(ingest)) == 1)
    (event,) = told(ingest)
    assert (event.type, event.unsettled) == (DeadLetterEventType.ADDED, 1)
    assert event.order_number == job.order.number
    assert await total(ingest, "rejected") == 1
    assert await ingest.metric("bonfire_jobs_closed_total", location="altstadt", state="dead") == 1


async def test_a_job_that_comes_back_too_often_ends_as_a_row(ingest: Ingest):
    job = await released(ingest)
    broker = MemoryBroker(ingest.server)
    await broker.start()
    consumer = await broker.consume(JOBS, 1)

    for _ in range(topology.DELIVERY_LIMIT + 1):
        await (await anext(consumer)).requeue()
    await broker.close()
    await ingest.letters_taken()

    row = ("delivery_limit", "maybe", bytes.fromhex(job.job_id))
    assert ingest.query("SELECT reason, on_paper, job FROM dead_letters") == [row]


@pytest.mark.parametrize("exchange", [topology.DEAD, topology.UNROUTABLE])
async def test_what_an_agent_gives_up_is_kept_and_not_told_twice(ingest: Ingest, exchange):
    job = await released(ingest)

    await ingest.letter(agents(job).encode(), exchange=exchange)

    row = ("agent", "render_error", "unsettled", job.order.number)
    query = "SELECT origin, reason, state, order_number FROM dead_letters"
    assert ingest.query(query) == [row]
    assert ingest.query("SELECT state FROM jobs") == [("dead",)]
    assert told(ingest) == []
    assert await total(ingest, "render_error") == 1


async def test_a_letter_that_the_broker_delivers_again_counts_once(ingest: Ingest):
    body = agents(await released(ingest)).encode()
    for _ in range(3):
        await ingest.letter(body)

    assert ingest.query("SELECT count FROM dead_letters") == [(1,)]
    assert await total(ingest, "render_error") == 1


async def test_an_agents_reason_of_tomorrow_counts_as_other(ingest: Ingest):
    await ingest.letter(agents(await released(ingest), reason="eaten").encode())

    assert await total(ingest, "other") == 1


async def test_letters_go_by_the_way_of_the_unroutable_while_their_queue_is_away(ingest: Ingest):
    ingest.server.delete_queue(topology.DEAD_LETTERS)
    broker = MemoryBroker(ingest.server)
    await broker.start()
    await broker.publish(Outgoing(topology.DEAD, "x", b"nonsense"))
    await broker.close()

    await soon(lambda: ingest.count("dead_letters") == 1)
    row = ("unroutable", "unreadable_message")
    assert ingest.query("SELECT origin, reason FROM dead_letters") == [row]
    assert await total(ingest, "unreadable_message", "-") == 1


async def test_what_is_dropped_for_room_from_the_notifiers_queue_is_counted(ingest: Ingest):
    job = await released(ingest)
    ingest.server.delete_queue(topology.NOTIFIER_EVENTS)
    wanted = topology.for_agents(["altstadt", "hafen"])
    small = [
        topology.Queue(queue.name, {**queue.arguments, "x-max-length": 1})
        for queue in wanted.queues
        if queue.name == topology.NOTIFIER_EVENTS
    ]
    bindings = [each for each in wanted.bindings if each.queue == topology.NOTIFIER_EVENTS]
    ingest.server.declare(topology.Topology(queues=tuple(small), bindings=tuple(bindings)))

    for type_ in (JobEventType.RECEIVED, JobEventType.WAITING, JobEventType.WAITING):
        await ingest.tell(job.job_id, type_)
    await ingest.letters_taken()

    query = "SELECT count FROM dead_letters WHERE queue = ? AND kind = ? AND origin = 'maxlen'"
    about = (topology.NOTIFIER_EVENTS, "bonfire.job-event")
    await soon(lambda: ingest.query(query, *about) == [(2,)])
    assert await total(ingest, "maxlen", "-") == 2
    assert told(ingest) == []  # a word on it would push the next one out
    assert ingest.query("SELECT state FROM jobs") == [("waiting",)]


HOSTILE = [b"\0" * 1_000_000, b"\xff\xfe", b'{"a":' * 50_000, b"", b'"\xed\xa0\x80"']


async def test_no_body_stops_the_letters_or_the_orders(ingest: Ingest):
    for body in HOSTILE:
        await ingest.letter(body)
        await ingest.letter(body, died(JOBS))
        await ingest.letter(body, {"x-first-death-queue": 7, "x-first-death-reason": 8})
        await ingest.letter(body, exchange=topology.UNROUTABLE)

    assert ingest.query("SELECT sum(count), max(length(sample)) FROM dead_letters") == [
        (4 * len(HOSTILE), 16_384)
    ]
    assert ingest.count("dead_letters") <= 4
    assert (await ingest.wix(raw_order())).status == 200
    assert ingest.tasks.dead is None


async def test_a_letter_that_we_stumble_over_ends_as_a_row_too(ingest: Ingest, monkeypatch):
    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(LetterReader, "read", stumble)
        await ingest.letter(b"poison")

    row = ("internal_error", b"poison")
    assert ingest.query("SELECT reason, sample FROM dead_letters") == [row]
    assert ingest.tasks.dead is None


async def test_a_letter_is_acknowledged_only_once_it_is_on_disk(ingest: Ingest, monkeypatch):
    bury = ingest.app._ledger.bury
    refusals = [StoreError(Reason.STORE_FULL, "no room")] * 2

    async def refuse_twice(*arguments):
        if refusals:
            raise refusals.pop()
        return await bury(*arguments)

    monkeypatch.setattr(ingest.app._ledger, "bury", refuse_twice)
    ingest.server.publish(Outgoing(topology.DEAD, "x", b"nonsense"))
    await soon(lambda: len(refusals) == 1)
    assert ingest.count("dead_letters") == 0
    await ingest.clock.advance(3)
    await ingest.letters_taken()

    assert ingest.query("SELECT count FROM dead_letters") == [(1,)]


async def test_a_ticket_that_prints_after_all_is_told_as_settled(ingest: Ingest):
    job = await released(ingest)
    await ingest.letter(agents(job, on_paper=OnPaper.MAYBE).encode())

    await ingest.tell(job.job_id, JobEventType.PRINTED, **printed())

    assert ingest.query("SELECT state, settled_by FROM dead_letters") == [("printed", "altstadt")]
    await soon(lambda: len(told(ingest)) == 1)
    assert [(each.type, each.unsettled) for each in told(ingest)] == [
        (DeadLetterEventType.SETTLED, 0)
    ]


async def looked(ingest: Ingest) -> None:
    """Once the service has looked again: other writes may be on their way to the disk before."""
    seen = ingest.app._lookout._seen
    await ingest.clock.advance(LOOK_EVERY_S)
    await soon(lambda: ingest.app._lookout._seen is not seen)


async def test_what_waits_is_measured_every_few_seconds(ingest: Ingest):
    oldest = "bonfire_ledger_oldest_open_job_timestamp_seconds"
    for location in ("altstadt", "hafen", "-"):
        assert await ingest.metric(oldest, location=location) == 0
    await released(ingest)
    due_at = ingest.clock.now().timestamp()
    await ingest.letter(b"nonsense")

    await looked(ingest)

    assert await ingest.metric("bonfire_ledger_open_jobs", location="altstadt") == 1
    assert await ingest.metric(oldest, location="altstadt") == due_at
    assert await ingest.metric("bonfire_dead_letters", location="-") == 1
    await reject(ingest)
    await looked(ingest)
    assert await ingest.metric("bonfire_ledger_open_jobs", location="altstadt") == 0
    assert await ingest.metric(oldest, location="altstadt") == 0
    assert await ingest.metric("bonfire_dead_letters", location="altstadt") == 1


async def test_a_heartbeat_tells_how_many_jobs_nobody_has_answered_for(ingest: Ingest):
    job = await released(ingest)
    due_at = ingest.clock.now()

    async def last_beat() -> Heartbeat:
        await looked(ingest)
        await ingest.clock.advance(EVERY_S)
        *_, beat = [decode(m.body) for m in ingest.server.waiting(topology.HEARTBEATS)]
        assert isinstance(beat, Heartbeat)
        return beat

    beat = await last_beat()
    assert (beat.backlog, beat.oldest_waiting_at) == (1, due_at)
    await ingest.tell(job.job_id, JobEventType.RECEIVED)
    beat = await last_beat()
    assert (beat.backlog, beat.oldest_waiting_at) == (0, None)
