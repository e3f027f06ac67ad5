"""The levers of the broker in memory, and what only it can show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.broker import BrokerUnavailable, Outgoing, PublishRefused, PublishUnknown
from bonfire.broker.memory import MemoryBroker, MemoryServer
from bonfire.broker.memory.routing import matches
from bonfire.broker.topology import (
    DEAD_LETTERS,
    JOBS,
    Binding,
    Exchange,
    Queue,
    Topology,
    for_agents,
    jobs_queue,
)
from bonfire.errors import Reason

OSLO = jobs_queue("oslo")
JOB = Outgoing(JOBS, "oslo", b"job", {"x-job-id": "1"})


async def connected(server: MemoryServer) -> MemoryBroker:
    broker = MemoryBroker(server)
    await broker.start()
    await broker.wait_connected()
    return broker


async def with_oslo() -> tuple[MemoryServer, MemoryBroker]:
    server = MemoryServer()
    broker = await connected(server)
    await broker.declare(for_agents(["oslo"]))
    return server, broker


async def test_a_swallowed_confirm_leaves_the_message_stored() -> None:
    server, broker = await with_oslo()
    server.swallow_confirms(2)
    for _ in range(2):
        with pytest.raises(PublishUnknown):
            await broker.publish(JOB)
    await broker.publish(JOB)
    assert server.waiting(OSLO) == (JOB, JOB, JOB)


async def test_a_failed_publish_stores_nothing() -> None:
    server, broker = await with_oslo()
    server.fail_publishes(
        PublishRefused(Reason.PUBLISH_REFUSED, "full"),
        PublishUnknown(Reason.PUBLISH_UNKNOWN, "lost"),
    )
    with pytest.raises(PublishRefused):
        await broker.publish(JOB)
    with pytest.raises(PublishUnknown):
        await broker.publish(JOB)
    assert server.waiting(OSLO) == ()
    await broker.publish(JOB)
    assert server.waiting(OSLO) == (JOB,)


async def test_a_client_that_was_not_started_is_not_connected() -> None:
    broker = MemoryBroker(MemoryServer())
    assert not broker.connected
    with pytest.raises(BrokerUnavailable):
        await broker.publish(JOB)


async def test_a_client_started_without_a_server_connects_when_it_comes() -> None:
    server = MemoryServer()
    server.stop()
    broker = MemoryBroker(server)
    calls: list[bool] = []
    broker.on_connected(lambda: calls.append(broker.connected))
    await broker.start()
    assert calls == []
    server.start()
    assert calls == [True]


async def test_closing_twice_does_no_harm() -> None:
    server, broker = await with_oslo()
    await broker.close()
    await broker.close()
    server.drop_connections()
    assert not broker.connected


async def test_a_settled_and_cancelled_consumer_is_forgotten() -> None:
    _, broker = await with_oslo()
    for _ in range(3):
        consumer = await broker.consume(OSLO, 1)
        await consumer.cancel()
        assert consumer.done


async def test_a_rejected_copy_without_a_dead_letter_exchange_is_gone() -> None:
    server = MemoryServer()
    broker = await connected(server)
    await broker.declare(Topology(queues=(Queue("plain"),)))
    await broker.publish(Outgoing("", "plain", b"a"))
    consumer = await broker.consume("plain", 1)
    assert await (await anext(consumer)).reject()
    assert server.waiting("plain") == ()


async def test_a_dead_letter_that_finds_no_queue_is_kept_until_there_is_one() -> None:
    server = MemoryServer()
    broker = await connected(server)
    dead = Exchange("dead", "topic")
    work = Queue(
        "work", {"x-dead-letter-exchange": "dead", "x-dead-letter-strategy": "at-least-once"}
    )
    await broker.declare(Topology(exchanges=(dead,), queues=(work,)))
    await broker.publish(Outgoing("", "work", b"a"))
    assert await (await anext(await broker.consume("work", 1))).reject()
    await broker.declare(
        Topology(queues=(Queue("letters"),), bindings=(Binding("dead", "letters", "#"),))
    )
    assert [letter.body for letter in server.waiting("letters")] == [b"a"]


async def test_a_dead_letter_sent_at_most_once_is_gone_if_it_finds_no_queue() -> None:
    server = MemoryServer()
    broker = await connected(server)
    await broker.declare(Topology(queues=(Queue("work", {"x-dead-letter-exchange": "dead"}),)))
    await broker.publish(Outgoing("", "work", b"a"))
    assert await (await anext(await broker.consume("work", 1))).reject()
    await broker.declare(
        Topology(
            exchanges=(Exchange("dead", "fanout"),),
            queues=(Queue("letters"),),
            bindings=(Binding("dead", "letters"),),
        )
    )
    assert server.waiting("letters") == ()


async def test_a_full_queue_that_does_not_refuse_drops_its_oldest() -> None:
    server = MemoryServer()
    broker = await connected(server)
    await broker.declare(Topology(queues=(Queue("short", {"x-max-length": 2}),)))
    for body in (b"a", b"b", b"c"):
        await broker.publish(Outgoing("", "short", body))
    assert [message.body for message in server.waiting("short")] == [b"b", b"c"]


async def test_a_copy_of_a_deleted_queue_cannot_be_settled() -> None:
    server, broker = await with_oslo()
    await broker.publish(JOB)
    consumer = await broker.consume(OSLO, 1)
    held = await anext(consumer)
    server.delete_queue(OSLO)
    assert not consumer.active
    assert not await held.ack()


async def test_deleting_a_queue_under_a_cancelled_consumer_ends_it() -> None:
    server, broker = await with_oslo()
    await broker.publish(JOB)
    consumer = await broker.consume(OSLO, 1)
    held = await anext(consumer)
    await consumer.cancel()
    server.delete_queue(OSLO)
    assert await held.ack()  # nobody took it from us, and nobody else has it
    assert [delivery async for delivery in consumer] == []


async def test_the_topology_of_an_organisation_sends_dead_jobs_to_the_dead_letters() -> None:
    server, broker = await with_oslo()
    await broker.publish(JOB)
    assert await (await anext(await broker.consume(OSLO, 1))).reject()
    [letter] = server.waiting(DEAD_LETTERS)
    assert letter.routing_key == OSLO
    assert letter.headers["x-first-death-reason"] == "rejected"


WORDS = st.lists(st.sampled_from(["oslo", "bergen", "printed", "dead"]), max_size=4)


@given(WORDS)
def test_a_hash_matches_every_key(words: list[str]) -> None:
    assert matches("topic", "#", ".".join(words))


@given(WORDS.filter(bool))
def test_a_star_for_each_word_matches(words: list[str]) -> None:
    assert matches("topic", ".".join("*" for _ in words), ".".join(words))
    assert not matches("topic", ".".join(["*", *("*" for _ in words)]), ".".join(words))


@given(WORDS.filter(bool), WORDS)
def test_a_hash_stands_for_any_number_of_words(prefix: list[str], rest: list[str]) -> None:
    assert matches("topic", ".".join([*prefix, "#"]), ".".join([*prefix, *rest]))
