"""The real broker's dead letters: its headers, its limits, its ways around a missing queue."""

from __future__ import annotations

import asyncio
import random
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aio_pika
import aiohttp
import pytest
from yarl import URL

from bonfire.broker import Outgoing, topology
from bonfire.broker.rabbitmq import RabbitBroker
from bonfire.clock import SystemClock
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    DeadLetterEvent,
    DeadLetterEventType,
    PrintJob,
    decode,
)
from bonfire.tasks import Tasks
from dev_stack.private_broker import PrivateBroker
from order_ingest.app import App
from tests.support.letters import agents
from tests.support.rabbit import PATIENCE_S, soon
from tests.support.webhooks import ANNA, TILL, settings_in

JOBS = topology.jobs_queue("altstadt")
FEW_DELIVERIES = 2
HOSTILE = [b"\0" * 1_000_000, b"\xff\xfe", b'{"a":' * 50_000, b""]


@dataclass(slots=True)
class Hub:
    """The service on a virtual host of its own, and somebody else's connection to that."""

    app: App
    file: Path
    broker: RabbitBroker
    channel: aio_pika.abc.AbstractChannel
    http: aiohttp.ClientSession

    async def order(self) -> PrintJob:
        headers = {"Authorization": f"Bearer {TILL}", "Idempotency-Key": "k-1"}
        order = {"id": "a-1", "number": "A1", "items": [{"name": "Suppe"}]}
        url = f"http://127.0.0.1:{self.app.port}/v1/orders"
        async with self.http.post(url, json=order, headers=headers) as answer:
            assert answer.status == 201
        ((body,),) = self.query("SELECT body FROM jobs")
        job = decode(body)
        assert isinstance(job, PrintJob)
        return job

    async def requeue(self, number: int) -> int:
        headers = {"Authorization": f"Bearer {ANNA}"}
        url = f"http://127.0.0.1:{self.app.ops_port}/retry/requeue"
        async with self.http.post(url, json={"id": number}, headers=headers) as answer:
            return answer.status

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as db:
            return db.execute(statement).fetchall()

    async def letters(self, count: int) -> list[tuple[Any, ...]]:
        """Origin, reason, queue and job of each, once there are so many."""
        query = "SELECT origin, reason, queue, hex(job) FROM dead_letters ORDER BY id"
        await soon(lambda: len(self.query(query)) >= count)
        return self.query(query)

    async def told(self, type_: DeadLetterEventType) -> DeadLetterEvent:
        """The next such event that the notifier would hear."""
        queue = await self.channel.get_queue(topology.NOTIFIER_EVENTS)
        async with asyncio.timeout(PATIENCE_S), queue.iterator(no_ack=True) as messages:
            async for message in messages:
                event = decode(message.body)
                if isinstance(event, DeadLetterEvent) and event.type is type_:
                    return event
        raise AssertionError("the queue is gone")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[RabbitBroker]:
    broker = RabbitBroker(url, name="test", clock=SystemClock(), rng=random.Random(0))  # noqa: S311 -- jitter
    await broker.start()
    async with asyncio.timeout(PATIENCE_S):
        await broker.wait_connected()
    try:
        yield broker
    finally:
        await broker.close()


def declared() -> topology.Topology:
    """As always, but that the print host's queue gives a copy up soon."""
    whole = topology.for_agents(["altstadt", "hafen"])
    queues = [
        topology.Queue(queue.name, {**queue.arguments, "x-delivery-limit": FEW_DELIVERIES})
        if queue.name == JOBS
        else queue
        for queue in whole.queues
    ]
    return replace(whole, queues=tuple(queues))


