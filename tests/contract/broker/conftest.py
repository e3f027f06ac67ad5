"""The contract is one body of tests over these brokers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from tests.support.rabbit import MemorySite, Site, rabbit_site


@pytest.fixture(params=["memory", "private", "container"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    if request.param == "memory":
        yield MemorySite()
        return
    fixture = {"private": "rabbit_url", "container": "container_url"}[request.param]
    async with rabbit_site(request.getfixturevalue(fixture)) as real:
        yield real


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the services run on: it reports a lost connection in its own ways."""
    return {"uvloop": uvloop.new_event_loop}
