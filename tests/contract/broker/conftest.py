"""The contract is one body of tests over these brokers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.rabbit import MemorySite, Site, rabbit_site


@pytest.fixture(params=["memory", "private", "container"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    if request.param == "memory":
        yield MemorySite()
        return
    fixture = {"private": "rabbit_url", "container": "container_url"}[request.param]
    async with rabbit_site(request.getfixturevalue(fixture)) as real:
        yield real
