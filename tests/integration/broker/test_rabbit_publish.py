"""What a publish answers when the broker breaks under it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bonfire.broker import (
    BrokerUnavailable,
    Outgoing,
    PublishUnknown,
    Unroutable,
)
from bonfire.errors import BonfireError
from dev_stack.private_broker import PrivateBroker
from tests.contract.broker.shapes import (
    nothing_comes,
    one_queue,
    publish_all,
    take,
    take_bodies,
    to_queue,
)
from tests.support.rabbit import RabbitSite, soon


@contextmanager
def memory_alarm(broker: PrivateBroker) -> Iterator[None]:
    broker.ctl("set_vm_memory_high_watermark", "0.000001")
    try:
        yield
    finally:
        broker.ctl("set_vm_memory_high_watermark", "0.6")


async def test_every_publish_in_flight_gets_an_answer_when_the_connection_is_cut(
    site: RabbitSite,
) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    site.proxy.stall()
    flying = [
        asyncio.create_task(broker.publish(to_queue(site, str(number).encode())))
        for number in range(20)
    ]
    await asyncio.sleep(0.2)
    site.proxy.cut()
    site.proxy.resume()
    async with asyncio.timeout(2):  # long before the publish timeout
        answers = await asyncio.gather(*flying, return_exceptions=True)
    # Never a CancelledError: nobody cancelled these tasks.
    assert {type(answer) for answer in answers} == {PublishUnknown}


async def test_what_was_confirmed_before_a_cut_is_stored(site: RabbitSite) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    confirmed = []

    async def publish(body: bytes) -> None:
        try:
            await broker.publish(to_queue(site, body))
            confirmed.append(body)
        except BonfireError:
            pass

    flying = [asyncio.create_task(publish(str(number).encode())) for number in range(300)]
    await soon(lambda: len(confirmed) > 50)
    site.proxy.cut()
    await asyncio.gather(*flying)
    assert len(confirmed) < 300
    await broker.wait_connected()
    consumer = await broker.consume(site.name("queue"), 50)
    stored: set[bytes] = set()
    while not stored.issuperset(confirmed):
        stored.update(await take_bodies(consumer, 1))


async def test_a_silent_broker_leaves_the_publish_unknown_within_its_timeout(
    site: RabbitSite,
) -> None:
    broker = await site.client(publish_timeout_s=0.5)
    await broker.declare(one_queue(site))
    site.proxy.stall()
    started = time.monotonic()
    with pytest.raises(PublishUnknown, match="in time"):
        await broker.publish(to_queue(site))
    assert 0.4 < time.monotonic() - started < 1.5
    site.proxy.resume()
    # Unknown means unknown: this one was stored.
    assert await take_bodies(await broker.consume(site.name("queue"), 1), 1) == [b"a"]


async def test_a_cancelled_publish_is_cancelled(site: RabbitSite) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    site.proxy.stall()
    flying = asyncio.create_task(broker.publish(to_queue(site)))
    await asyncio.sleep(0.1)
    flying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flying
    site.proxy.resume()
    await broker.publish(to_queue(site))


async def test_a_deadline_of_the_caller_is_the_callers(site: RabbitSite) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    site.proxy.stall()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await broker.publish(to_queue(site))
    site.proxy.resume()


async def test_equal_job_ids_in_flight_each_get_their_own_answer(site: RabbitSite) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    job = {"x-job-id": "the same"}
    for _ in range(20):
        answers = await asyncio.gather(
            broker.publish(Outgoing(site.name("work"), "nobody", b"a", job)),
            broker.publish(Outgoing(site.name("work"), "queue", b"a", job)),
            return_exceptions=True,
        )
        assert isinstance(answers[0], Unroutable)
        assert answers[1] is None


async def test_a_missing_exchange_loses_nothing_of_the_others(site: RabbitSite) -> None:
    """The broker closes the channel under every message in flight on it."""
    broker = await site.client()
    await broker.declare(one_queue(site))
    answers = await asyncio.gather(
        *(broker.publish(to_queue(site, b"good")) for _ in range(5)),
        broker.publish(Outgoing(site.name("absent"), "x", b"bad")),
        *(broker.publish(to_queue(site, b"good")) for _ in range(5)),
        return_exceptions=True,
    )
    assert isinstance(answers[5], Unroutable)
    good = answers[:5] + answers[6:]
    assert all(answer is None or isinstance(answer, PublishUnknown) for answer in good)
    await soon(lambda: broker.connected)
    await broker.publish(to_queue(site))


async def test_a_memory_alarm_leaves_one_publish_unknown_and_then_sends_none(
    site: RabbitSite, private_broker: PrivateBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker = await site.client(publish_timeout_s=0.5)
    await broker.declare(one_queue(site))
    await publish_all(broker, site, b"before")
    consumer = await broker.consume(site.name("queue"), 1)
    with memory_alarm(private_broker):
        # The broker tells a connection that it is blocked when it publishes for the first time.
        with pytest.raises(PublishUnknown):
            await broker.publish(to_queue(site, b"unknown"))
        for _ in range(3):
            with pytest.raises(BrokerUnavailable, match="memory or disk"):
                await broker.publish(to_queue(site, b"never sent"))
        # Consuming, acknowledging and looking around go on over the other connection.
        assert await take_bodies(consumer, 1) == [b"before"]
        assert await broker.missing(one_queue(site)) == ()
    assert await take_bodies(consumer, 1) == [b"unknown"]
    assert await nothing_comes(consumer)
    await broker.publish(to_queue(site, b"after"))
    assert await take_bodies(consumer, 1) == [b"after"]
    events = [getattr(record, "event", "") for record in caplog.records]
    assert events.count("broker.blocked") == 1


async def test_confirmed_messages_survive_a_kill_of_the_broker(
    victim: PrivateBroker, victims_site: RabbitSite
) -> None:
    site = victims_site
    broker = await site.client()
    await broker.declare(one_queue(site))
    consumer = await broker.consume(site.name("queue"), 10)
    # RabbitMQ loses what it confirmed if it is killed within a second after making the queue.
    await asyncio.sleep(5)
    bodies = [str(number).encode() for number in range(100)]
    await asyncio.gather(*(broker.publish(to_queue(site, body)) for body in bodies))
    held = await take(consumer)
    await asyncio.to_thread(victim.kill)
    await soon(lambda: not broker.connected)
    await asyncio.to_thread(victim.restart)
    async with asyncio.timeout(30):
        await broker.wait_connected()
    assert not await held.ack()
    await soon(lambda: consumer.active, patience_s=30)
    assert sorted(await take_bodies(consumer, 100)) == sorted(bodies)


async def test_a_frozen_broker_has_the_message_whose_confirm_it_never_sent(
    victim: PrivateBroker, victims_site: RabbitSite
) -> None:
    site = victims_site
    broker = await site.client(publish_timeout_s=0.5)
    await broker.declare(one_queue(site))
    victim.pause()
    try:
        with pytest.raises(PublishUnknown):
            await broker.publish(to_queue(site))
    finally:
        victim.resume()
    assert await take_bodies(await broker.consume(site.name("queue"), 1), 1) == [b"a"]
