"""`GET /health/status`: how a process fares, on one page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bonfire import __version__
from bonfire.breaker import Breaker, BreakerPolicy
from bonfire.errors import Reason
from bonfire.health import Health
from bonfire.identity import Identity
from bonfire.messages import Event
from bonfire.metrics import new_registry
from bonfire.ops_api import OpsApi
from bonfire.tasks import FIRST_PAUSE_S, Tasks
from bonfire.testing import START, FakeClock
from bonfire.tokens import Tokens
from tests.support.raw_http import Answer, peer

TOKEN = "token-" + "t" * 24
BREAKER = BreakerPolicy(failures=2, open_s=120, successes=1)


class House:
    def __init__(self, tokens: Path) -> None:
        tokens.write_text(f"anna {TOKEN} read\n")
        self.clock = FakeClock()
        self.registry = new_registry("notifier")
        self.unready: list[str] = []
        self.store_problem: Reason | None = None
        self.told: list[Event] = []
        self.tasks = Tasks(lambda: None, self.clock)
        self.health = Health(
            Identity("notifier", "notifier"),
            self.registry,
            self.clock,
            unready=lambda: self.unready,
            store_problem=lambda: self.store_problem,
            tell=self.tell,
        )
        self.ops = OpsApi(
            "127.0.0.1",
            0,
            self.registry,
            lambda: self.unready,
            unalive=self.health.unalive,
            tokens=Tokens.read(tokens, scoped=True),
        )
        self.health.add_to(self.ops)

    async def tell(self, event: Event) -> None:
        self.told.append(event)

    async def ask(self, path: str, token: str = TOKEN) -> Answer:
        async with peer(self.ops.port) as caller:
            await caller.send(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            )
            return await caller.answer()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    found = House(tmp_path / "tokens")
    await found.ops.start()
    found.health.start(found.tasks)
    yield found
    await found.tasks.cancel()
    await found.ops.stop()
    found.health.stop()


async def for_ever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("Anna Huber")


async def test_the_page_of_a_service_that_is_well(house: House):
    house.tasks.spawn("printer kitchen-1", for_ever, restartable=False)
    await house.clock.advance(90)
    page = (await house.ask("/health/status")).json
    assert (page["service"], page["instance"], page["version"]) == (
        "notifier",
        "notifier",
        __version__,
    )
    assert (page["started_at"], page["uptime_s"]) == (START.isoformat(), 90)
    assert (page["alive"], page["ready"], page["problems"]) == (True, True, [])
    assert page["store_problem"] is None
    assert page["tasks"] == [
        {"name": "health samples", "restartable": True, "restarts": 0, "last_died_of": None},
        {"name": "healing events", "restartable": True, "restarts": 0, "last_died_of": None},
        {"name": "printer kitchen-1", "restartable": False, "restarts": 0, "last_died_of": None},
    ]
    assert page["breakers"] == []
    sample = page["sample"]
    assert 0 < sample["memory_bytes"] < sample["memory_limit_bytes"]
    assert sample["at"] == house.clock.now().isoformat()  # of this moment, not of the last round
    assert page["loop"]["blockages"] == 0


async def test_what_is_wrong_is_on_the_page(house: House):
    house.unready = ["the ledger cannot be written: store_full"]
    house.store_problem = Reason.STORE_FULL
    breaker = Breaker("smtp", BREAKER, house.clock, lambda _change: None)
    house.health.show(breaker)
    for _ in range(2):
        with pytest.raises(ValueError, match="Huber"):
            await breaker.call(fail)
    page = (await house.ask("/health/status")).json
    assert (page["alive"], page["ready"]) == (True, False)
    assert page["problems"] == house.unready
    assert page["store_problem"] == "store_full"
    assert page["breakers"] == [{"name": "smtp", "state": "open", "retry_after_s": 120}]


async def test_a_restart_is_on_the_page_in_the_metrics_and_told(house: House):
    house.tasks.spawn("topology", fail)
    await house.clock.advance(FIRST_PAUSE_S)
    page = (await house.ask("/health/status")).json
    (task,) = [task for task in page["tasks"] if task["name"] == "topology"]
    assert (task["restarts"], task["last_died_of"]) == (1, "ValueError")
    name, labels = "bonfire_task_restarts_total", {"task": "topology"}
    assert house.registry.get_sample_value(name, labels) == 1
    await house.clock.advance(60)
    assert {event.type for event in house.told} == {"healing.done"}
    assert "Huber" not in json.dumps((await house.ask("/health/status")).json)


async def test_a_task_that_died_for_good_is_no_life(house: House):
    house.tasks.spawn("printer kitchen-1", fail, restartable=False)
    await house.clock.settle()
    answer = await house.ask("/livez")
    assert answer.status == 503
    assert answer.json["problems"] == ["the task 'printer kitchen-1' died of ValueError"]
    assert (await house.ask("/health/status")).json["alive"] is False


async def test_without_its_thread_a_loop_is_not_watched_and_a_probe_fails(house: House):
    house.health._watchdog.stop()  # as if it had died of a mistake of ours
    answer = await house.ask("/livez")
    assert answer.status == 503
    assert answer.json["problems"] == ["the thread that watches the event loop has ended"]


async def test_a_service_that_is_stopping_is_alive(house: House):
    house.health.stop()
    assert (await house.ask("/livez")).status == 200


async def test_who_has_no_token_sees_no_page(house: House):
    assert (await house.ask("/health/status", token="wrong-" + "w" * 24)).status == 401
