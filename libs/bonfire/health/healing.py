"""Tells what was healed, once it is known whether that helped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from bonfire.clock import Clock
from bonfire.identity import Identity
from bonfire.inbox import until_on_disk
from bonfire.messages import Event, HealingAction, HealingEvent
from bonfire.tasks import Restart, Tasks

# A task that lives this long after its restart was helped by it.
PROVEN_S: Final = 10.0
# Of one process: five in a minute for each task, and told ten seconds later.
MOST_UNTOLD: Final = 256

Tell = Callable[[Event], Awaitable[None]]


class Healing:
    """`restarted` notes a restart, `run` is the task that tells of it."""

    def __init__(self, identity: Identity, clock: Clock, tasks: Tasks, tell: Tell) -> None:
        """`tell` returns once the event is on disk; while it raises `StoreError` it is repeated."""
        self._identity = identity
        self._clock = clock
        self._tasks = tasks
        self._tell = tell
        self._untold: asyncio.Queue[Restart] = asyncio.Queue(MOST_UNTOLD)
        tasks.on_restart(self._restarted)

    async def run(self) -> None:
        while True:
            restart = await self._untold.get()
            await self._clock.sleep(restart.at_s + PROVEN_S - self._clock.monotonic())
            event = self._event(restart)
            await until_on_disk(partial(self._tell, event), self._clock)

    def _restarted(self, restart: Restart) -> None:
        if self._untold.full():  # the disk takes nothing: that is told, and each restart is logged
            self._untold.get_nowait()
        self._untold.put_nowait(restart)

    def _event(self, restart: Restart) -> HealingEvent:
        return HealingEvent(
            action=HealingAction.RESTART_TASK,
            target=restart.task,
            seen=restart.seen,
            helped=not self._tasks.died_since(restart.task, restart.at_s),
            seconds=restart.pause_s,
            **self._identity.sign(self._clock.now()),
        )
