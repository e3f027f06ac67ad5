"""Tickets become PNG files in a process of their own, so that no picture ever delays a byte."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from escpos_paper import Ticket

MOST_WAITING_BYTES: Final = 32 * 1024 * 1024
"""Tickets that wait to be drawn; beyond it they are left out and counted."""

_STOP_WITHIN_S: Final = 30.0

_START: Final = "from virtual_printer.darkroom import main; main()"


def write_atomically(path: Path, data: bytes) -> None:
    """Readers see the whole file or none."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


class Darkroom:
    """The drawing process. It ends by itself when this one does, whatever the reason."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self.skipped = 0

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _START, stdin=asyncio.subprocess.PIPE
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Waits until every ticket that was handed in is drawn."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    def develop(self, ticket: Ticket, path: Path) -> None:
        """Have the ticket drawn into `path`; the file appears later, and whole."""
        stdin = self._process.stdin if self._process else None
        if stdin is None or stdin.is_closing() or _is_behind(stdin):
            self.skipped += 1
        else:
            stdin.write(pickle.dumps((ticket, str(path))))


def _is_behind(stdin: asyncio.StreamWriter) -> bool:
    return stdin.transport.get_write_buffer_size() > MOST_WAITING_BYTES


def develop_all(tickets: BinaryIO) -> None:
    """The drawing process: one pickle after the other until the pipe ends."""
    while True:
        try:
            # The pipe's other end is the class above, in the process that started this one.
            ticket, path = pickle.load(tickets)  # noqa: S301
        except EOFError:
            return
        write_atomically(Path(path), ticket.png())


def main() -> None:
    """The drawing process itself."""
    # Ctrl-C goes to the whole group; this process still has to finish what it was given.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    develop_all(sys.stdin.buffer)