@pytest.fixture
async def hub(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[Hub]:
    vhost = f"letters-{secrets.token_hex(4)}"
    user = str(URL(private_broker.url).user)
    for command in (["add_vhost", vhost], ["set_permissions", "-p", vhost, user, *[".*"] * 3]):
        await asyncio.to_thread(private_broker.ctl, *command)
    url = str(URL(private_broker.url).with_path(f"/{vhost}"))
    settings = settings_in(tmp_path)
    settings = replace(settings, chassis=replace(settings.chassis, amqp_url=url))
    async with (
        connected(url) as broker,
        await aio_pika.connect(url) as connection,
        aiohttp.ClientSession() as http,
    ):
        await broker.declare(declared())
        app, tasks = App(settings), Tasks(lambda: None)
        await app.start(tasks)
        yield Hub(app, settings.chassis.store, broker, await connection.channel(), http)
        await app.drain()
        await tasks.cancel()
        await app.close()
        assert tasks.dead is None


async def test_an_unreadable_body_that_a_print_host_rejects_ends_as_a_row(hub: Hub):
    job = await hub.order()
    consumer = await hub.broker.consume(JOBS, 1)
    await (await anext(consumer)).ack()
    headers: dict[str, str | int] = {JOB_ID: job.job_id, GENERATION: 1}
    await hub.broker.publish(Outgoing(topology.JOBS, "altstadt", b"\0nonsense", headers))
    await (await anext(consumer)).reject()

    row = ("rejected", "unreadable_message", JOBS, job.job_id.upper())
    assert await hub.letters(1) == [row]
    assert hub.query("SELECT state, reason FROM jobs") == [("dead", "unreadable_message")]
    event = await hub.told(DeadLetterEventType.ADDED)
    assert (event.location, event.order_number, event.unsettled) == ("altstadt", "A1", 1)


async def test_a_copy_that_comes_back_too_often_ends_as_a_row_and_prints_after_a_requeue(hub: Hub):
    job = await hub.order()
    consumer = await hub.broker.consume(JOBS, 1)
    for _ in range(FEW_DELIVERIES + 1):
        async with asyncio.timeout(PATIENCE_S):
            await (await anext(consumer)).requeue()

    row = ("delivery_limit", "delivery_limit", JOBS, job.job_id.upper())
    assert await hub.letters(1) == [row]
    assert hub.query("SELECT state, on_paper FROM jobs") == [("dead", "maybe")]

    assert await hub.requeue(1) == 200
    async with asyncio.timeout(PATIENCE_S):
        again = await anext(consumer)
    printable = decode(again.body)
    assert isinstance(printable, PrintJob)
    assert (printable.job_id, printable.generation) == (job.job_id, 2)
    assert again.headers[GENERATION] == 2
    assert not [name for name in again.headers if "death" in name]
    await again.ack()
    assert (await hub.told(DeadLetterEventType.SETTLED)).unsettled == 0
    assert await hub.requeue(1) == 409


async def test_letters_end_as_rows_too_while_their_queue_is_deleted(hub: Hub):
    job = await hub.order()
    await hub.channel.queue_delete(topology.DEAD_LETTERS)
    await hub.broker.publish(Outgoing(topology.DEAD, "altstadt.x", agents(job).encode()))
    await hub.broker.publish(Outgoing(topology.DEAD, "altstadt", b"nonsense"))
    consumer = await hub.broker.consume(JOBS, 1)
    await (await anext(consumer)).reject()

    rows = await hub.letters(3)
    assert sorted(rows) == [
        ("agent", "render_error", "", job.job_id.upper()),
        ("rejected", "rejected", JOBS, job.job_id.upper()),
        ("unroutable", "unreadable_message", "", ""),
    ]


async def test_no_body_stops_the_letters(hub: Hub):
    for body in HOSTILE:
        await hub.broker.publish(Outgoing(topology.DEAD, "x", body))
        await hub.broker.publish(Outgoing(topology.EVENTS, "altstadt.job.x", body))

    await soon(lambda: hub.query("SELECT sum(count) FROM dead_letters") == [(2 * len(HOSTILE),)])
    assert sorted(await hub.letters(2)) == [
        ("other", "unreadable_message", "", ""),
        ("rejected", "unreadable_message", topology.LEDGER_EVENTS, ""),
    ]
    assert hub.query("SELECT max(length(sample)) FROM dead_letters") == [(16_384,)]
    for queue in (topology.DEAD_LETTERS, topology.LEDGER_EVENTS):
        there = await hub.channel.declare_queue(queue, passive=True)
        assert there.declaration_result.message_count == 0
