"""The measuring instruments themselves: what they answer is what the product relies on."""

import asyncio

import pytest
from aiohttp import web

from bench.http_client import post_all, post_once, post_request
from bench.printer import fast_printer
from bench.processes import MeasurementFailed
from bonfire.clock import SystemClock
from bonfire.config import TcpAddress
from bonfire.messages import Confirmation
from bonfire.web.server import HttpServer
from dev_stack.ports import HOST, free_ports
from print_agent.printers import Outcome, PrinterSettings
from print_agent.printers.tcp import TcpPrinter

TICKET = b"\x1b@Suppe\n\x1dVB\x00"


async def test_the_fast_printer_is_one_that_confirms_by_process_id():
    (port,) = free_ports(1)
    async with fast_printer(port) as printer:
        settings = PrinterSettings(id="kitchen-1", address=TcpAddress(HOST, port))
        session = await TcpPrinter(settings, SystemClock()).connect()
        assert (await session.status()).trouble is None
        fingerprint = await session.identify()
        assert fingerprint is not None
        assert fingerprint.maker == "BENCH"
        assert await session.probe() is Confirmation.PROCESS_ID
        assert printer.tickets == []
        for process_id in (b"0001", b"0002"):
            result = await session.print(TICKET, Confirmation.PROCESS_ID, process_id)
            assert result.outcome is Outcome.CONFIRMED
        await session.close()
        await printer.wait_hung_up(5)
    first, second = printer.tickets
    assert first.connected_at < first.first_byte_at <= first.printed_at < second.first_byte_at


async def test_the_load_is_every_request_once_and_only_a_200_counts():
    bodies: list[bytes] = []

    async def post(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response({}, status=200 if bodies[-1] != b"bad" else 401)

    app = web.Application()
    app.router.add_post("/", post)
    server = HttpServer(app, HOST, 0)
    await server.start()
    try:
        requests = [post_request("/", b"%d" % number) for number in range(50)]
        started, ended = await post_all(server.port, requests, 4, 5)
        assert started < ended
        assert sorted(map(int, bodies)) == list(range(50))
        began, answered = await post_once(server.port, requests[0])
        assert began < answered
        bad = post_request("/", b"bad")
        with pytest.raises(MeasurementFailed):
            await post_all(server.port, [requests[0], bad], 2, 5)
        with pytest.raises(MeasurementFailed):
            await post_once(server.port, bad)
        await asyncio.sleep(0)
    finally:
        await server.stop()
