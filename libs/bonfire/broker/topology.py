"""What must exist on the broker: exchanges, queues, bindings. Design: docs/architecture.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bonfire.messages.event import NOWHERE

JOBS: Final = "bonfire.jobs"
COMMANDS: Final = "bonfire.commands"
EVENTS: Final = "bonfire.events"
DEAD: Final = "bonfire.dead"
UNROUTABLE: Final = "bonfire.unroutable"
LEDGER_EVENTS: Final = "events.ledger"
NOTIFIER_EVENTS: Final = "events.notifier"
HEARTBEATS: Final = "heartbeats"
DEAD_LETTERS: Final = "dead-letters"
UNROUTABLE_QUEUE: Final = "unroutable"

BY_TOPIC: Final = (EVENTS, DEAD)
"""The exchanges where a routing key begins with the location that its sender speaks for."""

# A dropped connection counts against the limit of every copy it had prefetched, so the limit is
# high: it stops an endless loop, it is not our retry counter. Never -1, which old brokers take for
# "drop at once".
DELIVERY_LIMIT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Exchange:
    name: str
    kind: Literal["direct", "topic", "fanout"]
    alternate: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue."""

    name: str
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    exchange: str
    queue: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Topology:
    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()
    bindings: tuple[Binding, ...] = ()


def jobs_queue(agent: str) -> str:
    return f"jobs.{agent}"


def commands_queue(agent: str) -> str:
    return f"commands.{agent}"


def needed_by_agent(agent: str) -> Topology:
    """What one print host has to find there; it creates nothing and sees nobody else's queues."""
    return Topology(
        exchanges=(Exchange(EVENTS, "topic"), Exchange(DEAD, "topic", alternate=UNROUTABLE)),
        queues=(
            _work_queue(jobs_queue(agent), single=True),
            _work_queue(commands_queue(agent), single=True),
        ),
    )


def needed_by_notifier() -> Topology:
    """What the notifier has to find there; it creates nothing."""
    return Topology(
        exchanges=(Exchange(EVENTS, "topic"),),
        queues=(_history_queue(NOTIFIER_EVENTS), _heartbeat_queue(HEARTBEATS)),
    )


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a user of the broker may do, as regular expressions over names of objects."""

    configure: str
    write: str
    read: str
    topics: str
    """Of routing keys on each of `BY_TOPIC`."""


def permissions_of_agent(agent: str, locations: Iterable[str]) -> Permissions:
    """One print host reads its own queues and tells of its own restaurants; it creates nothing.

    Only one of several restaurants has anything to tell of none of them. Ids hold no character
    that a regular expression would read as its own.
    """
    served = tuple(locations)
    places = "|".join(served if len(served) == 1 else (NOWHERE, *served))
    return Permissions(
        configure="^$",
        write=f"^{re.escape(EVENTS)}$|^{re.escape(DEAD)}$",
        read=rf"^(jobs|commands)\.{agent}$",
        topics=rf"^({places})\.",
    )


def permissions_of_ingest() -> Permissions:
    """It declares everything and sends every job, and the vhost is the organisation's alone."""
    return Permissions(configure=".*", write=".*", read=".*", topics=".*")


def permissions_of_notifier() -> Permissions:
    """It reads what happened and how the print hosts are, and tells of itself."""
    return Permissions(
        configure="^$",
        write=f"^{re.escape(EVENTS)}$|^{re.escape(DEAD)}$",
        read=f"^{re.escape(NOTIFIER_EVENTS)}$|^{re.escape(HEARTBEATS)}$",
        topics=rf"^{NOWHERE}\.",
    )


def for_agents(agents: Iterable[str]) -> Topology:
    """Everything that one organisation needs, for its print hosts."""
    names = tuple(sorted(set(agents)))
    work = [_work_queue(jobs_queue(name), single=True) for name in names]
    commands = [_work_queue(commands_queue(name), single=True) for name in names]
    return Topology(
        exchanges=(
            Exchange(UNROUTABLE, "fanout"),
            Exchange(DEAD, "topic", alternate=UNROUTABLE),
            # No alternate where an outbox publishes: what no queue takes comes back to it and
            # stays there until one does (docs/adr/0009).
            Exchange(JOBS, "direct"),
            Exchange(COMMANDS, "direct"),
            Exchange(EVENTS, "topic"),
        ),
        queues=(
            _last_queue(UNROUTABLE_QUEUE),
            _last_queue(DEAD_LETTERS),
            _work_queue(LEDGER_EVENTS, single=False),
            _history_queue(NOTIFIER_EVENTS),
            _heartbeat_queue(HEARTBEATS),
            *work,
            *commands,
        ),
        bindings=(
            Binding(UNROUTABLE, UNROUTABLE_QUEUE),
            Binding(DEAD, DEAD_LETTERS, "#"),
            # <location>.<type>: a type has two words, which `Event` sees to, but for the
            # heartbeat's one. What another make tells in more words has its place as well.
            Binding(EVENTS, LEDGER_EVENTS, "*.job.*"),
            Binding(EVENTS, NOTIFIER_EVENTS, "*.*.*.#"),
            Binding(EVENTS, HEARTBEATS, "*.heartbeat"),
            *(Binding(JOBS, jobs_queue(name), name) for name in names),
            *(Binding(COMMANDS, commands_queue(name), name) for name in names),
        ),
    )


def _work_queue(name: str, *, single: bool) -> Queue:
    """Nothing leaves it but by an ack or, at least once, to the dead letters."""
    return Queue(
        name,
        {
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-routing-key": name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-delivery-limit": DELIVERY_LIMIT,
            # Bounds the broker's disk; a refused publish stays in the sender's outbox.
            "x-max-length": 100_000,
            "x-single-active-consumer": single,
        },
    )


def _history_queue(name: str) -> Queue:
    """A reader that is away for weeks costs itself the oldest events, and nobody else a publish.

    What is dropped for room goes to the dead letters.
    """
    return Queue(
        name,
        {
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-routing-key": name,
            "x-overflow": "drop-head",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length": 200_000,
        },
    )


def _heartbeat_queue(name: str) -> Queue:
    """What tells that somebody lives now is worth nothing a minute later."""
    return Queue(
        name,
        {
            "x-message-ttl": 60_000,
            "x-overflow": "drop-head",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length": 10_000,
        },
    )


def _last_queue(name: str) -> Queue:
    """Where letters end: there is nowhere further to send them, so the limit is out of reach."""
    return Queue(name, {"x-delivery-limit": 1_000_000, "x-overflow": "reject-publish"})
