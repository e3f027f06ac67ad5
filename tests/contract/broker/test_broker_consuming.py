"""What a consumer promises while all is well, on the fake and on RabbitMQ."""

from __future__ import annotations

import asyncio

from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from tests.contract.broker.shapes import (
    nothing_comes,
    one_queue,
    publish_all,
    take,
    take_bodies,
    to_queue,
)
from tests.support.rabbit import PATIENCE_S, Site, soon


def with_dead_letters(site: Site, delivery_limit: int = 100) -> Topology:
    work = one_queue(
        site,
        x_delivery_limit=delivery_limit,
        x_dead_letter_exchange=site.name("dead"),
        x_dead_letter_routing_key="from-queue",
        x_dead_letter_strategy="at-least-once",
        x_overflow="reject-publish",
    )
    return Topology(
        exchanges=(*work.exchanges, Exchange(site.name("dead"), "topic")),
        queues=(*work.queues, Queue(site.name("letters"))),
        bindings=(*work.bindings, Binding(site.name("dead"), site.name("letters"), "#")),
    )


async def test_messages_of_a_queue_come_in_their_order(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    bodies = [str(number).encode() for number in range(50)]
    await publish_all(broker, site, *bodies)
    consumer = await broker.consume(site.name("queue"), 7)
    assert await take_bodies(consumer, 50) == bodies


async def test_no_more_than_the_prefetch_is_delivered_before_an_answer(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 2)
    await publish_all(broker, site, b"a", b"b", b"c")
    first, second = await take(consumer), await take(consumer)
    assert await nothing_comes(consumer)
    assert await second.ack()
    assert (await take(consumer)).body == b"c"
    assert first.body == b"a"


async def test_an_acknowledged_message_never_comes_again(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await publish_all(broker, site, b"a", b"b")
    consumer = await broker.consume(site.name("queue"), 1)
    assert await take_bodies(consumer, 1) == [b"a"]
    await take(consumer)  # it comes when the broker has the ack of the one before
    await site.drop()
    await soon(lambda: consumer.active)
    assert await take_bodies(consumer, 1) == [b"b"]
    assert await nothing_comes(consumer)


async def test_a_delivery_is_settled_once(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    await publish_all(broker, site, b"a", b"b")
    delivery = await take(consumer)
    assert await delivery.ack()
    assert not await delivery.ack()
    assert not await delivery.reject()
    assert not await delivery.requeue()
    assert await take_bodies(consumer, 1) == [b"b"]


async def test_a_requeued_message_comes_again_before_later_ones(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    await publish_all(broker, site, b"a", b"b")
    assert await (await take(consumer)).requeue()
    again = await take(consumer)
    assert (again.body, again.redelivered) == (b"a", True)
    assert await again.ack()
    assert await take_bodies(consumer, 1) == [b"b"]


async def test_a_rejected_message_goes_to_the_dead_letters(site: Site) -> None:
    broker = await site.client()
    await broker.declare(with_dead_letters(site))
    await publish_all(broker, site, b"a")
    consumer = await broker.consume(site.name("queue"), 1)
    assert await (await take(consumer)).reject()
    letter = await take(await broker.consume(site.name("letters"), 1))
    assert letter.body == b"a"
    assert (letter.exchange, letter.routing_key) == (site.name("dead"), "from-queue")
    assert letter.headers["x-job-id"] == "a"
    assert letter.headers["x-first-death-queue"] == site.name("queue")
    assert letter.headers["x-first-death-reason"] == "rejected"
    assert letter.headers["x-first-death-exchange"] == site.name("work")
    assert all(isinstance(value, str | int) for value in letter.headers.values())


async def test_a_message_that_comes_back_too_often_goes_to_the_dead_letters(site: Site) -> None:
    broker = await site.client()
    await broker.declare(with_dead_letters(site, delivery_limit=2))
    await publish_all(broker, site, b"a")
    consumer = await broker.consume(site.name("queue"), 1)
    for _ in range(3):  # a limit of two allows two deliveries more
        assert await (await take(consumer)).requeue()
    letter = await take(await broker.consume(site.name("letters"), 1))
    assert letter.headers["x-first-death-reason"] == "delivery_limit"
    assert await nothing_comes(consumer)


async def test_two_consumers_share_a_queue(site: Site) -> None:
    one, two = await site.client(), await site.client()
    await one.declare(one_queue(site))
    first = await one.consume(site.name("queue"), 1)
    second = await two.consume(site.name("queue"), 1)
    await publish_all(one, site, b"a", b"b")
    assert {(await take(first)).body, (await take(second)).body} == {b"a", b"b"}


async def test_a_consumer_may_come_before_its_queue(site: Site) -> None:
    broker = await site.client()
    consumer = await broker.consume(site.name("queue"), 1)
    assert not consumer.active
    await broker.declare(one_queue(site))
    await soon(lambda: consumer.active)
    await publish_all(broker, site, b"a")
    assert await take_bodies(consumer, 1) == [b"a"]


async def test_a_cancelled_consumer_hands_out_what_had_arrived_and_ends(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await publish_all(broker, site, b"a", b"b", b"c")
    consumer = await broker.consume(site.name("queue"), 2)
    first = await take(consumer)
    await asyncio.sleep(0.1)  # the second one is on its way
    await consumer.cancel()
    await consumer.cancel()
    assert not consumer.active
    async with asyncio.timeout(PATIENCE_S):
        rest = [delivery async for delivery in consumer]
    assert [delivery.body for delivery in rest] == [b"b"]
    assert await first.ack()
    assert await rest[0].ack()
    other = await broker.consume(site.name("queue"), 1)
    assert await take_bodies(other, 1) == [b"c"]


async def test_a_waiting_task_ends_when_its_consumer_is_cancelled(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)

    async def drain() -> int:
        return len([delivery async for delivery in consumer])

    waiting = [asyncio.create_task(drain()) for _ in range(2)]
    await asyncio.sleep(0)
    await consumer.cancel()
    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.gather(*waiting) == [0, 0]


async def test_what_a_closed_client_held_goes_to_others(site: Site) -> None:
    one, two = await site.client(), await site.client()
    await one.declare(one_queue(site))
    await publish_all(one, site, b"a")
    consumer = await one.consume(site.name("queue"), 1)
    held = await take(consumer)
    await one.close()
    assert not consumer.active
    assert not await held.ack()
    again = await take(await two.consume(site.name("queue"), 1))
    assert (again.body, again.redelivered) == (b"a", True)


async def test_the_standby_of_a_single_active_consumer_takes_over(site: Site) -> None:
    one, two = await site.client(), await site.client()
    await one.declare(one_queue(site, x_single_active_consumer=True))
    active = await one.consume(site.name("queue"), 1)
    standby = await two.consume(site.name("queue"), 1)
    await publish_all(one, site, b"a")
    assert await take_bodies(active, 1) == [b"a"]
    await publish_all(one, site, b"b", b"c")
    held = await take(active)
    assert await nothing_comes(standby)
    await one.close()
    assert not await held.ack()
    assert await take_bodies(standby, 2) == [b"b", b"c"]


async def test_cancelling_the_active_consumer_lets_the_standby_in(site: Site) -> None:
    one, two = await site.client(), await site.client()
    await one.declare(one_queue(site, x_single_active_consumer=True))
    active = await one.consume(site.name("queue"), 1)
    standby = await two.consume(site.name("queue"), 1)
    await active.cancel()
    await two.publish(to_queue(site))
    assert await take_bodies(standby, 1) == [b"a"]
