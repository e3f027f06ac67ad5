"""From something that has happened to the mail that tells it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Final

import aio_pika

from bench.figures import Figure, percentile
from bench.site import AGENTS, SPARE_PRINTERS, Site
from bonfire.broker import topology
from bonfire.messages import PrinterEvent, PrinterEventType
from mail_sink.sink import MailSink

_TIMEOUT_S: Final = 10.0


async def measure(site: Site, seconds: float) -> list[Figure]:
    """One lost printer at a time, from before its event is published to the accepted mail."""
    async with (
        MailSink(port=site.smtp_port) as sink,
        await aio_pika.connect(site.amqp_url) as connection,
        connection.channel() as channel,
    ):
        # What earlier measurements told would have to be read first.
        await (await channel.get_queue(topology.NOTIFIER_EVENTS)).purge()
        exchange = await channel.get_exchange(topology.EVENTS, ensure=False)
        async with site.notifier("mails", spares=True) as notifier:
            await notifier.until_ready(site.notifier_ops_port)
            took_ms = await _many(exchange, sink, seconds)
    note = f"{len(took_ms)} events, one mail each"
    return [
        Figure("event_to_mail_p50", percentile(took_ms, 0.5), "ms", "", note),
        Figure("event_to_mail_p99", percentile(took_ms, 0.99), "ms"),
    ]


async def _many(
    exchange: aio_pika.abc.AbstractExchange, sink: MailSink, seconds: float
) -> list[float]:
    deadline = time.monotonic() + seconds
    took_ms: list[float] = []
    while len(took_ms) < SPARE_PRINTERS and time.monotonic() < deadline:
        took_ms.append(await _one(exchange, sink, len(took_ms) + 1))
    return took_ms


async def _one(exchange: aio_pika.abc.AbstractExchange, sink: MailSink, number: int) -> float:
    event = PrinterEvent(
        event_id=f"bench-{number}",
        type=PrinterEventType.LOST,
        at=datetime.now(UTC),
        location=AGENTS[-1],
        agent=AGENTS[-1],
        printer=f"spare-{number}",
        reason="paper_out",
    )
    started = time.monotonic()
    await exchange.publish(aio_pika.Message(event.encode()), event.routing_key)
    async with asyncio.timeout(_TIMEOUT_S):
        await sink.wait_for_mails(number)
    return (time.monotonic() - started) * 1e3
