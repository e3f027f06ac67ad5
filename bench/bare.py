"""The peer of order-ingest: answers once the broker has the body, and does nothing else.

No signature is checked and nothing is stored, routed or counted: what remains is the price of
HTTP, aio-pika and the broker. `python -m bench.bare PORT`, with the broker in BENCH_AMQP_URL.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from typing import Final

import aio_pika
import uvloop
from aiohttp import web

from bonfire.broker import topology
from dev_stack.ports import HOST

KEYS: Final = tuple(f"bare-{number}" for number in range(1, 9))
"""Print hosts that do not exist; their queues are like those of the ones that do."""


async def serve(port: int, amqp_url: str) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(topology.JOBS)
        keys = itertools.cycle(KEYS)

        async def post(request: web.Request) -> web.Response:
            body = await request.read()
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await exchange.publish(message, next(keys))
            return web.json_response({"result": "published"})

        app = web.Application()
        app.router.add_post("/", post)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        await stopping.wait()
        await runner.cleanup()


if __name__ == "__main__":
    # On the same loop as our own services, so that the loop makes no difference.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as bare:
        bare.run(serve(int(sys.argv[1]), os.environ["BENCH_AMQP_URL"]))
