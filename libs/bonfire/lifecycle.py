"""How a service starts and stops: signals, deadlines, exit codes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import uvloop

from bonfire.errors import BonfireError, Permanent
from bonfire.tasks import TaskFunction as TaskFunction
from bonfire.tasks import Tasks as Tasks

log = logging.getLogger(__name__)

STOPPED: Final = 0
STOPPED_BADLY: Final = 70  # EX_SOFTWARE: too late, or a step of stopping failed
RESTART_ME: Final = 75  # EX_TEMPFAIL: the supervisor is to start the process again
UNUSABLE: Final = 78  # EX_CONFIG: a person has to mend something first

# Kubernetes gives 30 s from SIGTERM to SIGKILL; what is in hand must be on disk well before.
STOP_DEADLINE_S: Final = 25.0


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
    """Run until SIGTERM or SIGINT, or until a task dies for good; returns the exit code.

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
