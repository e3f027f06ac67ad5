"""What `declare` and `missing` promise, on the fake and on RabbitMQ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bonfire.broker import BrokerUnavailable, TopologyMismatch
from bonfire.broker.topology import Binding, Exchange, Queue, Topology, for_agents
from tests.contract.broker.shapes import one_queue, take_bodies, to_queue
from tests.support.rabbit import Site


async def test_what_is_missing_is_named(site: Site) -> None:
    broker = await site.client()
    whole = one_queue(site)
    exchange, queue = f"exchange {site.name('work')}", f"queue {site.name('queue')}"
    assert await broker.missing(whole) == (exchange, queue)
    await broker.declare(replace(whole, queues=(), bindings=()))
    assert await broker.missing(whole) == (queue,)
    await broker.declare(whole)
    assert await broker.missing(whole) == ()


async def test_declaring_twice_changes_nothing(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site))
    await broker.publish(to_queue(site))
    await broker.declare(one_queue(site))
    assert await take_bodies(await broker.consume(site.name("queue"), 1), 1) == [b"a"]


async def test_a_queue_with_other_arguments_is_a_mismatch(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site, x_max_length=5))
    with pytest.raises(TopologyMismatch, match=r"queue .*queue.*x-max-length") as caught:
        await broker.declare(one_queue(site, x_max_length=6))
    assert caught.value.reason == "topology_mismatch"


async def test_an_exchange_of_another_kind_is_a_mismatch(site: Site) -> None:
    broker = await site.client()
    await broker.declare(Topology(exchanges=(Exchange(site.name("work"), "direct"),)))
    with pytest.raises(TopologyMismatch, match=r"exchange .*work.*topic.*direct"):
        await broker.declare(Topology(exchanges=(Exchange(site.name("work"), "topic"),)))


async def test_an_exchange_with_another_alternate_is_a_mismatch(site: Site) -> None:
    broker = await site.client()
    await broker.declare(Topology(exchanges=(Exchange(site.name("work"), "direct"),)))
    with pytest.raises(TopologyMismatch, match=r"exchange .*work.*alternate"):
        await broker.declare(
            Topology(exchanges=(Exchange(site.name("work"), "direct", alternate="other"),))
        )


async def test_a_binding_to_nothing_is_a_mismatch(site: Site) -> None:
    broker = await site.client()
    with pytest.raises(TopologyMismatch, match="binding"):
        await broker.declare(
            Topology(
                queues=(Queue(site.name("queue")),),
                bindings=(Binding(site.name("absent"), site.name("queue"), "key"),),
            )
        )


async def test_a_mismatch_leaves_the_broker_usable(site: Site) -> None:
    broker = await site.client()
    await broker.declare(one_queue(site, x_max_length=5))
    with pytest.raises(TopologyMismatch):
        await broker.declare(one_queue(site, x_max_length=6))
    await broker.publish(to_queue(site))


async def test_nothing_is_declared_or_missed_without_a_broker(site: Site) -> None:
    broker = await site.client()
    await site.stop()
    with pytest.raises(BrokerUnavailable):
        await broker.declare(one_queue(site))
    with pytest.raises(BrokerUnavailable):
        await broker.missing(one_queue(site))
    await site.resume()


async def test_the_topology_of_an_organisation_can_be_declared(site: Site) -> None:
    broker = await site.client()
    # The exchanges have fixed names and are shared by the run; the agents are this test's.
    topology = for_agents([site.name("oslo"), site.name("bergen")])
    await broker.declare(topology)
    await broker.declare(topology)
    assert await broker.missing(topology) == ()
