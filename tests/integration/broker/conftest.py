"""Brokers that may be stopped, and a way to them that may break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import uvloop

from dev_stack.private_broker import BrokerMissing, PrivateBroker
from tests.support.rabbit import RabbitSite, lacking, rabbit_site


@pytest.fixture
async def site(rabbit_url: str) -> AsyncIterator[RabbitSite]:
    async with rabbit_site(rabbit_url) as real:
        yield real


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A broker to be killed and frozen."""
    broker = PrivateBroker(tmp_path_factory.mktemp("victim"))
    try:
        broker.start()
    except BrokerMissing as error:
        lacking(str(error))
    yield broker
    broker.stop()


@pytest.fixture
async def victims_site(victim: PrivateBroker) -> AsyncIterator[RabbitSite]:
    async with rabbit_site(victim.url) as real:
        yield real


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the services run on: it reports a lost connection in its own ways."""
    return {"uvloop": uvloop.new_event_loop}
