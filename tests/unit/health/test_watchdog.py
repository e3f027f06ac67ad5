"""What the watchdog says and does while the loop gives no sign of life."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator

import pytest

from bonfire.health import watchdog
from bonfire.health.pulse import Pulse
from bonfire.health.watchdog import LOOK_EVERY_S, Patience, Watchdog, stacks
from tests.support.hands import Hands

PATIENCE = Patience()


class House:
    def __init__(self) -> None:
        self.hands = Hands()
        self.pulse = Pulse(self.hands.monotonic, PATIENCE.limp_s)
        self.ends: list[int] = []
        self.watchdog = Watchdog(self.pulse, self.hands.monotonic, PATIENCE, self.ends.append)

    def blocked_for(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_EVERY_S)):
            self.hands.pass_s(LOOK_EVERY_S)
            self.watchdog.look()

    def runs_for(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_EVERY_S)):
            self.pulse.beat()
            self.hands.pass_s(LOOK_EVERY_S)
            self.watchdog.look()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


@pytest.fixture
def house() -> House:
    return House()


def events(caplog: pytest.LogCaptureFixture) -> list[tuple[str, float]]:
    return [(r.__dict__["event"], r.__dict__["blocked_s"]) for r in caplog.records]


def test_a_loop_that_runs_is_nothing_to_tell(house: House, caplog: pytest.LogCaptureFixture):
    house.runs_for(600)
    house.blocked_for(4.5)
    house.runs_for(10)
    assert events(caplog) == []
    assert house.ends == []
    assert house.watchdog.blockages == 0


def test_the_stacks_are_told_after_5_s_once_and_how_long_it_lasted_when_it_is_over(
    house: House, caplog: pytest.LogCaptureFixture
):
    house.runs_for(10)
    house.blocked_for(5)
    assert events(caplog) == [("loop.blocked", 5.0)]
    house.blocked_for(7)
    house.runs_for(10)
    assert events(caplog) == [("loop.blocked", 5.0), ("loop.resumed", 12.0)]
    assert house.watchdog.blockages == 1
    house.blocked_for(6)
    assert house.watchdog.blockages == 2
    assert house.ends == []


def test_the_stacks_say_where_each_thread_is(house: House, caplog: pytest.LogCaptureFixture):
    house.blocked_for(5)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    told = record.__dict__["stacks"]
    (main,) = [steps for name, steps in told.items() if name.startswith("MainThread ")]
    assert any(step.startswith(f"{__name__}:") for step in main)
    assert main[-1].startswith("bonfire.health.watchdog:")  # the innermost comes last
    assert len(main) <= watchdog.MOST_FRAMES
    json.dumps(told)


def test_after_60_s_the_process_ends(house: House, caplog: pytest.LogCaptureFixture):
    house.blocked_for(59.5)
    assert house.ends == []
    house.blocked_for(0.5)
    assert house.ends == [75]
    assert events(caplog) == [("loop.blocked", 5.0), ("loop.given_up", 60.0)]
    assert caplog.records[-1].levelno == logging.CRITICAL


def test_a_loop_that_gets_a_turn_each_half_minute_does_not_end_the_process(house: House):
    for _ in range(10):
        house.blocked_for(30)
        house.runs_for(LOOK_EVERY_S)
    assert house.ends == []
    assert house.watchdog.blockages == 10


def test_a_process_that_was_paused_as_a_whole_was_not_blocked(
    house: House, caplog: pytest.LogCaptureFixture
):
    house.runs_for(10)
    house.hands.pass_s(3_600)  # SIGSTOP, or the lid of the machine
    house.watchdog.look()
    assert events(caplog) == []
    house.runs_for(10)
    assert house.ends == []


def test_a_log_that_hangs_does_not_keep_the_process_from_ending(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    pipe_is_full = threading.Event()

    class Stuck(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            pipe_is_full.wait()

    stuck = Stuck()
    monkeypatch.setattr(watchdog, "SAY_WITHIN_S", 0.01)
    watchdog.log.addHandler(stuck)
    try:
        house.blocked_for(60)
    finally:
        pipe_is_full.set()
        watchdog.log.removeHandler(stuck)
    assert house.ends == [75]


async def test_its_thread_looks_by_itself_and_ends_when_it_is_stopped():
    house = House()
    assert not house.watchdog.watches
    house.watchdog.start()
    assert house.watchdog.watches
    assert any(name.startswith("watchdog ") for name in stacks())
    house.watchdog.stop()
    assert not house.watchdog.watches
    house.watchdog.stop()
