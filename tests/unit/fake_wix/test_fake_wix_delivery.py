from __future__ import annotations

import asyncio
from typing import Any, cast

import aiohttp
import pytest

from fake_wix import delivery as module
from fake_wix.delivery import RETRY_AFTER_S, Attempt, Delivery, deliver
from tests.support.virtual_time import virtual_time

SESSION = cast(aiohttp.ClientSession, None)
OK = Attempt(200, 5.0)
BUSY = Attempt(503, 5.0)
SILENT = Attempt(None, 1250.0, error="no answer")


class Script:
    """Answers the attempts in turn and notes when they came."""

    def __init__(self, *answers: Attempt) -> None:
        self.answers = list(answers)
        self.times: list[float] = []
        self.bodies: list[bytes] = []

    async def post(self, _session: Any, _url: str, body: bytes) -> Attempt:
        self.times.append(asyncio.get_running_loop().time())
        self.bodies.append(body)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def delivered(monkeypatch: pytest.MonkeyPatch, script: Script, **options: Any) -> Delivery:
    monkeypatch.setattr(module, "post", script.post)
    delivery = Delivery("approved", "o1", b"token", options.pop("delay_s", 0.0))
    await deliver(SESSION, "http://x", delivery, **options)
    return delivery


def test_the_schedule_is_the_documented_one():
    hours = 3600
    assert len(RETRY_AFTER_S) == 12
    assert sum(RETRY_AFTER_S) == 47 * hours + 11 * 60
    assert RETRY_AFTER_S[:4] == (60, 600, hours, 2 * hours)


async def test_an_answer_in_time_ends_the_delivery(monkeypatch):
    delivery = await delivered(monkeypatch, Script(OK))
    assert (delivery.state, delivery.attempts) == ("delivered", [OK])


@virtual_time
async def test_a_failure_is_tried_again_after_a_minute_and_then_ten():
    with pytest.MonkeyPatch.context() as patch:
        script = Script(BUSY, SILENT, OK)
        delivery = await delivered(patch, script)
    assert script.times == [0, 60, 660]
    assert delivery.state == "delivered"
    assert delivery.attempts == [BUSY, SILENT, OK]
    assert set(script.bodies) == {b"token"}


@virtual_time
async def test_after_twelve_retries_wix_gives_up():
    with pytest.MonkeyPatch.context() as patch:
        script = Script(BUSY)
        delivery = await delivered(patch, script, time_scale=1000)
    assert delivery.state == "given up"
    assert len(delivery.attempts) == 13
    assert script.times[-1] == pytest.approx(sum(RETRY_AFTER_S) / 1000)


@virtual_time
async def test_a_delay_comes_before_the_first_attempt():
    with pytest.MonkeyPatch.context() as patch:
        script = Script(OK)
        await delivered(patch, script, delay_s=30.0)
    assert script.times == [30]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 301, 400, 401, 500, None])
def test_only_a_200_is_a_success(status):
    assert Attempt(status, 1.0).succeeded == (status == 200)


def test_a_delivery_is_told_without_its_body():
    delivery = Delivery("approved", "o1", b"secret", attempts=[OK])
    assert delivery.as_json() == {
        "event": "approved",
        "order_id": "o1",
        "state": "waiting",
        "attempts": [{"status": 200, "took_ms": 5.0, "answer": "", "error": ""}],
    }
