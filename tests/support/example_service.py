"""A service that does as its arguments say, to be run, signalled and watched by a test.

`python -m tests.support.example_service WORD…`; what a word makes of it stands in `Example`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress

from bonfire import lifecycle, logs
from bonfire.errors import Permanent, Reason, Retryable
from bonfire.settings import Environment
from bonfire.tasks import Tasks
from bonfire.unusable import Unusable

log = logging.getLogger("example")


def tell(event: str) -> None:
    log.info("a step", extra={"event": event})


class Example:
    def __init__(self, words: list[str]) -> None:
        self._words = words
        if "unbuildable" in words:
            raise Permanent(Reason.CONFIG_INVALID, "nothing to build from")

    async def start(self, tasks: Tasks) -> None:
        tasks.spawn("steady", self._steady)
        if "unusable" in self._words:
            raise Permanent(Reason.STORE_NEWER, "a newer release wrote it")
        if "mortal" in self._words:
            tasks.spawn("mortal", self._die, restartable=False)
        if "brief" in self._words:
            tasks.spawn("brief", self._end, restartable=False)
        if "dying" in self._words:
            tasks.spawn("dying", self._die)
        if "stubborn" in self._words:
            tasks.spawn("stubborn", self._refuse_to_end)
        if "sluggish" in self._words:
            tell("starting")
            await asyncio.sleep(0.3)

    async def drain(self) -> None:
        tell("drained")
        if "slow" in self._words:
            await asyncio.sleep(0.3)
        if "stuck" in self._words:
            await asyncio.Event().wait()
        if "undrainable" in self._words:
            raise Retryable(Reason.STORE_IO, "cannot drain")
        if "impatient" in self._words:
            raise TimeoutError

    async def close(self) -> None:
        tell("closed")

    async def _steady(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            tell("cancelled")

    async def _die(self) -> None:
        raise ValueError("no more\nof this")

    async def _end(self) -> None:
        return

    async def _refuse_to_end(self) -> None:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3_600)


def main() -> int:
    logs.start_logging("example")
    unusable = Unusable.at(Environment(), "example", 0)
    return lifecycle.run(lambda: Example(sys.argv[1:]), unusable, deadline_s=0.5)


if __name__ == "__main__":
    sys.exit(main())
