"""What order-ingest measures."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.messages import NOWHERE
from bonfire.metrics import FAST_BUCKETS
from bonfire.order import AlertCode
from order_ingest.domain.dead_letter import REASONS
from order_ingest.ledger import Figures, Result

PAPER_BUCKETS = (0.5, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 7200.0)


class Door(StrEnum):
    WIX = "wix"
    API = "api"


class Ignored(StrEnum):
    """Why an event about a job changed nothing."""

    UNKNOWN_TYPE = "unknown_type"  # its agent is newer than we are
    MISATTRIBUTED = "misattributed"  # its sender does not speak for this job


IGNORED = "ignored"  # an event that is of no concern to a kitchen
_REFUSALS = (
    *reasons_of(ReasonClass.INPUT, ReasonClass.STORE),
    Reason.CONFIG_INVALID,
    Reason.INTERNAL_ERROR,
)


class IngestMetrics:
    """Series for the locations that the configuration names; the chassis has those of its own."""

    def __init__(self, registry: CollectorRegistry, locations: Iterable[str]) -> None:
        self._add_doors(registry)
        self._add_tickets(registry)
        self._start_at_zero(locations)

    def _add_doors(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        self._received = counter(
            "bonfire_orders_received_total",
            "Orders that came in at a door, by what became of them.",
            ("door", "result"),
        )
        self._refused = counter(
            "bonfire_requests_refused_total",
            "Requests that were not accepted; nothing of them is stored.",
            ("door", "reason"),
        )
        self._malformed = counter(
            "bonfire_requests_malformed_total",
            "What came to the public port and was no HTTP at all.",
        )
        self._seconds = Histogram(
            "bonfire_request_seconds",
            "From the request's header to its answer.",
            ("door",),
            buckets=FAST_BUCKETS,
            registry=registry,
        )
        self._stale_tokens = counter(
            "bonfire_wix_stale_tokens_total",
            "Accepted webhooks whose `exp` had passed, as in a late retry.",
        )
        self._alerts = counter(
            "bonfire_order_alerts_total",
            "Things in orders that could not be read: CHECK ORDER ONLINE.",
            ("code",),
        )

    def _add_tickets(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        self._placed = counter(
            "bonfire_orders_placed_total",
            "New orders with something to print; an order counts once.",
            ("location",),
        )
        self._jobs = counter("bonfire_jobs_created_total", "Tickets to print.", ("location",))
        self._closed = counter(
            "bonfire_jobs_closed_total",
            "Jobs that are printed or given up.",
            ("location", "state"),
        )
        self._to_paper = Histogram(
            "bonfire_order_to_paper_seconds",
            "From the acceptance of an order to a confirmed ticket of a station that cooks.",
            ("location",),
            buckets=PAPER_BUCKETS,
            registry=registry,
        )
        self._changed = counter(
            "bonfire_orders_changed_after_release_total",
            "Orders that were changed or cancelled after their tickets had gone out.",
            ("location",),
        )
        self._unreadable = counter(
            "bonfire_events_unreadable_total",
            "Events that went to the dead letters.",
            ("reason",),
        )
        self._ignored = counter(
            "bonfire_events_ignored_total",
            "Events about jobs that changed nothing in the ledger, by why.",
            ("reason",),
        )
        self._last_order = Gauge(
            "bonfire_last_order_timestamp_seconds",
            "When the newest order of this run was accepted; 0 before its first.",
            ("location",),
            registry=registry,
        )

    def _start_at_zero(self, locations: Iterable[str]) -> None:
        for door in Door:
            self._seconds.labels(door.value)
            for result in (*(result.value for result in Result), IGNORED):
                self._received.labels(door.value, result)
            for reason in _REFUSALS:
                self._refused.labels(door.value, reason.value)
        for code in AlertCode:
            self._alerts.labels(code.value)
        for reason in (Reason.UNREADABLE_MESSAGE, Reason.UNKNOWN_VERSION):
            self._unreadable.labels(reason.value)
        for why in Ignored:
            self._ignored.labels(why.value)
        for location in locations:
            for state in ("printed", "dead"):
                self._closed.labels(location, state)
            self._placed.labels(location)
            self._jobs.labels(location)
            self._to_paper.labels(location)
            self._changed.labels(location)
            self._last_order.labels(location)

    def received(self, door: Door, result: str) -> None:
        self._received.labels(door.value, result).inc()

    def refused(self, door: Door, reason: Reason) -> None:
        self._refused.labels(door.value, reason.value).inc()

    def malformed(self) -> None:
        self._malformed.inc()

    def answered(self, door: Door, seconds: float) -> None:
        self._seconds.labels(door.value).observe(seconds)

    def stale_token(self) -> None:
        self._stale_tokens.inc()

    def alerts(self, codes: Iterable[AlertCode]) -> None:
        for code in codes:
            self._alerts.labels(code.value).inc()

    def accepted(self, location: str, jobs: int, at: float) -> None:
        self._placed.labels(location).inc()
        self._jobs.labels(location).inc(jobs)
        self._last_order.labels(location).set(at)

    def changed_after_release(self, location: str) -> None:
        self._changed.labels(location).inc()

    def unreadable_event(self, reason: Reason) -> None:
        self._unreadable.labels(reason.value).inc()

    def ignored_event(self, why: Ignored) -> None:
        self._ignored.labels(why.value).inc()

    def closed(self, location: str, state: str) -> None:
        self._closed.labels(location, state).inc()

    def reached_the_cooks(self, location: str, seconds: float) -> None:
        """A station ticket: no guest goes hungry for want of a bag slip."""
        self._to_paper.labels(location).observe(seconds)

    def gave_up(self, location: str) -> None:
        """A job died without a word of its agent."""
        self._closed.labels(location, "dead").inc()


class LedgerSeries:
    """How much waits in the ledger. What belongs to no location that we know counts at `-`.

    Before the first `show` the gauges say nothing: a 0 after each start would tell whoever judges
    them that the order that waits has printed.
    """

    def __init__(self, registry: CollectorRegistry, locations: Iterable[str]) -> None:
        gauge = partial(Gauge, labelnames=("location",), registry=registry)
        self._locations = (*locations, NOWHERE)
        self._open = gauge(
            "bonfire_ledger_open_jobs", "Tickets that are neither printed nor given up."
        )
        self._oldest = gauge(
            "bonfire_ledger_oldest_open_job_timestamp_seconds",
            "Since when the oldest of them is due; 0 where there is none.",
        )
        self._dead = gauge("bonfire_dead_letters", "Dead letters that wait for a person.")
        self._letters = Counter(
            "bonfire_dead_letters_received_total",
            "Dead letters that came in, also those whose ticket had gone on.",
            ("location", "reason"),
            registry=registry,
        )
        for location in self._locations:
            for reason in REASONS:
                self._letters.labels(location, reason)

    def dead_letter(self, location: str, reason: str) -> None:
        """`reason` is one of `REASONS`."""
        self._letters.labels(self._known(location), reason).inc()

    def show(self, figures: Iterable[Figures]) -> None:
        """All of them: a location that is not among them has nothing waiting."""
        by_location = {location: Figures(location) for location in self._locations}
        for one in figures:
            location = self._known(one.location)
            by_location[location] = by_location[location].plus(one)
        for location, total in by_location.items():
            oldest = total.oldest_due_at
            self._open.labels(location).set(total.open_jobs)
            self._oldest.labels(location).set(oldest.timestamp() if oldest is not None else 0)
            self._dead.labels(location).set(total.dead_letters)

    def _known(self, location: str) -> str:
        return location if location in self._locations else NOWHERE
