"""A service that cannot start, in this process: its operations port, and its next tries."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bonfire.errors import BonfireError, Permanent, Reason
from bonfire.lifecycle import RESTART_ME, UNUSABLE, serve
from bonfire.store import StoreError
from bonfire.tasks import Tasks
from bonfire.testing import FakeClock
from bonfire.unusable import Unusable
from dev_stack.ports import free_ports
from tests.support.rabbit import soon

NEWER = Permanent(Reason.STORE_NEWER, "a newer release wrote it")
FULL = StoreError(Reason.STORE_FULL, "no room")


async def for_ever() -> None:
    await asyncio.Event().wait()


async def end() -> None:
    return


class Tries:
    """Builds services, of which all but the last fail to start as they are told."""

    def __init__(self, *errors: BonfireError) -> None:
        self.errors = list(errors)
        self.at_build = False  # instead of at start
        self.steps: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    def build(self) -> Tries:
        self.steps.append("build")
        if self.at_build and self.errors:
            raise self.errors.pop(0)
        return self

    async def start(self, tasks: Tasks) -> None:
        self.tasks.append(tasks.spawn("steady", for_ever))
        await asyncio.sleep(0)
        self.steps.append("start")
        if self.errors:
            raise self.errors.pop(0)
        tasks.spawn("brief", end, restartable=False)

    async def drain(self) -> None:
        self.steps.append("drain")

    async def close(self) -> None:
        self.steps.append("close")


class Process:
    def __init__(self, tries: Tries) -> None:
        (self.port,) = free_ports(1)
        self.clock = FakeClock()
        unusable = Unusable("example", "127.0.0.1", self.port)
        serving = serve(tries.build, unusable, clock=self.clock)
        self.serving = asyncio.create_task(serving)

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status, await answer.text()

    async def listening(self) -> None:
        await soon(lambda: _listens(self.port))

    async def end(self) -> int:
        await soon(self.serving.done)
        return self.serving.result()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def trying(tries: Tries) -> AsyncIterator[Process]:
    process = Process(tries)
    try:
        yield process
    finally:
        process.serving.cancel()
        await asyncio.wait([process.serving])


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    def details() -> list[str]:
        events = [vars(record) for record in caplog.records]
        return [event["detail"] for event in events if event["event"] == "service.unusable"]

    return details


async def test_it_is_alive_unready_with_the_reason_and_its_gauge_says_so():
    async with trying(Tries(NEWER)) as process:
        await process.listening()
        assert (await process.get("/livez"))[0] == 200
        status, body = await process.get("/readyz")
        assert (status, "a newer release wrote it" in body) == (503, True)
        _, shown = await process.get("/metrics")
        assert "bonfire_service_unusable 1.0" in shown
        assert "bonfire_service_ready 0.0" in shown
        assert 'service="example"' in shown


async def test_its_port_stays_open_while_nothing_can_be_built():
    tries = Tries(NEWER, NEWER, NEWER)
    tries.at_build = True
    async with trying(tries) as process, aiohttp.ClientSession() as client:
        await process.listening()
        url = f"http://127.0.0.1:{process.port}/livez"
        connection = await client.get(url)
        await connection.read()
        await process.clock.advance(15)
        assert tries.steps == ["build", "build"]
        assert (await client.get(url)).status == 200


@pytest.mark.parametrize("at_build", [False, True])
@pytest.mark.parametrize("error", [NEWER, FULL])
async def test_it_tries_again_every_15_s_and_becomes_a_service_when_it_can(
    error: BonfireError, at_build: bool
):
    tries = Tries(error, error)
    tries.at_build = at_build
    async with trying(tries) as process:
        await process.listening()
        failed = ["build"] if at_build else ["build", "start", "close"]
        await process.clock.advance(14.9)
        assert tries.steps == failed
        await process.clock.advance(0.1)
        await soon(lambda: tries.steps == failed * 2)
        await process.listening()
        await process.clock.advance(15)
        assert await process.end() == RESTART_ME  # its task is brief
    assert tries.steps == [*failed * 2, "build", "start", "drain", "close"]


async def test_a_start_that_failed_leaves_no_task_and_nothing_open():
    tries = Tries(NEWER)
    async with trying(tries) as process:
        await process.listening()
        assert tries.tasks[0].cancelled()
        assert tries.steps == ["build", "start", "close"]


async def test_the_port_is_free_for_the_service_that_starts():
    class Listening(Tries):
        async def start(self, tasks: Tasks) -> None:
            self.free = not _listens(process.port)
            await super().start(tasks)

    tries = Listening(NEWER)
    async with trying(tries) as process:
        await process.listening()
        await process.clock.advance(15)
        assert await process.end() == RESTART_ME
    assert tries.free


async def test_the_log_tells_each_reason_once(told: Callable[[], list[str]]):
    other = Permanent(Reason.STORE_NEWER, "another release wrote it")
    async with trying(Tries(NEWER, NEWER, other, other, NEWER)) as process:
        for _ in range(4):
            await process.listening()
            await process.clock.advance(15)
        await process.listening()
        assert told() == [
            "a newer release wrote it",
            "another release wrote it",
            "a newer release wrote it",
        ]


async def test_without_its_port_nobody_could_be_told_so_it_ends_with_78(
    told: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
):
    tries = Tries(NEWER)
    process = Process(tries)
    with socket.create_server(("127.0.0.1", process.port)):
        assert await process.end() == UNUSABLE
    assert told() == ["a newer release wrote it"]
    mute = vars(caplog.records[-1])
    assert mute["event"] == "service.mute"
    assert f"cannot listen on 127.0.0.1:{process.port}" in mute["detail"]


async def test_a_mistake_of_ours_is_none_of_theirs_and_ends_the_process():
    class Broken(Tries):
        async def start(self, tasks: Tasks) -> None:
            await super().start(tasks)
            raise ValueError("a mistake")

    tries = Broken()
    process = Process(tries)
    await asyncio.wait([process.serving])
    with pytest.raises(ValueError, match="a mistake"):
        process.serving.result()
    assert tries.steps == ["build", "start", "close"]
