"""`virtual-printer serve`: several printers and their control port in one process."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import control_port
from control_port import CannotServe, start_site, stop_signal, why
from escpos_paper.fonts import FontMissing, font_path
from virtual_printer.control import control_app
from virtual_printer.darkroom import Darkroom
from virtual_printer.place import Place
from virtual_printer.printer import VirtualPrinter


@dataclass(frozen=True, slots=True)
class PrinterAt:
    """One printer of the command line. Without a `model` it is one of ours, and without `columns`
    it has its model's.
    """

    name: str
    place: Place
    model: str | None = None
    enpc_port: int | None = None
    columns: int | None = None


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


async def serve(settings: ServeSettings) -> None:
    """Until SIGTERM or SIGINT. Raises CannotServe."""
    names = [printer.name for printer in settings.printers]
    if len(set(names)) < len(names):
        raise CannotServe("every printer needs a name of its own")
    stop = stop_signal()
    async with AsyncExitStack() as stack:
        darkroom = await stack.enter_async_context(Darkroom()) if _draws(settings) else None
        printers = {
            one.name: await _start_printer(stack, settings, one, darkroom)
            for one in settings.printers
        }
        port = await start_site(stack, control_app(printers), settings.host, settings.control)
        for printer in printers.values():
            print(f"{printer.name}: {printer.place}")
        print(f"control: http://{settings.host}:{port}", flush=True)
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
        columns=one.columns or settings.columns,
        second=settings.second,
        darkroom=darkroom,
    )
    try:
        return await stack.enter_async_context(printer)
    except OSError as error:
        raise CannotServe(f"{one.name} cannot start: {why(error, printer.place)}") from error


def run(settings: ServeSettings) -> int:
    """Exit code: 0 after a signal, 1 when it could not start."""
    return control_port.run("virtual-printer", serve(settings))
