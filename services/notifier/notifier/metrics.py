"""What the notifier measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bonfire.breaker import BreakerSeries
from bonfire.config import Config
from bonfire.messages import (
    MESSAGES,
    DeadLetterEventType,
    Event,
    Heartbeat,
    JobEventType,
    PrinterEventType,
    PrinterState,
    ServiceEventType,
    UnknownEvent,
)
from notifier.domain.incidents import IncidentType, Verdict
from notifier.history import Result

# A mail is told of in seconds, or after one of the retries of half a minute to half an hour.
MAIL_BUCKETS: Final = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0)
SMTP: Final = "smtp"
OTHER: Final = "unknown"
_TYPES: Final = (JobEventType, PrinterEventType, ServiceEventType, DeadLetterEventType)


def event_types() -> frozenset[str]:
    """The type of every event that we know; a heartbeat arrives by a queue of its own."""
    found = {kind.value for types in _TYPES for kind in types}
    for message in MESSAGES:
        if issubclass(message, Event) and message is not Heartbeat:
            annotation = message.model_fields["type"].annotation
            found.update(word for word in get_args(annotation) if isinstance(word, str))
    return frozenset(found)


class _Printers:
    """Series of one printer each, with the labels agent, location and printer."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, words: str) -> Gauge:
            return Gauge(name, words, ("agent", "location", "printer"), registry=registry)

        self.ready = gauge(
            "bonfire_fleet_printer_ready", "1 if its print host said so in its last heartbeat."
        )
        self.lost = gauge(
            "bonfire_fleet_printer_lost_timestamp_seconds", "Since when it is lost; 0 if it is not."
        )
        self.near_end = gauge(
            "bonfire_fleet_printer_paper_near_end", "1 if its paper nears the end."
        )
        self.waiting = gauge("bonfire_fleet_printer_waiting_jobs", "Jobs that wait for it.")

    def start_at_zero(self, *labels: str) -> None:
        for series in (self.ready, self.lost, self.near_end, self.waiting):
            series.labels(*labels)

    def say(self, state: PrinterState, *labels: str) -> None:
        self.ready.labels(*labels).set(state.ready)
        self.lost.labels(*labels).set(_stamp(state.lost_at))
        self.near_end.labels(*labels).set(state.near_end)
        self.waiting.labels(*labels).set(_count(state.waiting))


class _Agents:
    """Series of one print host each."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, words: str) -> Gauge:
            return Gauge(name, words, ("agent",), registry=registry)

        self.info = Gauge(
            "bonfire_agent_info",
            "1 for each print host of the configuration, and location that it prints for.",
            ("agent", "location"),
            registry=registry,
        )
        self.heard = gauge(
            "bonfire_agent_heartbeat_timestamp_seconds",
            "When its last heartbeat arrived; 0 before the first one.",
        )
        self.started = gauge(
            "bonfire_agent_start_timestamp_seconds", "When it was started; 0 while unknown."
        )
        self.waiting = gauge("bonfire_agent_waiting_jobs", "Jobs that wait for a printer.")
        self.oldest = gauge(
            "bonfire_agent_oldest_waiting_timestamp_seconds",
            "When the oldest waiting job was due; 0 while none waits.",
        )

    def start_at_zero(self, agent: str) -> None:
        for series in (self.heard, self.started, self.waiting, self.oldest):
            series.labels(agent)

    def say(self, heartbeat: Heartbeat, at: datetime) -> None:
        agent = heartbeat.instance
        self.heard.labels(agent).set(at.timestamp())
        self.started.labels(agent).set(_stamp(heartbeat.started_at))
        self.waiting.labels(agent).set(_count(heartbeat.backlog))
        self.oldest.labels(agent).set(_stamp(heartbeat.oldest_waiting_at))


class NotifierMetrics:
    """Series of the notifier, for the print hosts that its configuration names."""

    def __init__(self, registry: CollectorRegistry, config: Config) -> None:
        self.breaker = BreakerSeries(registry, (SMTP,))
        self._known = {
            (location.agent, printer.id): location.id
            for location in config.locations
            for printer in location.printers
        }
        self._agents = _Agents(registry)
        self._printers = _Printers(registry)
        self._types = event_types()
        self._received = Counter(
            "bonfire_events_received_total", "Events, each once.", ("type",), registry=registry
        )
        self._open = Gauge(
            "bonfire_incidents_open", "Incidents that go on.", ("type",), registry=registry
        )
        self._notifications = Counter(
            "bonfire_notifications_total",
            "Notifications that ended, by how.",
            ("type", "result"),
            registry=registry,
        )
        self._seconds = Histogram(
            "bonfire_notification_seconds",
            "From what happened to the mail server's word that it has the mail.",
            buckets=MAIL_BUCKETS,
            registry=registry,
        )
        self._waiting = Gauge(
            "bonfire_notifications_waiting", "Mails that no server took yet.", registry=registry
        )
        self._start_at_zero(config)

    def _start_at_zero(self, config: Config) -> None:
        for type_ in (*self._types, OTHER):
            self._received.labels(type_)
        for incident in IncidentType:
            self._open.labels(incident.value)
            for result in Result:
                self._notifications.labels(incident.value, result.value)
        for location in config.locations:
            self._agents.info.labels(location.agent, location.id).set(1)
        for agent in config.agents:
            self._agents.start_at_zero(agent)
        for (agent, printer), location_id in self._known.items():
            self._printers.start_at_zero(agent, location_id, printer)

    def received(self, event: Event) -> None:
        known = not isinstance(event, UnknownEvent) and event.type in self._types
        self._received.labels(event.type if known else OTHER).inc()

    def heard(self, heartbeat: Heartbeat, at: datetime) -> None:
        """Of a print host of the configuration, and of its printers that we know."""
        self._agents.say(heartbeat, at)
        for state in heartbeat.printers:
            location = self._known.get((heartbeat.instance, state.id))
            if location is not None:
                self._printers.say(state, heartbeat.instance, location, state.id)

    def open_incidents(self, found: Mapping[IncidentType, int]) -> None:
        for incident in IncidentType:
            self._open.labels(incident.value).set(found.get(incident, 0))

    def judged(self, verdict: Verdict) -> None:
        was_open = verdict.before is not None and verdict.before.open
        self._open.labels(verdict.after.type.value).inc(verdict.after.open - was_open)

    def ended(self, type_: IncidentType, result: Result) -> None:
        self._notifications.labels(type_.value, result.value).inc()

    def accepted(self, seconds: float) -> None:
        """Less than 0 only where the wall clock was set back."""
        self._seconds.observe(max(0.0, seconds))

    def waiting(self, notifications: int) -> None:
        self._waiting.set(notifications)

    def queued(self, notifications: int) -> None:
        self._waiting.inc(notifications)


def _stamp(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()


def _count(number: int) -> float:
    """A number that no float can hold is as wrong as one below zero."""
    return float(min(max(number, 0), 1_000_000_000))
