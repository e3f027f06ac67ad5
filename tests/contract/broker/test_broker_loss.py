"""What a consumer promises when its connection dies, on the fake and on RabbitMQ."""

from __future__ import annotations

import asyncio

from tests.contract.broker.shapes import (
    nothing_comes,
    one_queue,
    publish_all,
    take,
    take_bodies,
    to_queue,
)
from tests.support.rabbit import PATIENCE_S, Site, soon


async def test_unsettled_deliveries_come_again_in_order_after_the_connection_died(
    site: Site,
) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 3)
    await publish_all(broker, site, b"a", b"b", b"c", b"d")
    held = [await take(consumer) for _ in range(2)]  # the third one waits in the consumer
    await site.drop()
    await soon(lambda: consumer.active)
    assert [await delivery.ack() for delivery in held] == [False, False]
    again = [await take(consumer) for _ in range(3)]
    assert [delivery.body for delivery in again] == [b"a", b"b", b"c"]
    assert all(delivery.redelivered for delivery in again)
    assert [await delivery.ack() for delivery in again] == [True, True, True]
    assert await take_bodies(consumer, 1) == [b"d"]


async def test_a_stale_delivery_can_neither_be_rejected_nor_requeued(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 2)
    await publish_all(broker, site, b"a", b"b")
    first, second = await take(consumer), await take(consumer)
    await site.drop()
    assert not await first.reject()
    assert not await second.requeue()
    await soon(lambda: consumer.active)
    assert await take_bodies(consumer, 2) == [b"a", b"b"]


async def test_a_consumer_is_restored_after_every_loss(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    for body in (b"a", b"b", b"c"):
        await site.drop()
        await broker.publish(to_queue(site, body))
        assert await take_bodies(consumer, 1) == [body]
        await asyncio.sleep(0.1)  # an ack is on its way for a moment, and may be lost there


async def test_work_in_hand_goes_on_while_the_connection_dies(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    lost, done = asyncio.Event(), asyncio.Event()

    async def work() -> bool:
        delivery = await anext(aiter(consumer))
        await lost.wait()
        done.set()
        return await delivery.ack()

    working = asyncio.create_task(work())
    await publish_all(broker, site, b"a")
    await asyncio.sleep(0.1)
    await site.drop()
    lost.set()
    async with asyncio.timeout(PATIENCE_S):
        assert not await working
    assert done.is_set()


async def test_a_consumer_that_began_without_a_broker_gets_its_messages(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await publish_all(broker, site, b"a")
    await site.stop()
    async with asyncio.timeout(1):
        consumer = await broker.consume(site.name("queue"), 1)
    assert not consumer.active
    await site.resume()
    assert await take_bodies(consumer, 1) == [b"a"]
    assert consumer.active


async def test_a_consumer_is_inactive_while_the_broker_is_away(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    assert consumer.active
    await site.stop()
    assert not consumer.active
    await site.resume()
    await soon(lambda: consumer.active)


async def test_a_cancelled_consumer_stays_cancelled_after_a_loss(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    await publish_all(broker, site, b"a")
    held = await take(consumer)
    await consumer.cancel()
    await site.drop()
    assert not await held.ack()
    assert not consumer.active
    async with asyncio.timeout(PATIENCE_S):
        assert [delivery async for delivery in consumer] == []
    assert await take_bodies(await broker.consume(site.name("queue"), 1), 1) == [b"a"]


async def test_a_consumer_cancelled_without_a_broker_ends(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    await site.stop()
    await consumer.cancel()
    async with asyncio.timeout(PATIENCE_S):
        assert [delivery async for delivery in consumer] == []
    await site.resume()
    await publish_all(broker, site, b"a")
    assert await take_bodies(await broker.consume(site.name("queue"), 1), 1) == [b"a"]


async def test_a_consumer_survives_that_its_queue_is_deleted_and_made_again(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 1)
    await publish_all(broker, site, b"a")
    held = await take(consumer)
    await site.delete_queue(site.name("queue"))
    await soon(lambda: not consumer.active)
    assert not await held.ack()
    await broker.declare(one_queue(site))
    await soon(lambda: consumer.active)
    await publish_all(broker, site, b"b")
    assert await take_bodies(consumer, 1) == [b"b"]
    assert await nothing_comes(consumer)
