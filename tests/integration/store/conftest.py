from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bonfire.store import Store
from tests.support.notes import NOTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    opened = Store(path, [NOTES], probe_after_s=0.01)
    opened.open()
    yield opened
    await opened.close()
