"""Making a topology, and looking for what is missing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial

import aiormq
from aiormq.abc import FieldTable

from bonfire.broker import BrokerUnavailable, TopologyMismatch
from bonfire.broker.rabbitmq.link import RPC_TIMEOUT_S, Link, close_quietly
from bonfire.broker.rabbitmq.trouble import LOST, lost_is_unavailable, no_strays
from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from bonfire.errors import Reason

Request = Callable[[aiormq.Channel], Awaitable[object]]


async def declare(link: Link, topology: Topology) -> None:
    """As the port says, on a channel that is closed afterwards."""
    with lost_is_unavailable():
        channel = await link.open_channel()
        try:
            for name, request in _declarations(topology):
                await _declare_one(channel, name, request)
        finally:
            await close_quietly(channel)


async def missing(link: Link, topology: Topology) -> tuple[str, ...]:
    """As the port says."""
    lacking = []
    with lost_is_unavailable():
        for name, request in _questions(topology):
            if not await _exists(link, request):
                lacking.append(name)
    return tuple(lacking)


async def count_consumers(link: Link, queue: str) -> int | None:
    """How many consumers a queue has; None where the broker cannot or may not say."""
    with suppress(*LOST, BrokerUnavailable), no_strays():
        channel = await link.open_channel()
        try:
            async with asyncio.timeout(RPC_TIMEOUT_S):
                found = await channel.queue_declare(queue, passive=True)
            return found.consumer_count
        finally:
            await close_quietly(channel)
    return None


async def _declare_one(channel: aiormq.Channel, name: str, request: Request) -> None:
    try:
        async with asyncio.timeout(RPC_TIMEOUT_S):
            await request(channel)
    except (aiormq.ChannelPreconditionFailed, aiormq.ChannelNotFoundEntity) as error:
        raise TopologyMismatch(Reason.TOPOLOGY_MISMATCH, f"{name}: {error}") from error


async def _exists(link: Link, request: Request) -> bool:
    # A channel for each question: the broker says no by closing it.
    channel = await link.open_channel()
    try:
        async with asyncio.timeout(RPC_TIMEOUT_S):
            await request(channel)
    except aiormq.ChannelNotFoundEntity:
        return False
    except aiormq.ChannelAccessRefused:
        return True  # RabbitMQ 4.3 lets nobody look who may not configure it
    finally:
        await close_quietly(channel)
    return True


def _declarations(topology: Topology) -> Iterator[tuple[str, Request]]:
    for exchange in topology.exchanges:
        yield f"exchange {exchange.name}", partial(_declare_exchange, exchange)
    for queue in topology.queues:
        yield f"queue {queue.name}", partial(_declare_queue, queue)
    for binding in topology.bindings:
        yield f"binding {binding.exchange} → {binding.queue}", partial(_bind, binding)


def _questions(topology: Topology) -> Iterator[tuple[str, Request]]:
    # Bindings cannot be asked for; declaring them again is harmless.
    for exchange in topology.exchanges:
        yield f"exchange {exchange.name}", partial(_look_for_exchange, exchange)
    for queue in topology.queues:
        yield f"queue {queue.name}", partial(_look_for_queue, queue)


async def _declare_exchange(exchange: Exchange, channel: aiormq.Channel) -> None:
    arguments: FieldTable = {}
    if exchange.alternate is not None:
        arguments["alternate-exchange"] = exchange.alternate
    await channel.exchange_declare(
        exchange.name, exchange_type=exchange.kind, durable=True, arguments=arguments
    )


async def _declare_queue(queue: Queue, channel: aiormq.Channel) -> None:
    arguments: FieldTable = {"x-queue-type": "quorum", **queue.arguments}
    await channel.queue_declare(queue.name, durable=True, arguments=arguments)


async def _bind(binding: Binding, channel: aiormq.Channel) -> None:
    await channel.queue_bind(binding.queue, binding.exchange, binding.key)


async def _look_for_exchange(exchange: Exchange, channel: aiormq.Channel) -> None:
    await channel.exchange_declare(exchange.name, passive=True)


async def _look_for_queue(queue: Queue, channel: aiormq.Channel) -> None:
    await channel.queue_declare(queue.name, passive=True)
