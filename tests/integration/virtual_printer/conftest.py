"""Printers for every test: a real one in speed, and one that keeps nobody waiting."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from virtual_printer import VirtualPrinter


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """When a transport begins to read and when it pauses differs between loops."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
        "asyncio": asyncio.SelectorEventLoop
    }
    if item.path.name == "test_connections.py":
        loops["uvloop"] = uvloop.new_event_loop
    return loops


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
