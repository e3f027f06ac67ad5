"""Series that every service has. All label sets start at zero, so that nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from bonfire import __version__
from bonfire.errors import Reason, ReasonClass, reasons_of

# The goals are written into the buckets: 10 and 40 ms to the printer, 300 ms to answer.
FAST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.1, 0.3, 1.0, 3.0, 10.0)


def new_registry(service: str) -> CollectorRegistry:
    """An empty registry with `bonfire_build_info`."""
    # Created-series double every counter, and nobody reads them. (The library lacks its type.)
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    info = Gauge("bonfire_build_info", "Always 1.", ("service", "version"), registry=registry)
    info.labels(service, __version__).set(1)
    return registry


class ServiceSeries:
    """Does the process do its work."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.unusable = Gauge(
            "bonfire_service_unusable",
            "1 while it waits for somebody to mend what keeps it from starting.",
            registry=registry,
        )
        self.ready = Gauge(
            "bonfire_service_ready", "1 while nothing keeps it from its work.", registry=registry
        )
        self.started = Gauge(
            "bonfire_service_start_timestamp_seconds",
            "When this run began; 0 before that.",
            registry=registry,
        )


class BrokerSeries:
    """Is the broker there."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.connected = Gauge(
            "bonfire_broker_connected",
            "1 while both connections to the broker are up.",
            registry=registry,
        )
        self.missing = Gauge(
            "bonfire_topology_missing_objects",
            "Exchanges and queues that the broker lacks.",
            registry=registry,
        )


class OutboxSeries:
    """Implements `bonfire.outbox.OutboxMetrics`."""

    def __init__(self, registry: CollectorRegistry, lanes: Iterable[str]) -> None:
        self._seconds = Histogram(
            "bonfire_outbox_publish_seconds",
            "From the start of a publish to the broker's confirm.",
            ("lane",),
            buckets=FAST_BUCKETS,
            registry=registry,
        )
        self._failures = Counter(
            "bonfire_outbox_publish_failures_total",
            "Publishes that ended without a confirm; each is repeated.",
            ("lane", "reason"),
            registry=registry,
        )
        self._waiting = Gauge(
            "bonfire_outbox_waiting_messages",
            "Committed messages that the broker has not confirmed yet.",
            ("lane",),
            registry=registry,
        )
        for lane in lanes:
            self._seconds.labels(lane)
            self._waiting.labels(lane)
            for reason in reasons_of(ReasonClass.BROKER, ReasonClass.STORE):
                self._failures.labels(lane, reason.value)

    def published(self, lane: str, seconds: float) -> None:
        self._seconds.labels(lane).observe(seconds)

    def failed(self, lane: str, reason: Reason) -> None:
        self._failures.labels(lane, reason.value).inc()

    def waiting(self, lane: str, messages: int) -> None:
        self._waiting.labels(lane).set(messages)
