from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.integration.agent.rig import Rig

MakeRig = Callable[..., Rig]


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
