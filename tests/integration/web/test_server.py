"""A server that no peer can keep waiting, and that answers every error in one form."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from bonfire.errors import BonfireError, Reason
from bonfire.web.guard import Limits
from bonfire.web.problem import problem
from bonfire.web.server import HttpServer, PortTaken, read_body
from tests.support.notes import until
from tests.support.raw_http import Peer, peer

HEADER_S = 0.15
KEEPALIVE_S = 0.4
BODY_S = 0.15
MOST_BYTES = 1_000
LIMITS = Limits(HEADER_S, KEEPALIVE_S, connections=20)


class Doors:
    """An application whose handlers do what a test needs."""

    def __init__(self) -> None:
        self.hold = asyncio.Event()
        self.held = 0
        self.cancelled = 0
        self.app = web.Application()
        self.app.router.add_get("/fast", self.fast)
        self.app.router.add_get("/held", self.wait)
        self.app.router.add_get("/big", self.big)
        self.app.router.add_get("/wrong", self.wrong)
        self.app.router.add_get("/nodelay", self.nodelay)
        self.app.router.add_post("/body", self.body)

    async def fast(self, _: web.Request) -> web.Response:
        return web.Response(text="here")

    async def wait(self, _: web.Request) -> web.Response:
        self.held += 1
        try:
            await self.hold.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return web.Response(text="done")

    async def big(self, _: web.Request) -> web.Response:
        return web.Response(body=b"x" * 30_000_000)

    async def wrong(self, _: web.Request) -> web.Response:
        raise ValueError("Anna Huber, Gartenstr. 5")

    async def nodelay(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        sock = request.transport.get_extra_info("socket")
        return web.Response(text=str(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))

    async def body(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=str(len(await read_body(request, MOST_BYTES, BODY_S))))
        except BonfireError as error:
            return problem(error)


@asynccontextmanager
async def serving(
    doors: Doors,
    limits: Limits = LIMITS,
    finish_s: float = 5.0,
    on_malformed: Callable[[], None] = lambda: None,
) -> AsyncIterator[HttpServer]:
    server = HttpServer(doors.app, "127.0.0.1", 0, limits, finish_s, on_malformed)
    await server.start()
    try:
        yield server
    finally:
        doors.hold.set()
        await server.stop()


@pytest.fixture
async def doors() -> Doors:
    return Doors()


@pytest.fixture
async def port(doors: Doors) -> AsyncIterator[int]:
    async with serving(doors) as server:
        yield server.port


async def test_a_peer_that_says_nothing_is_closed(port: int):
    async with peer(port) as silent:
        assert HEADER_S * 0.5 < await silent.closed_after() < HEADER_S * 5


async def test_a_header_that_comes_byte_by_byte_is_closed_however_steadily_it_comes(port: int):
    async with peer(port) as slow:
        dripping = asyncio.create_task(slow.drip(b"GET /fast HTTP/1.1\r\nHost: " + b"x" * 500))
        assert HEADER_S * 0.5 < await slow.closed_after() < HEADER_S * 5
        await dripping


async def test_a_later_request_of_a_connection_has_the_same_deadline(port: int):
    async with peer(port) as slow:
        assert (await slow.get("/fast")).body == b"here"
        await asyncio.sleep(HEADER_S * 1.5)  # between requests there is more time
        dripping = asyncio.create_task(slow.drip(b"GET /fast HTTP/1.1\r\nHost: " + b"x" * 500))
        assert HEADER_S * 0.5 < await slow.closed_after() < KEEPALIVE_S
        await dripping


async def test_a_connection_serves_many_requests_and_is_closed_when_no_more_comes(port: int):
    async with peer(port) as patient:
        for _ in range(3):
            answer = await patient.get("/fast")
            assert (answer.status, answer.body) == (200, b"here")
            await asyncio.sleep(HEADER_S * 1.3)
        assert await patient.closed_after() < KEEPALIVE_S + HEADER_S * 2


async def test_requests_that_come_together_are_answered_one_by_one(port: int):
    async with peer(port) as eager:
        await eager.send(b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        assert [(await eager.answer()).status for _ in range(5)] == [200] * 5


async def test_a_request_in_hand_may_take_longer_than_its_header(doors: Doors, port: int):
    async with peer(port) as waiting:
        answer = asyncio.create_task(waiting.get("/held"))
        await asyncio.sleep((HEADER_S + KEEPALIVE_S) * 1.2)
        doors.hold.set()
        assert (await answer).body == b"done"


def post(headers: str, body: bytes = b"") -> bytes:
    return f"POST /body HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode() + body


async def test_a_body_of_the_greatest_size_is_read_whole_or_in_chunks(port: int):
    async with peer(port) as sender:
        await sender.send(post(f"Content-Length: {MOST_BYTES}", b"x" * MOST_BYTES))
        assert (await sender.answer()).body == b"1000"
        chunk = b"1f4\r\n" + b"x" * 500 + b"\r\n"
        await sender.send(post("Transfer-Encoding: chunked", chunk * 2 + b"0\r\n\r\n"))
        assert (await sender.answer()).body == b"1000"


@pytest.mark.parametrize(
    "request_bytes",
    [
        post("Content-Length: 1001"),  # the body need not come at all
        post("Transfer-Encoding: chunked", b"3e9\r\n" + b"x" * 1001 + b"\r\n"),
        post(
            f"Content-Encoding: gzip\r\nContent-Length: {len(gzip.compress(bytes(500_000)))}",
            gzip.compress(bytes(500_000)),
        ),
    ],
    ids=["announced", "chunked", "packed"],
)
async def test_a_body_that_is_too_large_is_refused(port: int, request_bytes: bytes):
    async with peer(port) as sender:
        await sender.send(request_bytes)
        answer = await sender.answer()
        assert answer.status == 413
        assert answer.json["type"] == "urn:bonfire:problem:too_large"
        assert answer.json["detail"] == "the body is larger than 1000 bytes"


async def test_a_body_that_comes_too_slowly_is_refused_and_its_peer_closed(port: int):
    async with peer(port) as slow:
        await slow.send(post("Content-Length: 900"))
        dripping = asyncio.create_task(slow.drip(b"x" * 900))
        answer = await slow.answer()
        assert answer.status == 408
        assert answer.json["type"] == "urn:bonfire:problem:too_slow"
        assert await slow.closed_after() < HEADER_S * 5
        await dripping


async def test_a_body_that_nobody_reads_does_not_keep_its_connection(port: int):
    async with peer(port) as slow:
        await slow.send(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")
        assert (await slow.answer()).status == 404
        dripping = asyncio.create_task(slow.drip(b"x" * 900))
        assert await slow.closed_after() < HEADER_S * 5
        await dripping


async def test_a_malformed_body_is_told(port: int):
    async with peer(port) as sender:
        await sender.send(post("Transfer-Encoding: chunked", b"no number\r\n"))
        answer = await sender.answer()
        assert answer.status == 400


async def test_a_peer_that_hangs_up_within_its_body_is_no_mistake_of_ours(
    doors: Doors, port: int, caplog: pytest.LogCaptureFixture
):
    async with peer(port) as sender:
        await sender.send(post("Content-Length: 900", b"half"))
        await asyncio.sleep(0.02)
    async with peer(port) as next_one:
        assert (await next_one.get("/fast")).status == 200
    assert caplog.records == []


async def test_a_peer_that_does_not_take_its_answer_is_closed(doors: Doors):
    async with (
        serving(doors, Limits(HEADER_S, KEEPALIVE_S, connections=1)) as server,
        peer(server.port) as deaf,
    ):
        await deaf.send(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        await asyncio.sleep(HEADER_S * 3)  # it reads nothing, and takes the only place
        async with peer(server.port) as next_one:
            assert (await next_one.get("/fast")).status == 200


async def test_more_connections_than_allowed_are_closed_unheard_until_there_is_room(
    doors: Doors, port: int, caplog: pytest.LogCaptureFixture
):
    async with AsyncExitStack() as many:
        first = await many.enter_async_context(peer(port))
        kept = asyncio.create_task(first.get("/held"))
        for _ in range(LIMITS.connections - 1):
            await many.enter_async_context(peer(port))
        for _ in range(3):
            async with peer(port) as surplus:
                assert await surplus.closed_after() < HEADER_S * 0.5
        doors.hold.set()
        assert (await kept).body == b"done"
    assert [getattr(record, "event", "") for record in caplog.records] == ["web.full"]
    await asyncio.sleep(0.05)  # the server hears that the many are gone
    async with peer(port) as next_one:
        assert (await next_one.get("/fast")).status == 200


async def test_slow_peers_cost_the_fast_ones_nothing(doors: Doors):
    async def timed(one: Peer) -> float:
        started = time.monotonic()
        assert (await one.get("/fast")).status == 200
        return time.monotonic() - started

    async with (
        serving(doors, Limits(header_s=2, connections=300)) as server,
        AsyncExitStack() as many,
        peer(server.port) as fast,
    ):
        alone = [await timed(fast) for _ in range(50)]
        for _ in range(200):
            slow = await many.enter_async_context(peer(server.port))
            await slow.send(b"GET /fast HTTP/1.1\r\nHost:")
        beside = [await timed(fast) for _ in range(50)]
    assert statistics.median(beside) < 5 * statistics.median(alone) + 0.005


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/fast", 405, "method_not_allowed"),
        ("GET", "/wrong", 500, "internal_error"),
    ],
)
async def test_every_error_is_a_problem_detail(
    port: int, method: str, path: str, status: int, kind: str
):
    async with peer(port) as asker:
        await asker.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = await asker.answer()
        assert answer.status == answer.json["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["type"] == f"urn:bonfire:problem:{kind}"
        assert set(answer.json) == {"type", "title", "status", "detail"}
        if status == 405:
            assert answer.headers["allow"] == "GET,HEAD"
        assert (await asker.get("/fast")).status == 200  # the connection lives on


async def test_a_mistake_of_ours_is_logged_with_its_place_and_shows_nothing_of_the_request(
    port: int, caplog: pytest.LogCaptureFixture
):
    async with peer(port) as asker:
        answer = await asker.get("/wrong")
    assert b"Huber" not in answer.body
    assert b"ValueError" not in answer.body
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["event"]) == (logging.CRITICAL, "request.failed")
    assert record.__dict__["error"] == "ValueError"
    assert record.__dict__["steps"][-1].startswith(f"{__name__}:")
    assert "Huber" not in str(record.__dict__)


@pytest.mark.parametrize(
    "words",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /fast HTTP/1.1\r\nHost: x\r\nAnna Huber\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["TLS", "no header", "long line"],
)
async def test_what_is_no_http_is_a_problem_detail_too_and_closed_and_counted(
    doors: Doors, words: bytes, caplog: pytest.LogCaptureFixture
):
    heard: list[int] = []
    async with (
        serving(doors, on_malformed=lambda: heard.append(1)) as server,
        peer(server.port) as stranger,
    ):
        await stranger.send(words)
        answer = await stranger.answer()
        assert answer.status == answer.json["status"] == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["type"] == "urn:bonfire:problem:not_http"
        assert await stranger.closed_after() < HEADER_S * 5
    assert heard == [1]
    assert caplog.records == []


async def test_small_answers_are_not_held_back_by_the_system(port: int):
    async with peer(port) as asker:
        assert (await asker.get("/nodelay")).body == b"1"


async def test_a_port_that_is_taken_is_told_in_words(doors: Doors, port: int):
    second = HttpServer(Doors().app, "127.0.0.1", port)
    with pytest.raises(PortTaken) as caught:
        await second.start()
    assert caught.value.reason is Reason.CONFIG_INVALID
    assert f"cannot listen on 127.0.0.1:{port}" in caught.value.detail
    assert "Is another program using the port?" in caught.value.detail


async def test_an_address_that_is_not_ours_is_told_in_words():
    server = HttpServer(Doors().app, "192.0.2.1", 0)
    with pytest.raises(PortTaken, match=r"cannot listen on 192\.0\.2\.1:0"):
        await server.start()


async def test_stopping_finishes_what_is_in_hand_and_takes_nothing_new(doors: Doors):
    async with serving(doors) as server, peer(server.port) as busy, peer(server.port) as idle:
        await idle.get("/fast")
        answer = asyncio.create_task(busy.get("/held"))
        await until(lambda: doors.held == 1)
        port = server.port
        stopping = asyncio.create_task(server.stop())
        assert await idle.closed_after() < HEADER_S
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert not stopping.done()
        doors.hold.set()
        assert (await answer).body == b"done"
        await stopping


async def test_stopping_gives_up_a_request_that_does_not_end(doors: Doors):
    async with serving(doors, finish_s=0.1) as server, peer(server.port) as busy:
        await busy.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: doors.held == 1)
        async with asyncio.timeout(1):
            await server.stop()
        await until(lambda: doors.cancelled == 1)
