"""`order-ingest permissions BONFIRE.toml`: who may do what on the broker, as commands for it.

Each print host has a user of its own, so that a stolen one reads nobody else's tickets.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.broker import topology
from bonfire.broker.topology import Permissions

INGEST: Final = "order-ingest"
NOTIFIER: Final = "notifier"


@dataclass(frozen=True, slots=True)
class BrokerUser:
    name: str
    may: Permissions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the configuration, for its print hosts")
    parser.add_argument("--vhost", default="/", help="of the organisation (default: /)")


def run(given: argparse.Namespace) -> int:
    for line in commands(config.load(given.file), given.vhost):
        print(line)
    return 0


def agent_user(agent: str) -> str:
    """The name of a print host's user."""
    return f"print-agent-{agent}"


def broker_users(loaded: config.Config) -> tuple[BrokerUser, ...]:
    """Everybody who connects to the broker. They have to exist before they may do something."""
    agents = (
        BrokerUser(agent_user(agent), topology.permissions_of_agent(agent, _places(loaded, agent)))
        for agent in loaded.agents
    )
    return (
        BrokerUser(INGEST, topology.permissions_of_ingest()),
        BrokerUser(NOTIFIER, topology.permissions_of_notifier()),
        *agents,
    )


def commands(loaded: config.Config, vhost: str) -> Iterator[str]:
    """Lines for a shell beside the broker."""
    for user in broker_users(loaded):
        may = user.may
        objects = (may.configure, may.write, may.read)
        yield _command("set_permissions", vhost, user.name, *objects)
        for exchange in topology.BY_TOPIC:
            yield _command("set_topic_permissions", vhost, user.name, exchange, may.topics, ".*")


def _command(verb: str, vhost: str, *arguments: str) -> str:
    return shlex.join(["rabbitmqctl", verb, "-p", vhost, *arguments])


def _places(loaded: config.Config, agent: str) -> tuple[str, ...]:
    return tuple(location.id for location in loaded.locations if location.agent == agent)
