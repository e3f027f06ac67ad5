"""The tasks that a service lives by: one that dies is started again, within limits."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from bonfire.clock import Clock, SystemClock

log = logging.getLogger(__name__)

MOST_RESTARTS: Final = 5
WINDOW_S: Final = 60.0
# 0.2, 0.4, … 3.2 s: a passing trouble costs a moment, a lasting one ends the process in seconds.
FIRST_PAUSE_S: Final = 0.2

TaskFunction = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Restart:
    """A task was started again."""

    task: str
    seen: str  # the type of what it died of, and none of its words: they may hold a guest's
    at_s: float  # monotonic
    pause_s: float  # between its death and now


Listener = Callable[[Restart], None]


@dataclass(slots=True)
class TaskState:
    """How one task fares."""

    name: str
    restartable: bool
    restarts: int = 0  # since the process started
    seen: str = ""  # what it died of last
    died_at_s: float = float("-inf")  # monotonic
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RESTARTS))
    """When it was last started again, monotonic."""

    def may_restart(self, now_s: float) -> bool:
        used_up = len(self.recent) == MOST_RESTARTS and now_s - self.recent[0] < WINDOW_S
        return self.restartable and not used_up

    def next_pause_s(self, now_s: float) -> float:
        return FIRST_PAUSE_S * 2.0 ** sum(now_s - at_s < WINDOW_S for at_s in self.recent)


class Tasks:
    """Named tasks that are meant to run as long as the service.

    One that ends by itself, by an error or without, is started again, at most `MOST_RESTARTS`
    times in `WINDOW_S`. When that is used up, and for a task that is not restartable, the process
    is to stop and be started again.
    """

    def __init__(self, on_death: Callable[[], None], clock: Clock | None = None) -> None:
        """`on_death` is called once, when `dead` is set."""
        self._on_death = on_death
        self._clock = clock or SystemClock()
        self._running: set[asyncio.Task[None]] = set()
        self._states: dict[str, TaskState] = {}
        self._listeners: list[Listener] = []
        self.dead: str | None = None
        """The name of the first task that is not started again."""
        self.why = ""
        """What `dead` died of, for a person."""

    @property
    def states(self) -> Iterable[TaskState]:
        """Every task that was ever spawned."""
        return self._states.values()

    def on_restart(self, listener: Listener) -> None:
        """Tell `listener` of each restart; what it raises counts as the task's death."""
        self._listeners.append(listener)

    def spawn(
        self, name: str, function: TaskFunction, *, restartable: bool = True
    ) -> asyncio.Task[None]:
        """Run `function` for ever. If it is restartable, it must stand being called again.

        The names are the values of a metric's label: few, and of no job or guest.
        """
        state = self._states.setdefault(name, TaskState(name, restartable))
        task = asyncio.create_task(self._keep(state, function), name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def died_since(self, name: str, at_s: float) -> bool:
        return self._states[name].died_at_s >= at_s

    async def cancel(self) -> None:
        """Cancel every task and wait until all have ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        # Unlike `gather`, `wait` can be given up while a task refuses to end.
        if running:
            await asyncio.wait(running)

    async def _keep(self, state: TaskState, function: TaskFunction) -> None:
        """Returns if the task is not to be started again."""
        while True:
            error = await _end_of(function)
            died_at_s = state.died_at_s = self._clock.monotonic()
            state.seen = type(error).__name__ if error is not None else "it returned"
            if _cancelled():
                _log_end(state, error)
                return
            if not state.may_restart(died_at_s):
                self._give_up(state, error)
                return
            await self._restart(state, error, state.next_pause_s(died_at_s))

    async def _restart(self, state: TaskState, error: BaseException | None, pause_s: float) -> None:
        log.error(
            "a task died and is started again",
            exc_info=error,
            extra={
                "event": "task.restarted",
                "task": state.name,
                "restarts": state.restarts + 1,
                "pause_s": pause_s,
            },
        )
        await self._clock.sleep(pause_s)
        now_s = self._clock.monotonic()
        state.restarts += 1
        state.recent.append(now_s)
        for listener in self._listeners:
            listener(Restart(state.name, state.seen, now_s, pause_s))

    def _give_up(self, state: TaskState, error: BaseException | None) -> None:
        why = f"the task {state.name!r} died of {state.seen}"
        if state.restartable:
            why += f", after {MOST_RESTARTS} restarts within {WINDOW_S:g} s"
        log.critical(
            "a task ended that must never end; the process stops to be started again",
            exc_info=error,
            extra={"event": "task.died", "task": state.name, "why": why},
        )
        self._note_death(state.name, why)

    def _note_death(self, name: str, why: str) -> None:
        if self.dead is None:
            self.dead, self.why = name, why
            self._on_death()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical(
                "a task could not be started again; the process stops to be started again",
                exc_info=error,
                extra={"event": "task.died", "task": task.get_name()},
            )
            self._note_death(task.get_name(), f"the task {task.get_name()!r} could not restart")


def _log_end(state: TaskState, error: BaseException | None) -> None:
    """It was asked to end and did: no death, however clumsily it ended."""
    if error is not None:
        log.error(
            "a task failed while it was cancelled",
            exc_info=error,
            extra={"event": "task.failed_at_end", "task": state.name},
        )


async def _end_of(function: TaskFunction) -> BaseException | None:
    """What it died of; None if it returned."""
    try:
        await function()
    except asyncio.CancelledError as error:
        if _cancelled():
            raise
        return error  # a cancellation from within is a death as any other
    except Exception as error:  # noqa: BLE001 -- whatever it died of, it is logged and started again
        return error
    return None


def _cancelled() -> bool:
    """Was the running task asked to end?"""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
