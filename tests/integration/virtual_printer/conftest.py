"""Printers for every test: a real one in speed, and one that keeps nobody waiting."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import pytest

from virtual_printer import VirtualPrinter


@pytest.fixture
async def printer() -> AsyncIterator[VirtualPrinter]:
    """Infinitely fast."""
    async with VirtualPrinter("kitchen-1", speed=math.inf) as printer:
        yield printer


@pytest.fixture
async def slow_printer() -> AsyncIterator[VirtualPrinter]:
    """A line takes 19 ms."""
    async with VirtualPrinter("kitchen-1", speed=200.0) as printer:
        yield printer
