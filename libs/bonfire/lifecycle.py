"""How a service starts, keeps its tasks alive, and stops: signals, deadlines, exit codes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol

import uvloop

from bonfire.errors import BonfireError, Permanent

log = logging.getLogger(__name__)

STOPPED: Final = 0
STOPPED_BADLY: Final = 70  # EX_SOFTWARE: too late, or a step of stopping failed
RESTART_ME: Final = 75  # EX_TEMPFAIL: the supervisor is to start the process again
UNUSABLE: Final = 78  # EX_CONFIG: a person has to mend something first

# Kubernetes gives 30 s from SIGTERM to SIGKILL; what is in hand must be on disk well before.
STOP_DEADLINE_S: Final = 25.0

TaskFunction = Callable[[], Coroutine[Any, Any, None]]


class Tasks:
    """Named tasks that are meant to run as long as the service; the first to die stops it."""

    def __init__(self, on_death: Callable[[], None]) -> None:
        self._on_death = on_death
        self._running: set[asyncio.Task[None]] = set()
        self.dead: str | None = None
        """The name of the first task that ended by itself."""

    def spawn(self, name: str, function: TaskFunction) -> asyncio.Task[None]:
        task = asyncio.create_task(function(), name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def cancel(self) -> None:
        """Cancel every task and wait until all have ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        # Unlike `gather`, `wait` can be given up while a task refuses to end.
        if running:
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        log.critical(
            "a task ended that must never end; the process stops to be started again",
            exc_info=task.exception(),
            extra={"event": "task.died", "task": task.get_name()},
        )
        if self.dead is None:
            self.dead = task.get_name()
            self._on_death()


class Service(Protocol):
    """What a process runs."""

    async def start(self, tasks: Tasks) -> None:
        """Open what is local and begin; a peer that is away is waited for in the background."""
        ...

    async def drain(self) -> None:
        """End the intake, finish or park what is in hand; the tasks still run."""
        ...

    async def close(self) -> None:
        """Put everything on disk and let go of it; the tasks have ended."""
        ...


async def serve(build: Callable[[], Service], deadline_s: float = STOP_DEADLINE_S) -> int:
    """Run until SIGTERM or SIGINT, or until a task dies; returns the exit code.

    What `build` raises is told in the log, as what `start` raises is.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = Tasks(stopping.set)
    try:
        service = build()
        await service.start(tasks)
    except BonfireError as error:
        log.critical(
            "cannot start",
            extra={
                "event": "service.unusable",
                "reason": error.reason.value,
                "detail": error.detail,
            },
        )
        await tasks.cancel()
        return UNUSABLE if isinstance(error, Permanent) else RESTART_ME
    log.info("started", extra={"event": "service.started"})
    await stopping.wait()
    return await _stop(service, tasks, deadline_s)


async def _stop(service: Service, tasks: Tasks, deadline_s: float) -> int:
    log.info("stopping", extra={"event": "service.stopping"})
    steps = {"drain": service.drain, "cancel": tasks.cancel, "close": service.close}
    try:
        async with asyncio.timeout(deadline_s):
            done = [await _succeeds(name, step) for name, step in steps.items()]
    except TimeoutError:
        log.critical(
            "could not stop in time; what was in hand is judged at the next start",
            extra={"event": "service.stopped_late", "deadline_s": deadline_s},
        )
        return STOPPED_BADLY
    log.info("stopped", extra={"event": "service.stopped"})
    if not all(done):
        return STOPPED_BADLY
    return STOPPED if tasks.dead is None else RESTART_ME


async def _succeeds(name: str, step: Callable[[], Awaitable[None]]) -> bool:
    try:
        await step()
    except Exception:  # whatever happened to it, the next step is still due
        log.critical(
            "a step of stopping failed; the next one follows",
            exc_info=True,
            extra={"event": "service.stop_failed", "step": name},
        )
        return False
    return True


def run(build: Callable[[], Service], deadline_s: float = STOP_DEADLINE_S) -> int:
    """`serve` on a loop of its own; the value is for `sys.exit`."""

    async def build_and_serve() -> int:
        code = await serve(build, deadline_s)
        if (
            code == STOPPED_BADLY
        ):  # what hangs would hang the end of the loop and of its threads too
            logging.shutdown()
            os._exit(code)
        return code

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(build_and_serve())
