"""The operations port: alive, ready, measured."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bonfire.metrics import OutboxSeries, new_registry
from bonfire.ops_api import OpsApi
from bonfire.web.server import PortTaken
from tests.support.raw_http import peer


class Watched:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.fatal: list[str] = []
        self.broken = False
        self.registry = new_registry("print-agent")
        self.api = OpsApi("127.0.0.1", 0, self.registry, self.unready, unalive=lambda: self.fatal)

    def unready(self) -> list[str]:
        if self.broken:
            raise KeyError("a mistake of ours")
        return self.problems


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    found = Watched()
    await found.api.start()
    yield found
    await found.api.stop()


async def test_a_service_is_alive_also_while_it_is_not_ready(watched: Watched):
    watched.problems = ["there is no connection to the broker"]
    async with peer(watched.api.port) as probe:
        answer = await probe.get("/livez")
    assert (answer.status, answer.json) == (200, {"status": "alive", "problems": []})


async def test_a_service_is_alive_until_it_says_what_only_a_new_process_can_mend(watched: Watched):
    watched.fatal = ["the event loop was blocked for 10 s or more"]
    async with peer(watched.api.port) as probe:
        answer = await probe.get("/livez")
    assert (answer.status, answer.json) == (503, {"status": "not alive", "problems": watched.fatal})


async def test_a_service_is_ready_until_it_says_what_is_in_the_way(watched: Watched):
    async with peer(watched.api.port) as probe:
        answer = await probe.get("/readyz")
        assert (answer.status, answer.json) == (200, {"status": "ready", "problems": []})
        watched.problems = ["the disk is full", "no broker"]
        answer = await probe.get("/readyz")
        assert answer.status == 503
        assert answer.json == {"status": "unready", "problems": ["the disk is full", "no broker"]}


async def test_a_mistake_in_finding_out_is_no_readiness(watched: Watched):
    watched.broken = True
    async with peer(watched.api.port) as probe:
        assert (await probe.get("/readyz")).status == 500
        assert (await probe.get("/livez")).status == 200


async def test_the_metrics_are_those_of_the_registry(watched: Watched):
    OutboxSeries(watched.registry, ["oslo"]).waiting("oslo", 3)
    async with peer(watched.api.port) as scraper:
        answer = await scraper.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert b'bonfire_outbox_waiting_messages{lane="oslo"} 3.0\n' in answer.body


async def test_nothing_else_is_served_and_nothing_can_be_changed(watched: Watched):
    async with peer(watched.api.port) as stranger:
        assert (await stranger.get("/")).status == 404
        await stranger.send(b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert (await stranger.answer()).status == 405


async def test_two_services_cannot_share_a_port(watched: Watched):
    second = OpsApi("127.0.0.1", watched.api.port, new_registry("order-ingest"), list)
    with pytest.raises(PortTaken):
        await second.start()
