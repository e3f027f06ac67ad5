"""Our services as processes of their own: started, killed and stopped as a supervisor does."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

PATIENCE_S: Final = 30.0


@dataclass(slots=True)
class Processes:
    """Each has a name of the test's choice; its output is in `directory/<name>.log`."""

    directory: Path
    http: aiohttp.ClientSession
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(
        self, name: str, command: str, *arguments: str, environment: Mapping[str, str]
    ) -> None:
        """An entry point of this distribution."""
        with (self.directory / f"{name}.log").open("ab") as log:
            self._running[name] = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).with_name(command)),
                *arguments,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def run(
        self, name: str, command: str, *arguments: str, environment: Mapping[str, str]
    ) -> None:
        """A command that must end well."""
        await self.start(name, command, *arguments, environment=environment)
        assert await self.ended(name) == 0, self.log(name)

    async def wait_ready(self, name: str, ops_url: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not await self._is_ready(ops_url):
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"{name} did not become ready:\n{self.log(name)}"
            await asyncio.sleep(0.05)

    def kill(self, name: str) -> None:
        """As a crash does: SIGKILL, no goodbye."""
        self._running[name].kill()

    async def ended(self, name: str) -> int:
        """The exit code of a process that was killed or stopped."""
        return await asyncio.wait_for(self._running.pop(name).wait(), 40)

    async def stop(self, name: str) -> int:
        """SIGTERM; returns the exit code."""
        self._running[name].send_signal(signal.SIGTERM)
        return await self.ended(name)

    async def stop_all(self) -> None:
        for name in list(self._running):
            with suppress(ProcessLookupError):  # it has ended by itself
                self._running[name].kill()
            await self.ended(name)

    def log(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text()

    async def _is_ready(self, ops_url: str) -> bool:
        try:
            async with self.http.get(f"{ops_url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False
