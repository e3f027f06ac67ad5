"""A real process whose loop is blocked on purpose: told, not alive for a probe, ended at last."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from tests.support import logged
from tests.support.hanging_service import PATIENCE
from tests.support.logged import Logged

TOKEN = "token-" + "t" * 24


@dataclass
class Hanging:
    logged: Logged
    port: int

    def ask(self, path: str, method: str = "GET") -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 -- ours
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def block(self, seconds: float) -> None:
        assert self.ask(f"/faults/block-loop?seconds={seconds}", "POST") == (
            202,
            {"blocks_s": seconds},
        )


@contextmanager
def hanging(*words: str) -> Iterator[Hanging]:
    with logged.running("tests.support.hanging_service", TOKEN, *words) as service:
        service.read_until("listening")
        yield Hanging(service, service.record("listening")["port"])


def test_a_blocked_loop_is_told_with_its_stacks_and_is_not_alive_until_it_runs_smoothly_again():
    with hanging("faults") as service:
        assert service.ask("/livez")[0] == 200
        service.block(PATIENCE.limp_s + 0.8)
        service.logged.read_until("loop.resumed")
        status, document = service.ask("/livez")
        assert (status, document["status"]) == (503, "not alive")
        assert document["problems"] == ["the event loop was blocked for 2 s or more"]
        status, document = service.ask("/health/status")
        assert (status, document["alive"], document["loop"]["blockages"]) == (200, False, 1)
        assert 2 < document["loop"]["lag_s"] < 4
        deadline = time.monotonic() + 10
        while service.ask("/livez")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        service.logged.process.send_signal(signal.SIGTERM)
        assert service.logged.end() == 0
    blocked = service.logged.record("loop.blocked")
    (main,) = [steps for name, steps in blocked["stacks"].items() if name.startswith("MainThread")]
    assert main[-1].startswith("bonfire.health.faults:")
    assert main[-1].endswith(" _block")
    assert 1.5 <= blocked["blocked_s"] <= 2.5
    assert 2 <= service.logged.record("loop.resumed")["blocked_s"] <= 3.5


def test_a_loop_that_stays_blocked_ends_the_process_to_be_started_again():
    with hanging("faults") as service:
        service.block(100)
        started = time.monotonic()
        assert service.logged.end() == 75
        assert PATIENCE.exit_s - 0.5 < time.monotonic() - started < PATIENCE.exit_s + 5
    assert service.logged.events[-2:] == ["loop.blocked", "loop.given_up"]


def test_a_process_that_is_paused_as_a_whole_goes_on_where_it_was():
    with hanging() as service:
        service.logged.process.send_signal(signal.SIGSTOP)
        time.sleep(PATIENCE.exit_s + 1.5)
        service.logged.process.send_signal(signal.SIGCONT)
        assert service.ask("/health/status")[1]["loop"]["blockages"] == 0
        service.logged.process.send_signal(signal.SIGTERM)
        assert service.logged.end() == 0
    assert "loop.blocked" not in service.logged.events


def test_there_is_no_fault_of_no_length_or_for_ever():
    with hanging("faults") as service:
        for seconds in ("", "0", "-1", "120.1", "nan", "inf", "long"):
            status, document = service.ask(f"/faults/block-loop?seconds={seconds}", "POST")
            assert (status, document["type"]) == (422, "urn:bonfire:problem:invalid_fields")
        assert service.logged.record("faults.enabled")["level"] == "WARNING"


def test_without_fault_injection_there_are_no_faults():
    with hanging() as service:
        assert service.ask("/faults/block-loop?seconds=1", "POST")[0] == 404
