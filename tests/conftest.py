"""What every kind of test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev_stack.docker_broker import DockerBroker, NoContainer, find_image
from dev_stack.private_broker import BrokerMissing, PrivateBroker
from tests.support.rabbit import lacking


@pytest.fixture(scope="session")
def private_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A RabbitMQ of this run's own; whoever stops or breaks it must take another."""
    broker = PrivateBroker(tmp_path_factory.mktemp("rabbitmq"))
    try:
        broker.start()
    except BrokerMissing as error:
        lacking(str(error))
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def rabbit_url(private_broker: PrivateBroker) -> str:
    """Shared by every test of the run: use names of your own."""
    return private_broker.url


@pytest.fixture(scope="session")
def container_url() -> Iterator[str]:
    """A RabbitMQ in a container; shared like `rabbit_url`."""
    try:
        broker = DockerBroker(find_image())
        broker.start()
    except NoContainer as error:
        lacking(str(error))
    yield broker.url
    broker.stop()
