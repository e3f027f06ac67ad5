"""What `publish` promises, on the fake and on RabbitMQ."""

from __future__ import annotations

import asyncio

import pytest

from bonfire.broker import Broker, BrokerUnavailable, Outgoing, PublishRefused, Unroutable
from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from tests.contract.broker.shapes import one_queue, take, take_bodies, to_queue
from tests.support.rabbit import Site, soon


async def test_a_published_message_arrives_whole(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    body = bytes(range(256)) * 1_000
    await broker.publish(
        Outgoing(site.name("work"), "queue", body, {"x-job-id": "ä", "x-generation": 2**40})
    )
    delivery = await take(await broker.consume(site.name("queue"), 1))
    assert delivery.body == body
    assert dict(delivery.headers) == {"x-job-id": "ä", "x-generation": 2**40}
    assert delivery.exchange == site.name("work")
    assert delivery.routing_key == "queue"
    assert not delivery.redelivered


async def test_an_empty_body_arrives_too(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await broker.publish(Outgoing(site.name("work"), "queue", b""))
    delivery = await take(await broker.consume(site.name("queue"), 1))
    assert delivery.body == b""
    assert dict(delivery.headers) == {}


async def test_a_message_that_no_queue_takes_is_unroutable(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    with pytest.raises(Unroutable, match="nobody"):
        await broker.publish(Outgoing(site.name("work"), "nobody", b"a"))


async def test_a_message_to_an_exchange_that_does_not_exist_is_unroutable(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    with pytest.raises(Unroutable, match=r"no exchange .*absent"):
        await broker.publish(Outgoing(site.name("absent"), "queue", b"a"))
    await soon(lambda: broker.connected)
    await broker.publish(to_queue(site))


async def test_the_alternate_exchange_catches_what_no_queue_takes(site: Site) -> None:
    broker = await site.client()
    await broker.declare(
        Topology(
            exchanges=(
                Exchange(site.name("lost"), "fanout"),
                Exchange(site.name("work"), "direct", alternate=site.name("lost")),
            ),
            queues=(Queue(site.name("found")),),
            bindings=(Binding(site.name("lost"), site.name("found")),),
        )
    )
    await broker.publish(Outgoing(site.name("work"), "nobody", b"a"))
    delivery = await take(await broker.consume(site.name("found"), 1))
    assert (delivery.body, delivery.routing_key) == (b"a", "nobody")


@pytest.mark.parametrize(
    ("pattern", "key", "routed"),
    [
        ("oslo.*", "oslo.printed", True),
        ("oslo.*", "oslo.printed.late", False),
        ("oslo.*", "oslo", False),
        ("oslo.#", "oslo", True),
        ("oslo.#", "oslo.printed.late", True),
        ("#", "anything.at.all", True),
        ("#.late", "oslo.printed.late", True),
        ("*.printed", "bergen.printed", True),
        ("*.printed", "bergen.dead", False),
    ],
)
async def test_a_topic_matches_word_by_word(
    site: Site, pattern: str, key: str, routed: bool
) -> None:
    broker = await site.client()
    await broker.declare(
        Topology(
            exchanges=(Exchange(site.name("events"), "topic"),),
            queues=(Queue(site.name("queue")),),
            bindings=(Binding(site.name("events"), site.name("queue"), pattern),),
        )
    )
    message = Outgoing(site.name("events"), key, b"a")
    if routed:
        await broker.publish(message)
        assert (await take(await broker.consume(site.name("queue"), 1))).routing_key == key
    else:
        with pytest.raises(Unroutable):
            await broker.publish(message)


async def test_every_queue_behind_a_fanout_gets_its_copy(site: Site) -> None:
    broker = await site.client()
    names = [site.name("left"), site.name("right")]
    await broker.declare(
        Topology(
            exchanges=(Exchange(site.name("all"), "fanout"),),
            queues=tuple(Queue(name) for name in names),
            bindings=tuple(Binding(site.name("all"), name) for name in names),
        )
    )
    await broker.publish(Outgoing(site.name("all"), "", b"a"))
    for name in names:
        assert await take_bodies(await broker.consume(name, 1), 1) == [b"a"]


async def stored_before_refusal(broker: Broker, message: Outgoing) -> int:
    for stored in range(50):
        try:
            await broker.publish(message)
        except PublishRefused:
            return stored
    raise AssertionError("never refused")


async def test_a_full_queue_refuses_and_takes_again_when_it_was_emptied(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site, x_max_length=5, x_overflow="reject-publish"))
    stored = await stored_before_refusal(broker, to_queue(site))
    assert 5 <= stored < 20  # the real limit is a soft one
    consumer = await broker.consume(site.name("queue"), 50)
    assert len(await take_bodies(consumer, stored)) == stored
    await broker.publish(to_queue(site, b"again"))
    assert await take_bodies(consumer, 1) == [b"again"]


async def test_publishing_without_a_broker_is_told_at_once(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await site.stop()
    assert not broker.connected
    with pytest.raises(BrokerUnavailable):
        async with asyncio.timeout(1):
            await broker.publish(to_queue(site))
    await site.resume()
    await broker.publish(to_queue(site))


async def test_the_way_back_to_the_broker_is_called_out(site: Site) -> None:
    broker = await site.client()
    calls = []
    broker.on_connected(lambda: calls.append(broker.connected))
    await site.drop()
    assert len(calls) == 1


async def test_a_closed_broker_publishes_nothing(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await broker.close()
    assert not broker.connected
    with pytest.raises(BrokerUnavailable):
        await broker.publish(to_queue(site))
