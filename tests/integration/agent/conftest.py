from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from print_agent.command_line import main
from tests.integration.agent.configuration import write_config
from tests.integration.agent.rig import BAR, KITCHEN, Rig
from virtual_printer import VirtualPrinter

MakeRig = Callable[..., Rig]
Run = Callable[..., Coroutine[Any, Any, int]]


@pytest.fixture
async def make_rig(tmp_path: Path) -> AsyncIterator[MakeRig]:
    """Rigs that are stopped at the end of the test, which fails if one leaves a task behind."""
    before = asyncio.all_tasks()
    made: list[Rig] = []

    def make(folder: Path = tmp_path / "data", **more: object) -> Rig:
        made.append(Rig(folder, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for rig in made:
        rig.disk.full = False
        await rig.stop()
    for _ in range(3):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before <= {asyncio.current_task()}


@pytest.fixture
async def rig(make_rig: MakeRig) -> Rig:
    return await make_rig().start()


@pytest.fixture
async def kitchen() -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter(KITCHEN, speed=math.inf) as printer:
        yield printer


@pytest.fixture
async def bar() -> AsyncIterator[VirtualPrinter]:
    async with VirtualPrinter(BAR, speed=math.inf) as printer:
        yield printer


@pytest.fixture
def run(
    tmp_path: Path,
    kitchen: VirtualPrinter,
    bar: VirtualPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Runs the command in a thread of its own, as its printers live in this one's loop."""
    for name in [name for name in os.environ if name.startswith("BONFIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BONFIRE_OPS_PORT", "1")  # doctor takes whoever listens there for an agent
    monkeypatch.chdir(tmp_path)
    write_config(tmp_path, kitchen.port, bar.port)

    async def run_command(*arguments: str) -> int:
        return await asyncio.to_thread(main, list(arguments))

    return run_command
