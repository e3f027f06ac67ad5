"""Houses for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev_stack.private_broker import PrivateBroker
from tests.support.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path, private_broker: PrivateBroker) -> AsyncIterator[House]:
    """A house in which everything runs."""
    async with open_house(tmp_path, private_broker) as opened:
        await opened.start("order-ingest")
        await opened.start("print-agent")
        yield opened
