"""What the agent measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.metrics import FAST_BUCKETS
from print_agent.domain.entry import Entry
from print_agent.printers import Outcome

PAPER_BUCKETS = (0.5, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 7200.0)


class Receipt(StrEnum):
    """What became of a message at the agent's door."""

    NEW = "new"
    KNOWN = "known"
    UNREADABLE = "unreadable"
    UNKNOWN_PRINTER = "unknown_printer"


class AgentMetrics:
    """Series for the printers that the configuration names; the chassis has those of its own."""

    def __init__(self, registry: CollectorRegistry, printers: Iterable[str]) -> None:
        self._received = Counter(
            "bonfire_jobs_received_total", "Copies of jobs.", ("result",), registry=registry
        )
        self._attempts = Counter(
            "bonfire_ticket_attempts_total",
            "Tickets sent to a printer, by how that ended.",
            ("printer", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "bonfire_ticket_print_seconds",
            "From the first byte to the printer's word.",
            ("printer",),
            buckets=FAST_BUCKETS,
            registry=registry,
        )
        self._to_paper = Histogram(
            "bonfire_job_to_paper_seconds",
            "From the moment a job was due to its confirmed ticket.",
            ("printer",),
            buckets=PAPER_BUCKETS,
            registry=registry,
        )
        self._dead = Counter(
            "bonfire_jobs_dead_total",
            "Jobs that need a person.",
            ("printer", "reason"),
            registry=registry,
        )
        self._ready = Gauge(
            "bonfire_printer_ready",
            "1 if it was ready when last asked.",
            ("printer",),
            registry=registry,
        )
        self._near_end = Gauge(
            "bonfire_printer_paper_near_end",
            "1 if its paper nears the end.",
            ("printer",),
            registry=registry,
        )
        self._trouble = Counter(
            "bonfire_printer_troubles_total",
            "Troubles of a printer, each once while it is lost.",
            ("printer", "reason"),
            registry=registry,
        )
        self._waiting = Gauge(
            "bonfire_printer_waiting_jobs", "Jobs that wait.", ("printer",), registry=registry
        )
        self._oldest = Gauge(
            "bonfire_printer_oldest_job_timestamp_seconds",
            "When the oldest waiting job was due; 0 while none waits.",
            ("printer",),
            registry=registry,
        )
        self._start_at_zero(printers)

    def _start_at_zero(self, printers: Iterable[str]) -> None:
        for receipt in Receipt:
            self._received.labels(receipt.value)
        for printer in printers:
            for outcome in Outcome:
                self._attempts.labels(printer, outcome.value)
            for reason in reasons_of(ReasonClass.PRINTER):
                self._trouble.labels(printer, reason.value)
            for reason in reasons_of(ReasonClass.PERMANENT):
                self._dead.labels(printer, reason.value)
            for series in (self._seconds, self._to_paper):
                series.labels(printer)
            for gauge in (self._ready, self._near_end, self._waiting, self._oldest):
                gauge.labels(printer)

    def received(self, receipt: Receipt) -> None:
        self._received.labels(receipt.value).inc()

    def attempted(self, printer: str, outcome: Outcome, seconds: float) -> None:
        self._attempts.labels(printer, outcome.value).inc()
        if outcome in (Outcome.CONFIRMED, Outcome.WEAK):
            self._seconds.labels(printer).observe(seconds)

    def printed(self, printer: str, seconds_since_due: float) -> None:
        """Less than 0 only where the clocks of two machines disagree."""
        self._to_paper.labels(printer).observe(max(0.0, seconds_since_due))

    def dead(self, printer: str, reason: Reason) -> None:
        self._dead.labels(printer, reason.value).inc()

    def ready(self, printer: str) -> None:
        self._ready.labels(printer).set(1)

    def near_end(self, printer: str, *, near_end: bool) -> None:
        self._near_end.labels(printer).set(near_end)

    def trouble(self, printer: str, reason: Reason) -> None:
        self._ready.labels(printer).set(0)
        self._trouble.labels(printer, reason.value).inc()

    def waiting(self, printer: str, queue: Sequence[Entry]) -> None:
        self._waiting.labels(printer).set(len(queue))
        oldest = queue[0].job.due_at.timestamp() if queue else 0.0
        self._oldest.labels(printer).set(oldest)
