"""What the process uses, ever again: memory, CPU, descriptors, threads, tasks, and the loop's lag.

psutil's calls block: 0.1 ms for all of them, measured on two shared cores. They read a few files
of /proc, of which only the list of descriptors grows, by half a millisecond per thousand.
"""

from __future__ import annotations

import asyncio
import resource
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psutil

from bonfire.clock import Clock
from bonfire.health.limits import memory_limit_bytes
from bonfire.health.pulse import Pulse

EVERY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How it stood at one moment."""

    at: datetime
    memory_bytes: int  # resident
    memory_limit_bytes: int
    cpu_seconds: float  # user and system, since the process began
    cpu_percent: float  # of one core, since the sample before
    open_fds: int
    max_fds: int
    threads: int
    tasks: int  # of asyncio
    loop_lag_s: float  # the largest of the last 30 to 60 s


class Sampler:
    """`run` is the task, `take` is one sample, `last` the latest."""

    def __init__(self, clock: Clock, pulse: Pulse) -> None:
        self._clock = clock
        self._pulse = pulse
        self._process = psutil.Process()
        self._limit_bytes = memory_limit_bytes()
        self._cpu_at_s = clock.monotonic()
        self._cpu_seconds = sum(self._process.cpu_times()[:2])
        self._cpu_percent = 0.0
        self.last = self.take()

    async def run(self) -> None:
        while True:
            await self._clock.sleep(EVERY_S)
            self.take()

    def take(self) -> Sample:
        with self._process.oneshot():
            cpu_seconds = sum(self._process.cpu_times()[:2])
            memory_bytes = self._process.memory_info().rss
            threads = self._process.num_threads()
        self.last = Sample(
            at=self._clock.now(),
            memory_bytes=memory_bytes,
            memory_limit_bytes=self._limit_bytes,
            cpu_seconds=cpu_seconds,
            cpu_percent=self._percent(cpu_seconds),
            open_fds=self._process.num_fds(),
            max_fds=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
            threads=threads,
            tasks=_tasks(),
            loop_lag_s=self._pulse.lag_s,
        )
        return self.last

    def _percent(self, cpu_seconds: float) -> float:
        """Samples at nearly the same moment share one figure."""
        now_s = self._clock.monotonic()
        passed_s = now_s - self._cpu_at_s
        if passed_s >= 1.0:
            self._cpu_percent = 100.0 * (cpu_seconds - self._cpu_seconds) / passed_s
            self._cpu_at_s, self._cpu_seconds = now_s, cpu_seconds
        return self._cpu_percent


def _tasks() -> int:
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # a service is being built, outside of any loop
        return 0
