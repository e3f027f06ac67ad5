"""Bytes to a printer and answers from it, with exact counts and a limit on every wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from print_agent.printers import commands
from print_agent.printers.inbox import Inbox
from print_agent.printers.link import Link


class Exchange:
    """A link with its inbox. Broken connections are told by `over`, not raised."""

    def __init__(self, link: Link) -> None:
        self.inbox = Inbox()
        self.over = False  # the printer will say nothing more here
        self.ended_cleanly = False  # and it was the printer that closed, in good order
        self._link = link
        self._news = asyncio.Event()
        self._rest = b""  # of a command that did not fit whole
        link.listen(self)

    def received(self, data: bytes) -> None:
        self.inbox.feed(data)
        self._news.set()

    def ended(self, error: OSError | None) -> None:
        self.over = True
        self.ended_cleanly = error is None
        self._news.set()

    @property
    def blocked(self) -> bool:
        """Is a command stuck half-way? Then nothing else may go out."""
        return bool(self._rest)

    def poll(self) -> None:
        """Hear, now, what has already arrived."""
        self._link.poll()

    async def until(self, arrived: Callable[[], bool], timeout_s: float) -> bool:
        """Wait for it, the end of the link or the timeout; says whether it has arrived."""
        self._link.poll()
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            self._news.set()

        alarm = asyncio.get_running_loop().call_later(timeout_s, expire)
        try:
            while not (arrived() or self.over or expired):
                self._news.clear()
                await self._news.wait()
        finally:
            alarm.cancel()
        return arrived()

    def ask_status(self) -> None:
        if not self._rest:
            self.inbox.expect_status()
        self.command(commands.ASK_STATUS)

    def command(self, data: bytes) -> None:
        """Send a few bytes without waiting; while an earlier command is stuck, only its rest."""
        data = self._rest or data
        with suppress(OSError):  # the link has told `ended`
            self._rest = data[self._link.write(memoryview(data)) :]

    async def send(self, data: bytes, left_s: Callable[[], float]) -> int:
        """Hand over `data`; returns how many bytes were taken.

        That is fewer than all when the link ended, or when `left_s`, asked whenever the link is
        full, says that no time is left. It may also say how soon it wants to be asked again.
        """
        view = memoryview(data)
        sent = 0
        with suppress(OSError):  # the link has told `ended`
            while not self.over:
                sent += self._link.write(view[sent:])
                if sent == len(view):
                    break
                seconds = left_s()
                if seconds <= 0:
                    break
                await self._link.wait_writable(seconds)
        return sent

    def finish(self) -> None:
        """Tell the printer that nothing more will come."""
        self._link.finish()

    def close(self) -> None:
        """Hear what is left to hear, so that closing destroys nothing in flight, and let go."""
        self._link.poll()
        self.over = True
        self._link.close()
