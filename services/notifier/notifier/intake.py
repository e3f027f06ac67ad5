"""Takes in what happened and how everybody is: on disk with all that follows, then acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonfire.broker import Broker, Delivery, topology
from bonfire.clock import Clock
from bonfire.config import Config
from bonfire.errors import Reason
from bonfire.inbox import Inbox
from bonfire.messages import Heartbeat, UnreadableMessage, decode
from bonfire.messages.event import NOWHERE
from notifier.desk import Desk
from notifier.domain.movement import Queues, follow
from notifier.domain.origin import may_speak
from notifier.domain.signs import is_print_host, signs_of, signs_of_heartbeat
from notifier.history import Arrival, History
from notifier.metrics import NotifierMetrics
from notifier.reading import read

PREFETCH: Final = 32
MOST_HEARTBEAT_BYTES: Final = 256 * 1024


@dataclass(eq=False)
class _Intake:
    """What both intakes work with."""

    _broker: Broker
    _history: History
    _config: Config
    _clock: Clock
    _metrics: NotifierMetrics
    _desk: Desk

    def __post_init__(self) -> None:
        """Make the inbox; each has its own queue and kind of message."""
        raise NotImplementedError


class EventIntake(_Intake):
    """What happens to each delivery of the queue `events.notifier`. Nothing is refused."""

    def __post_init__(self) -> None:
        self.inbox = Inbox(
            self._broker,
            topology.NOTIFIER_EVENTS,
            PREFETCH,
            Arrival,
            self._take,
            self._clock,
            lambda _reason: None,  # nothing is unreadable here
            self._read,
        )

    def _read(self, delivery: Delivery) -> Arrival:
        return read(delivery, self._clock.now())

    async def _take(self, arrival: Arrival) -> None:
        signs = signs_of(arrival.event, self._config)
        recorded = await self._history.record(arrival, tuple(signs), self._clock.now())
        if not recorded.known:
            self._metrics.received(arrival.event)
        self._desk.follow(recorded)


class HeartbeatIntake(_Intake):
    """What happens to each heartbeat; `heard` says how long ago each print host's last one was."""

    def __post_init__(self) -> None:
        self.heard_s: dict[str, float] = {}
        """When each print host was last heard, by the monotonic clock of this run."""
        self._queues: dict[str, Queues] = {}
        """Of each print host's printers."""
        self.inbox = Inbox(
            self._broker,
            topology.HEARTBEATS,
            PREFETCH,
            Heartbeat,
            self._take,
            self._clock,
            lambda _reason: None,  # the inbox logs it, and whoever sent it counts as silent
            self._read,
        )

    def _read(self, delivery: Delivery) -> Heartbeat:
        heartbeat = _read_heartbeat(delivery)
        if not may_speak(heartbeat, self._config):
            detail = f"{heartbeat.instance} does not speak for {heartbeat.location or NOWHERE!r}"
            raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, detail)
        return heartbeat

    async def load(self) -> None:
        """What the last run had heard, for whoever looks before the next heartbeat."""
        for heartbeat, at in await self._history.fleet():
            if is_print_host(heartbeat, self._config):
                self._metrics.heard(heartbeat, at)

    async def _take(self, heartbeat: Heartbeat) -> None:
        now = self._clock.now()
        known = self._queues.get(heartbeat.instance, {})
        queues = follow(known, heartbeat.printers, heartbeat.at)
        signs = tuple(signs_of_heartbeat(heartbeat, self._config, queues))
        self._desk.follow(await self._history.hear(heartbeat, signs, now))
        if is_print_host(heartbeat, self._config):
            self._queues[heartbeat.instance] = queues
            self.heard_s[heartbeat.instance] = self._clock.monotonic()
            self._metrics.heard(heartbeat, now)


def _read_heartbeat(delivery: Delivery) -> Heartbeat:
    if len(delivery.body) > MOST_HEARTBEAT_BYTES:
        detail = f"a heartbeat of {len(delivery.body)} bytes"
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, detail)
    message = decode(delivery.body)
    if not isinstance(message, Heartbeat):
        detail = f"{message.SCHEMA} is no heartbeat"
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, detail)
    if message.routing_key != delivery.routing_key:
        detail = f"a heartbeat of {message.location or NOWHERE!r} under another routing key"
        raise UnreadableMessage(Reason.UNREADABLE_MESSAGE, detail)
    return message
