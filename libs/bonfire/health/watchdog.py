"""A thread that watches the loop: what blocks it goes to the log, and after long ends the process.

Nobody but a thread can see a blocked loop, and nobody but the process itself is sure to end it: not
every supervisor probes (docs/adr/0012).
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Final

from bonfire.health.pulse import Pulse

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
EXIT_CODE: Final = 75  # as `lifecycle.RESTART_ME`: the supervisor is to start the process again
MOST_FRAMES: Final = 40
SAY_WITHIN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the loop may give no sign of life."""

    stacks_s: float = 5.0  # then all stacks go to the log
    limp_s: float = 10.0  # then `/livez` fails
    exit_s: float = 60.0  # then the process ends


class Watchdog:
    """Looks at the pulse ever again; `look` is one look, for a test without a thread."""

    def __init__(
        self,
        pulse: Pulse,
        monotonic: Callable[[], float],
        patience: Patience = Patience(),
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._pulse = pulse
        self._monotonic = monotonic
        self._patience = patience
        self._end = end
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looked_s = monotonic()
        self._beats = pulse.beats
        self._without_s = 0.0
        self._told = False
        self.blockages = 0
        """How often the loop was blocked for so long that its stacks went to the log."""

    @property
    def watches(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """In the loop that is to be watched."""
        self._loop = asyncio.get_running_loop()
        self._looked_s = self._monotonic()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> None:
        now_s = self._monotonic()
        # Of a pause of the whole process, by SIGSTOP or of its machine, the loop is innocent: what
        # counts is the time that we saw pass.
        passed_s = min(now_s - self._looked_s, 2 * LOOK_EVERY_S)
        self._looked_s = now_s
        if self._pulse.beats != self._beats:
            self._beats = self._pulse.beats
            self._tell_end()
            self._without_s = 0.0
            return
        self._without_s += passed_s
        if self._without_s >= self._patience.stacks_s and not self._told:
            self._tell_stacks()
        if self._without_s >= self._patience.exit_s:
            self._give_up()

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY_S):
            self.look()

    def _tell_stacks(self) -> None:
        self._told = True
        self.blockages += 1
        task = asyncio.current_task(self._loop) if self._loop is not None else None
        _say(
            logging.ERROR,
            "the event loop is blocked",
            {
                "event": "loop.blocked",
                "blocked_s": round(self._without_s, 1),
                "task": task.get_name() if task is not None else "",
                "stacks": stacks(),
            },
        )

    def _tell_end(self) -> None:
        if self._told:
            self._told = False
            _say(
                logging.WARNING,
                "the event loop runs again",
                {"event": "loop.resumed", "blocked_s": round(self._without_s, 1)},
            )

    def _give_up(self) -> None:
        _say(
            logging.CRITICAL,
            "the event loop stays blocked; the process ends to be started again",
            {
                "event": "loop.given_up",
                "blocked_s": round(self._without_s, 1),
                "exit_code": EXIT_CODE,
            },
        )
        self._end(EXIT_CODE)


def stacks() -> Mapping[str, list[str]]:
    """Where each thread is: "module:line function", the innermost last. No values, no source."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return {
        f"{names.get(number, '?')} {number}": _steps(frame)
        for number, frame in sys._current_frames().items()
    }


def _steps(frame: FrameType) -> list[str]:
    steps = [
        f"{frame.f_globals.get('__name__')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_stack(frame)
    ]
    return steps[:MOST_FRAMES][::-1]


def _say(level: int, message: str, fields: Mapping[str, object]) -> None:
    """Log it, but do not wait for long: what blocks the loop may be the log's own full pipe.

    Then whoever blocked the loop holds the lock of the log, and we would never come to the end.
    """
    speaker = threading.Thread(
        target=log.log, args=(level, message), kwargs={"extra": fields}, daemon=True
    )
    speaker.start()
    speaker.join(SAY_WITHIN_S)
