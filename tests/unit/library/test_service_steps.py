"""The steps of a service's start and end; signals are tested on processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from bonfire.lifecycle import RESTART_ME, STOPPED_BADLY, run, serve
from bonfire.tasks import Tasks
from bonfire.unusable import Unusable

NEVER = Unusable("example", "127.0.0.1", 0)  # these services start


async def for_ever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("broken")


class Service:
    """Does its steps, and notes them."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.doomed = [fail]
        self.still_running: list[asyncio.Task[None]] = []

    def _step(self, name: str) -> None:
        alive = [task.get_name() for task in self.still_running if not task.done()]
        self.steps.append(f"{name} {' '.join(alive)}".strip())
        if name in self.errors:
            raise self.errors[name]

    async def start(self, tasks: Tasks) -> None:
        self.still_running.append(tasks.spawn("steady", for_ever))
        self._step("start")
        for function in self.doomed:
            tasks.spawn("doomed", function, restartable=False)

    async def drain(self) -> None:
        self._step("drain")

    async def close(self) -> None:
        self._step("close")


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["event"] for record in caplog.records]


async def test_the_death_of_a_task_stops_the_service_in_its_steps():
    service = Service()
    assert await serve(lambda: service, NEVER) == RESTART_ME
    assert service.steps == ["start steady", "drain steady", "close"]


def test_a_service_runs_on_a_loop_of_its_own():
    service = Service()
    assert run(lambda: service, NEVER) == RESTART_ME
    assert service.steps == ["start steady", "drain steady", "close"]


@pytest.mark.parametrize("step", ["drain", "close"])
async def test_a_step_that_fails_does_not_keep_the_next_ones_from_running(
    step: str, caplog: pytest.LogCaptureFixture
):
    service = Service()
    service.errors[step] = OSError("gone")
    assert await serve(lambda: service, NEVER) == STOPPED_BADLY
    assert service.steps == ["start steady", "drain steady", "close"]
    assert events(caplog) == [
        "service.started",
        "task.died",
        "service.stopping",
        "service.stop_failed",
        "service.stopped",
    ]


async def test_a_task_that_refuses_to_end_cannot_hold_the_deadline(
    caplog: pytest.LogCaptureFixture,
):
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    class Stubborn(Service):
        async def start(self, tasks: Tasks) -> None:
            await super().start(tasks)
            tasks.spawn("stubborn", stubborn)

    service = Stubborn()
    assert await serve(lambda: service, NEVER, deadline_s=0.01) == STOPPED_BADLY
    assert service.steps == ["start steady", "drain steady"]
    assert events(caplog)[-1] == "service.stopped_late"
    release.set()
    await asyncio.sleep(0)
