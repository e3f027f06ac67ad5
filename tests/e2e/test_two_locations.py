"""Two restaurants of one chain: each prints its own orders only, and neither needs the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aiormq.exceptions import ChannelAccessRefused

from bonfire.broker import topology
from bonfire.messages import JobEvent, JobEventType
from dev_stack.private_broker import PrivateBroker
from tests.support.chain import Chain, open_chain
from tests.support.rabbit import soon

HOSTS = ("altstadt", "soho")


@pytest.fixture
async def chain(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[Chain]:
    async with open_chain(tmp_path, private_broker, HOSTS) as opened:
        yield opened


async def test_each_restaurant_prints_its_own_orders_and_nobody_elses(chain: Chain):
    for host in HOSTS:
        await chain.start_agent(host)
    expected = []
    for number in range(1, 4):
        for host in HOSTS:
            expected += await chain.order(host, number)
    verdict = await chain.on_paper(expected)
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 0
    for host in HOSTS:
        texts = "\n".join(ticket.text for ticket in chain.printers[host].tickets)
        assert [host[0].upper() + str(n) in texts for n in range(1, 4)] == [True] * 3
        other = next(one for one in HOSTS if one != host)
        assert not any(other[0].upper() + str(n) in texts for n in range(1, 4))


async def test_a_dead_restaurant_changes_nothing_for_the_other_and_gets_its_tickets_later(
    chain: Chain,
):
    await chain.start_agent("altstadt")
    for_the_dead = await chain.order("soho", 1)
    for_the_living = await chain.order("altstadt", 1)
    assert (await chain.on_paper(for_the_living)).ok
    assert chain.printers["soho"].tickets == []

    await chain.start_agent("soho")
    chain.processes.kill("altstadt")
    await chain.processes.ended("altstadt")
    verdict = await chain.on_paper([*for_the_living, *for_the_dead])
    assert verdict.ok, verdict.summary()
    assert verdict.marks == 0


async def test_a_print_host_that_dies_with_its_printer_lost_changes_nothing_for_the_other(
    chain: Chain,
):
    for host in HOSTS:
        await chain.start_agent(host)
    chain.printers["soho"].set_fault("paper-out")
    waiting = await chain.order("soho", 1)
    printed = await chain.order("altstadt", 1)
    assert (await chain.on_paper(printed)).ok

    chain.processes.kill("soho")
    await chain.processes.ended("soho")
    printed += await chain.order("altstadt", 2)
    assert (await chain.on_paper(printed)).ok

    chain.printers["soho"].clear_fault("paper-out")
    await chain.start_agent("soho")
    verdict = await chain.on_paper([*waiting, *printed])
    assert verdict.ok, verdict.summary()


async def test_the_user_of_one_print_host_reaches_no_queue_of_the_other(chain: Chain):
    connection = await aio_pika.connect(chain.url_of("altstadt"))
    async with connection:
        for queue in (topology.jobs_queue("soho"), topology.LEDGER_EVENTS, topology.DEAD_LETTERS):
            channel = await connection.channel()
            with pytest.raises(ChannelAccessRefused):
                await (await channel.get_queue(queue, ensure=False)).get(fail=False)
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("mine", durable=True)
        with pytest.raises(ChannelAccessRefused):
            await publish(connection, topology.JOBS, "soho")
        with pytest.raises(ChannelAccessRefused):
            await publish(connection, topology.EVENTS, "soho.job.printed")
        await publish(connection, topology.EVENTS, "altstadt.printer.lost")


async def test_the_user_of_one_print_host_closes_no_job_of_the_other(chain: Chain):
    (ticket,) = await chain.order("soho", 1)
    fields: dict[str, Any] = {"job_id": ticket.job, "at": datetime.now(UTC)}
    forged = [
        JobEvent(
            event_id=f"forged-{number}",
            type=JobEventType.PRINTED,
            location=place,
            agent=agent,
            **fields,
        )
        for number, (place, agent) in enumerate(
            [("altstadt", "altstadt"), ("soho", "soho"), ("altstadt", "soho")]
        )
    ]
    connection = await aio_pika.connect(chain.url_of("altstadt"))
    async with connection:
        for event in forged:
            await publish(connection, topology.EVENTS, "altstadt.job.printed", event.encode())
        with pytest.raises(ChannelAccessRefused):
            await publish(connection, topology.DEAD, "jobs.soho")
    await soon(lambda: chain.processes.log("hub").count("event.misattributed") == len(forged))

    assert await chain.states_of("soho", 1) == ["open"]
    await chain.start_agent("soho")
    assert (await chain.on_paper([ticket])).ok


async def test_an_agent_with_another_hosts_user_says_so_and_takes_nothing(chain: Chain):
    await chain.start_agent("soho", user="altstadt")
    expected = await chain.order("soho", 1)
    await soon(lambda: "soho" in chain.processes.log("soho"))
    await soon(lambda: "refused" in chain.processes.log("soho").lower())
    assert chain.printers["soho"].tickets == []

    await chain.processes.stop("soho")
    await chain.start_agent("soho")
    assert (await chain.on_paper(expected)).ok


async def publish(
    connection: aio_pika.abc.AbstractConnection, exchange: str, key: str, body: bytes = b"{}"
) -> None:
    channel = await connection.channel()
    target = await channel.get_exchange(exchange, ensure=False)
    await asyncio.wait_for(target.publish(aio_pika.Message(body), key, mandatory=True), 5)
