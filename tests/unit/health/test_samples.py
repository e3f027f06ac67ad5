"""What the process uses, and what the metrics say of it."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bonfire.health.pulse import Pulse
from bonfire.health.sampler import EVERY_S, Sampler
from bonfire.health.series import HealthSeries
from bonfire.health.watchdog import Watchdog
from bonfire.tasks import FIRST_PAUSE_S, Tasks
from bonfire.testing import START, FakeClock
from tests.support.hands import Hands


def pulse() -> Pulse:
    return Pulse(Hands().monotonic, 10.0)


def burn(seconds: float) -> None:
    """Use this much CPU, however long that takes."""
    until = os.times().user + seconds
    while os.times().user < until:
        pass


async def test_a_sample_tells_what_the_process_has_in_use():
    sampler = Sampler(FakeClock(), pulse())
    before = sampler.take()
    block = bytearray(64 * 2**20)
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    waiting = asyncio.create_task(asyncio.Event().wait())
    reading, writing = os.pipe()
    try:
        after = sampler.take()
    finally:
        release.set()
        thread.join()
        waiting.cancel()
        os.close(reading)
        os.close(writing)
    assert after.memory_bytes - before.memory_bytes > len(block) / 2
    assert after.memory_bytes < after.memory_limit_bytes
    assert after.threads == before.threads + 1
    assert after.tasks == before.tasks + 1
    assert after.open_fds == before.open_fds + 2
    assert after.open_fds <= after.max_fds
    assert after.at == START


async def test_the_cpu_is_a_share_of_the_time_since_the_sample_before():
    clock = FakeClock()
    sampler = Sampler(clock, pulse())
    before = sampler.last.cpu_seconds
    burn(0.2)
    await clock.advance(2)
    sample = sampler.take()
    used = sample.cpu_seconds - before
    assert used >= 0.19
    assert sample.cpu_percent == pytest.approx(100 * used / 2, rel=0.01)
    assert sampler.take().cpu_percent == sample.cpu_percent  # a moment later


async def test_it_samples_every_30_s():
    clock = FakeClock()
    sampler = Sampler(clock, pulse())
    running = asyncio.create_task(sampler.run())
    await clock.advance(EVERY_S - 1)
    assert sampler.last.at == START
    await clock.advance(2 * EVERY_S)
    assert (sampler.last.at - START).total_seconds() == 2 * EVERY_S
    running.cancel()


def test_a_service_that_is_being_built_outside_of_a_loop_has_no_tasks():
    assert Sampler(FakeClock(), pulse()).last.tasks == 0


async def test_every_series_is_there_from_the_start_and_follows_its_fact(tmp_path: Path):
    clock, hands = FakeClock(), Hands()
    registry = CollectorRegistry()
    beating = Pulse(hands.monotonic, 10.0)
    watchdog = Watchdog(beating, hands.monotonic)
    tasks = Tasks(lambda: None, clock)
    sampler = Sampler(clock, beating)
    HealthSeries(registry, lambda: sampler.last, watchdog, lambda: tasks.states)
    sample = sampler.last
    told = {
        "bonfire_process_resident_memory_bytes": sample.memory_bytes,
        "bonfire_process_memory_limit_bytes": sample.memory_limit_bytes,
        "bonfire_process_cpu_seconds_total": sample.cpu_seconds,
        "bonfire_process_open_fds": sample.open_fds,
        "bonfire_process_max_fds": sample.max_fds,
        "bonfire_process_threads": sample.threads,
        "bonfire_asyncio_tasks": sample.tasks,
        "bonfire_loop_lag_seconds": 0,
        "bonfire_loop_blocked_total": 0,
    }
    assert {name: registry.get_sample_value(name) for name in told} == told

    async def mortal() -> None:
        raise ValueError

    tasks.spawn("doomed", mortal)
    tasks.spawn("steady", asyncio.Event().wait)  # type: ignore[arg-type]
    await clock.settle()
    restarts = "bonfire_task_restarts_total"
    assert registry.get_sample_value(restarts, {"task": "doomed"}) == 0
    await clock.advance(FIRST_PAUSE_S)
    assert registry.get_sample_value(restarts, {"task": "doomed"}) == 1
    assert registry.get_sample_value(restarts, {"task": "steady"}) == 0
    logging.disable(logging.CRITICAL)
    for _ in range(10):
        hands.pass_s(0.5)
        watchdog.look()
    logging.disable(logging.NOTSET)
    assert registry.get_sample_value("bonfire_loop_blocked_total") == 1
    assert "_created" not in generate_latest(registry).decode()
    await tasks.cancel()
