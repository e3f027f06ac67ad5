from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.ledgers import OpenLedger
from tests.support.webhooks import Ingest, running


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    async with running(tmp_path) as ingest:
        yield ingest


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[OpenLedger]:
    opened = OpenLedger(tmp_path / "ledger.db")
    opened.store.open()
    yield opened
    await opened.store.close()
