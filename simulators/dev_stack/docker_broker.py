"""A RabbitMQ in a container, by testcontainers, where a Docker engine answers."""

from __future__ import annotations

import os
import socket
import time
from types import TracebackType
from typing import Any, Final, Self, cast

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from dev_stack.ports import HOST, speaks_amqp

IMAGE_SETTING: Final = "BONFIRE_TEST_RABBITMQ_IMAGE"
LOCAL_IMAGE: Final = "bonfire-test-rabbitmq"
PUBLIC_IMAGE: Final = "rabbitmq:4"
_ENGINE: Final = "unix:///var/run/docker.sock"
_AMQP: Final = "5672/tcp"
_PULL_TIMEOUT_S: Final = 60


class NoContainer(Exception):
    """No engine answers, or it has no image and can pull none."""


def find_image() -> str:
    """The name of an image that can be started. Raises `NoContainer`."""
    try:
        _knock()
        client = docker.from_env(timeout=_PULL_TIMEOUT_S)
    except (DockerException, OSError) as error:
        raise NoContainer(f"no Docker engine answers: {error}") from error
    try:
        named = os.environ.get(IMAGE_SETTING)
        for image in (named,) if named else (LOCAL_IMAGE, PUBLIC_IMAGE):
            if _is_local(client, image):
                return image
        return _pulled(client, named or PUBLIC_IMAGE)
    finally:
        client.close()


def _knock() -> None:
    """Is anybody at the engine's socket? Its client library leaks a socket when nobody is."""
    address = os.environ.get("DOCKER_HOST", _ENGINE)
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(address.removeprefix("unix://"))


class DockerBroker:
    """One container; it is removed when it stops."""

    def __init__(self, image: str) -> None:
        # Its watchdog is a second image, which an engine without a registry cannot have.
        testcontainers_config.ryuk_disabled = True
        self._container = DockerContainer(image)
        # On the loopback only: everybody knows the password.
        self._container.ports = cast(Any, {_AMQP: (HOST, None)})

    @property
    def port(self) -> int:
        return int(self._container.get_exposed_port(5672))

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{HOST}:{self.port}/"

    def start(self, timeout_s: float = 60) -> Self:
        self._container.start()
        deadline = time.monotonic() + timeout_s
        while not speaks_amqp(self.port):
            if time.monotonic() > deadline:
                self.stop()
                raise NoContainer(f"RabbitMQ in the container kept silent for {timeout_s} s")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        self._container.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _is_local(client: docker.DockerClient, image: str) -> bool:
    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True


def _pulled(client: docker.DockerClient, image: str) -> str:
    try:
        client.images.pull(image)
    except (DockerException, OSError) as error:
        raise NoContainer(
            f"the image {image} cannot be pulled ({error}); .ci/broker-image makes one"
        ) from error
    return image
