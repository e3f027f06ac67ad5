"""A simulator as a process: its control port, its signals, its exit codes."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final

from aiohttp import web

_SHUTDOWN_S: Final = 1.0


class CannotServe(Exception):
    """The simulator cannot start; the message says why."""


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM and by SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def start_site(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> int:
    """Serve until the stack closes. Returns the port, a free one for 0. Raises CannotServe."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = why(error, f"{host}:{port}")
        raise CannotServe(f"the control port cannot start: {reason}") from error
    return int(runner.addresses[0][1])


def why(error: OSError, place: str) -> str:
    """Why nothing can be opened in a place."""
    if error.errno == errno.EADDRINUSE:
        return f"{place} is taken by another program"
    return f"{place}: {error}"


def run(program: str, serving: Coroutine[Any, Any, None]) -> int:
    """Exit code: 0 after a signal, 1 when it could not start, which is told."""
    try:
        asyncio.run(serving)
    except CannotServe as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 1
    return 0
