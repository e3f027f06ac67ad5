"""How a service starts and stops: signals, deadlines, exit codes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import uvloop

from bonfire.clock import Clock, SystemClock, wait_at_most
from bonfire.errors import BonfireError
from bonfire.tasks import Tasks
from bonfire.unusable import RETRY_EVERY_S, Unusable
from bonfire.web.server import PortTaken

log = logging.getLogger(__name__)

STOPPED: Final = 0
STOPPED_BADLY: Final = 70  # EX_SOFTWARE: too late, or a step of stopping failed
RESTART_ME: Final = 75  # EX_TEMPFAIL: the supervisor is to start the process again
UNUSABLE: Final = 78  # EX_CONFIG: a person has to mend something first, and cannot be told else

# Kubernetes gives 30 s from SIGTERM to SIGKILL; what is in hand must be on disk well before.
STOP_DEADLINE_S: Final = 25.0


class Service(Protocol):
    """What a process runs. One that failed to start is closed, and another one is built."""

    async def start(self, tasks: Tasks) -> None:
        """Open what is local and begin; a peer that is away is waited for in the background."""
        ...

    async def drain(self) -> None:
        """End the intake, finish or park what is in hand; the tasks still run."""
        ...

    async def close(self) -> None:
        """Put everything on disk and let go of it, also half-way; the tasks have ended."""
        ...


Build = Callable[[], Service]


async def serve(
    build: Build,
    unusable: Unusable,
    deadline_s: float = STOP_DEADLINE_S,
    clock: Clock | None = None,
) -> int:
    """Run until SIGTERM or SIGINT, or until a task dies for good; returns the exit code.

    While `build` or `start` raises a `BonfireError`, `unusable` tells that, and both are tried
    again: each time with whatever the files say then.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    clock = clock or SystemClock()
    while True:
        tasks = Tasks(stopping.set, clock)
        try:
            service = await _start(build, unusable, tasks)
        except BonfireError as error:
            if (code := await _wait_for_a_person(error, unusable, stopping, clock)) is not None:
                return code
        else:
            break
    log.info("started", extra={"event": "service.started"})
    await stopping.wait()
    return await _stop(service, tasks, deadline_s)


async def _start(build: Build, unusable: Unusable, tasks: Tasks) -> Service:
    service = build()
    await unusable.step_aside()
    try:
        await service.start(tasks)
    except BaseException:
        await tasks.cancel()
        await _succeeds("close", service.close)
        raise
    return service


async def _wait_for_a_person(
    error: BonfireError, unusable: Unusable, stopping: asyncio.Event, clock: Clock
) -> int | None:
    """The exit code if this is the end; None if the start is to be tried again."""
    try:
        await unusable.tell(error)
    except PortTaken as mute:
        log.critical(
            "cannot even say so on the operations port",
            extra={
                "event": "service.mute",
                "reason": mute.reason.value,
                "detail": mute.detail,
            },
        )
        return UNUSABLE
    if not await wait_at_most(clock, stopping, RETRY_EVERY_S):
        return None
    await unusable.step_aside()
    log.info("stopped", extra={"event": "service.stopped"})
    return STOPPED


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


def run(build: Build, unusable: Unusable, deadline_s: float = STOP_DEADLINE_S) -> int:
    """`serve` on a loop of its own; the value is for `sys.exit`."""

    async def build_and_serve() -> int:
        code = await serve(build, unusable, deadline_s)
        # What hangs would hang the end of the loop and of its threads too.
        if code == STOPPED_BADLY:
            logging.shutdown()
            os._exit(code)
        return code

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(build_and_serve())
