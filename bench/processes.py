"""Child processes that end with us, however we end."""

from __future__ import annotations

import asyncio
import http.client
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from dev_stack.parent_death import end_with_parent
from dev_stack.ports import HOST

_STOP_DEADLINE_S: Final = 30.0
_READY_TIMEOUT_S: Final = 30.0
_LAST_LINES: Final = 12


class MeasurementFailed(Exception):
    """Something did not come up, or answered wrongly; nothing can be said of its speed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started at `started_at` (`time.monotonic()` seconds)."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    started_at: float

    async def until(self, holds: Callable[[], bool], timeout_s: float, every_s: float) -> float:
        """Wait for a condition; returns the seconds since the start of the process."""
        deadline = time.monotonic() + timeout_s
        while not holds():
            if self.process.returncode is not None:
                raise self.failed(f"ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                raise self.failed(f"was not ready within {timeout_s:g} s")
            await asyncio.sleep(every_s)
        return time.monotonic() - self.started_at

    async def until_ready(self, ops_port: int, every_s: float = 0.005) -> float:
        """Wait until `/readyz` answers 200; returns the seconds since the start."""
        return await self.until(lambda: _is_ready(ops_port), _READY_TIMEOUT_S, every_s)

    def failed(self, how: str) -> MeasurementFailed:
        words = self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        return MeasurementFailed("\n  ".join([f"{self.name} {how}; its last words:", *words]))

    def cpu_s(self) -> float:
        """What all its threads have used so far, in user and kernel mode."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def rss_mb(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6


@asynccontextmanager
async def running(
    name: str, argv: Sequence[str], environment: Mapping[str, str], log: Path
) -> AsyncIterator[Running]:
    """A process for as long as the block lasts."""
    started_at = time.monotonic()
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is ours to handle
            preexec_fn=end_with_parent,
        )
    try:
        yield Running(name, process, log, started_at)
    finally:
        await _stop(process)


def _is_ready(ops_port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, ops_port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_DEADLINE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
