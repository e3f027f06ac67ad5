"""The fake Wix over real sockets: its commands, its control API, and our own reading of it all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from fake_wix import public_pem
from fake_wix.__main__ import main
from fake_wix.delivery import post
from fake_wix.keys import write_pair
from fake_wix.server import Simulator, control_app
from order_ingest.wix.decision import decide
from order_ingest.wix.envelope import read_event
from order_ingest.wix.keys import read_public_keys
from order_ingest.wix.mapping import map_order
from order_ingest.wix.token import TokenVerifier
from tests.support.wix import SAMPLES, raw_order, wix_key

Answer = Callable[[int], web.StreamResponse]


class Receiver:
    """A webhook endpoint that reads what it gets with order-ingest's own code."""

    def __init__(self, answer: Answer) -> None:
        self.verifier = TokenVerifier(read_public_keys(public_pem(wix_key())))
        self.seen: list[tuple[str, str, int | None]] = []
        self.answer = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        token = self.verifier.verify(await request.read(), datetime.now(UTC))
        event = read_event(token.claims)
        order = map_order(event.order) if event.order else None
        self.seen.append((event.slug, decide(event, order), event.sequence))
        return self.answer(len(self.seen))


@asynccontextmanager
async def receiving(answer: Answer) -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver(answer)
    app = web.Application()
    app.router.add_post("/webhooks/wix", receiver.handle)
    async with serving(app) as url:
        yield receiver, f"{url}/webhooks/wix"


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def accept(_: int) -> web.Response:
    return web.Response(text="thanks")


@asynccontextmanager
async def simulating(to: str, **options: Any) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    async with (
        serving(control_app(Simulator(wix_key(), to, **options))) as url,
        aiohttp.ClientSession() as session,
    ):
        yield session, url


async def settled(session: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    """All deliveries, once none of them waits any more."""
    async with asyncio.timeout(5):
        while True:
            async with session.get(f"{url}/deliveries") as response:
                deliveries: list[dict[str, Any]] = (await response.json())["deliveries"]
            if all(each["state"] != "waiting" for each in deliveries):
                return deliveries
            await asyncio.sleep(0.01)


async def test_a_placed_order_is_created_and_approved_at_the_receiver():
    async with receiving(accept) as (receiver, to), simulating(to) as (session, url):
        async with session.post(f"{url}/orders", json={"order": raw_order()}) as response:
            assert response.status == 202
            assert await response.json() == {"order_id": "0bde0001", "deliveries": 2}
        deliveries = await settled(session, url)
    assert {each["state"] for each in deliveries} == {"delivered"}
    assert sorted(receiver.seen) == [("approved", "print", 2), ("created", "store", 1)]
    assert deliveries[0]["attempts"][0]["answer"] == "thanks"


async def test_duplicates_are_delivered_side_by_side():
    wishes = {"order": raw_order(), "events": ["approved"], "duplicates": 4, "disorder": True}
    async with (
        receiving(accept) as (receiver, to),
        simulating(to) as (session, url),
        session.post(f"{url}/orders", json=wishes),
    ):
        assert len(await settled(session, url)) == 5
    assert receiver.seen == [("approved", "print", 1)] * 5


async def test_a_refusal_is_retried_by_the_schedule():
    def at_the_second_try(count: int) -> web.Response:
        return web.Response(status=200 if count > 1 else 503)

    wishes = {"order": raw_order(), "events": ["updated"]}
    async with (
        receiving(at_the_second_try) as (_, to),
        simulating(to, time_scale=6000) as (session, url),
        session.post(f"{url}/orders", json=wishes),
    ):
        (delivery,) = await settled(session, url)
    assert [each["status"] for each in delivery["attempts"]] == [503, 200]


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'{"order":{"id":"x"},"events":7}'])
async def test_a_placement_that_makes_no_sense_is_a_400_with_a_sentence(body):
    async with (
        simulating("http://127.0.0.1:9") as (session, url),
        session.post(f"{url}/orders", data=body) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]


async def test_too_many_waiting_deliveries_are_refused(monkeypatch):
    monkeypatch.setattr("fake_wix.server.MAX_WAITING", 1)
    async with simulating("http://127.0.0.1:9") as (session, url):
        async with session.post(f"{url}/orders", json=raw_order()) as response:
            assert response.status == 202
        async with session.post(f"{url}/orders", json=raw_order()) as response:
            assert response.status == 429


async def test_an_answer_after_1250_ms_is_a_failure(monkeypatch):
    monkeypatch.setattr("fake_wix.delivery.ANSWER_TIMEOUT_S", 0.05)
    hold = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        await hold.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", never)
    async with serving(app) as url, aiohttp.ClientSession() as session:
        attempt = await post(session, url, b"x")
        hold.set()
    assert attempt.status is None
    assert attempt.error == "no answer within 50 ms"


async def test_nobody_at_the_other_end_is_a_failure():
    async with aiohttp.ClientSession() as session:
        attempt = await post(session, "http://127.0.0.1:9", b"x")
    assert attempt.status is None
    assert "connect" in attempt.error.lower()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    private, _ = write_pair(wix_key(), tmp_path)
    return private


@pytest.fixture
def loop_thread() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop in a thread of its own, since `main` runs one itself."""
    import threading

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def send(to: str, key: Path, *more: str, order: str = "pickup-asap-cash.json") -> int:
    return main(["send", str(SAMPLES / order), "--to", to, "--key", str(key), *more])


def test_send_posts_one_webhook_and_shows_the_answer(keys, loop_thread, capsys):
    stack = receiving(accept)
    receiver, to = asyncio.run_coroutine_threadsafe(stack.__aenter__(), loop_thread).result(5)
    try:
        assert send(to, keys) == 0
        assert capsys.readouterr().out.startswith("200 after ")
        more = ("--new-id", "--number", "7", "--now", "--spelling", "objects", "--instance", "i")
        for event in ("created", "updated", "canceled", "payment-status"):
            assert send(to, keys, "--event", event, *more) == 0
        receiver.answer = lambda _: web.Response(status=401, text="no")
        assert send(to, keys) == 1
        assert "401 after" in capsys.readouterr().out
    finally:
        asyncio.run_coroutine_threadsafe(stack.__aexit__(None, None, None), loop_thread).result(5)
    assert [slug for slug, _, _ in receiver.seen] == [
        *("approved", "created", "updated", "canceled", "payment_status_updated", "approved")
    ]


def test_send_says_why_it_failed(keys, capsys):
    assert send("http://127.0.0.1:9", keys) == 1
    assert "failed after" in capsys.readouterr().out
    assert send("http://127.0.0.1:9", keys, order="README.md") == 1
    assert send("http://127.0.0.1:9", keys.parent / "none.pem") == 1
    assert capsys.readouterr().err.count("fake-wix: ") == 2


def test_keygen_writes_a_pair(tmp_path, capsys):
    assert main(["keygen", "--out", str(tmp_path / "keys")]) == 0
    assert "public.pem" in capsys.readouterr().out
    assert read_public_keys((tmp_path / "keys" / "public.pem").read_bytes())


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "fast"])
def test_a_time_scale_that_stops_time_is_refused(scale, keys):
    with pytest.raises(SystemExit):
        main(["serve", "--to", "http://x", "--key", str(keys), "--time-scale", scale])
