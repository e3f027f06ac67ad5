"""`virtual-printer serve`: several printers and their control port in one process."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from aiohttp import web

from escpos_paper.fonts import FontMissing, font_path
from virtual_printer.control import control_app
from virtual_printer.darkroom import Darkroom
from virtual_printer.place import Place
from virtual_printer.printer import VirtualPrinter

_SHUTDOWN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class PrinterAt:
    """One printer of the command line. Without a `model` it is one of ours."""

    name: str
    place: Place
    model: str | None = None
    enpc_port: int | None = None


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What the command line says. `speed` is in mm/s; without `columns` the models say them."""

    printers: Sequence[PrinterAt]
    paper: Path
    control: int
    host: str
    speed: float
    columns: int | None
    second: Literal["block", "refuse"]
    png: bool


class CannotServe(Exception):
    """The printers cannot start; the message says why."""


async def serve(settings: ServeSettings) -> None:
    """Until SIGTERM or SIGINT. Raises CannotServe."""
    names = [printer.name for printer in settings.printers]
    if len(set(names)) < len(names):
        raise CannotServe("every printer needs a name of its own")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        darkroom = await stack.enter_async_context(Darkroom()) if _draws(settings) else None
        printers = {
            one.name: await _start_printer(stack, settings, one, darkroom)
            for one in settings.printers
        }
        control_port = await _start_control(stack, settings, printers)
        for printer in printers.values():
            print(f"{printer.name}: {printer.place}")
        print(f"control: http://{settings.host}:{control_port}", flush=True)
        await stop.wait()


def _draws(settings: ServeSettings) -> bool:
    if not settings.png:
        return False
    try:
        font_path(bold=False)
    except FontMissing as error:
        raise CannotServe(f"{error} (or use --no-png)") from error
    return True


async def _start_printer(
    stack: AsyncExitStack,
    settings: ServeSettings,
    one: PrinterAt,
    darkroom: Darkroom | None,
) -> VirtualPrinter:
    printer = VirtualPrinter(
        one.name,
        host=settings.host,
        port=one.place.tcp,
        pty=one.place.pty,
        fifo=one.place.fifo,
        model=one.model,
        enpc_port=one.enpc_port,
        paper_dir=settings.paper,
        speed=settings.speed,
        columns=settings.columns,
        second=settings.second,
        darkroom=darkroom,
    )
    try:
        return await stack.enter_async_context(printer)
    except OSError as error:
        raise CannotServe(f"{one.name} cannot start: {_why(error, printer.place)}") from error


async def _start_control(
    stack: AsyncExitStack, settings: ServeSettings, printers: dict[str, VirtualPrinter]
) -> int:
    runner = web.AppRunner(control_app(printers), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.host, settings.control)
    try:
        await site.start()
    except OSError as error:
        why = _why(error, f"{settings.host}:{settings.control}")
        raise CannotServe(f"the control port cannot start: {why}") from error
    return int(runner.addresses[0][1])


def _why(error: OSError, place: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{place} is taken by another program"
    return f"{place}: {error}"


def run(settings: ServeSettings) -> int:
    """Exit code: 0 after a signal, 1 when it could not start."""
    try:
        asyncio.run(serve(settings))
    except CannotServe as error:
        print(f"virtual-printer: {error}", file=sys.stderr)
        return 1
    return 0
