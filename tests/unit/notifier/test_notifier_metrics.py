"""Every series is there from the start, and no sender can add one or break one."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from bonfire.messages import UnknownEvent
from bonfire.testing import START
from notifier.domain.incidents import IncidentType
from notifier.history import Result
from notifier.metrics import OTHER, NotifierMetrics, event_types
from tests.support.notifying import heartbeat, house, printer_event, printer_state


class Rig:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = NotifierMetrics(self.registry, house())

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"bonfire_{name}", labels)

    def series(self) -> int:
        return sum(len(metric.samples) for metric in self.registry.collect())


def test_every_label_set_is_there_from_the_start():
    rig = Rig()
    for agent in ("altstadt", "hafen"):
        assert rig.value("agent_info", agent=agent, location=agent) == 1
        for name in ("heartbeat", "start", "oldest_waiting"):
            assert rig.value(f"agent_{name}_timestamp_seconds", agent=agent) == 0
        assert rig.value("agent_waiting_jobs", agent=agent) == 0
        for printer in ("kitchen-1", "bar-1"):
            labels = {"agent": agent, "location": agent, "printer": printer}
            for name in ("ready", "lost_timestamp_seconds", "paper_near_end", "waiting_jobs"):
                assert rig.value(f"fleet_printer_{name}", **labels) == 0
    for type_ in (*event_types(), OTHER):
        assert rig.value("events_received_total", type=type_) == 0
    for incident in IncidentType:
        assert rig.value("incidents_open", type=incident.value) == 0
        for result in Result:
            labels = {"type": incident.value, "result": result.value}
            assert rig.value("notifications_total", **labels) == 0
    assert rig.value("notifications_waiting") == 0
    assert rig.value("notification_seconds_count") == 0
    assert rig.value("breaker_state", breaker="smtp") == 0


def test_the_known_types_of_event_are_those_of_the_messages():
    assert event_types() >= {
        "job.printed",
        "printer.lost",
        "service.started",
        "healing.done",
        "breaker.changed",
        "dead-letter.added",
    }
    assert "heartbeat" not in event_types()


def test_a_heartbeat_says_how_its_print_host_and_its_printers_are():
    rig = Rig()
    lost = printer_state("bar-1", ready=False, lost_at=START, waiting=2, near_end=True)
    beat = heartbeat(printer_state(), lost, backlog=2, oldest_waiting_at=START)
    rig.metrics.heard(beat, START)
    labels = {"agent": "altstadt", "location": "altstadt"}
    assert rig.value("fleet_printer_ready", printer="kitchen-1", **labels) == 1
    assert rig.value("fleet_printer_ready", printer="bar-1", **labels) == 0
    stamp = START.timestamp()
    assert rig.value("fleet_printer_lost_timestamp_seconds", printer="bar-1", **labels) == stamp
    assert rig.value("fleet_printer_paper_near_end", printer="bar-1", **labels) == 1
    assert rig.value("fleet_printer_waiting_jobs", printer="bar-1", **labels) == 2
    assert rig.value("agent_oldest_waiting_timestamp_seconds", agent="altstadt") == stamp
    assert rig.value("agent_waiting_jobs", agent="altstadt") == 2
    assert rig.value("agent_start_timestamp_seconds", agent="altstadt") == stamp - 3_600


def test_no_sender_can_add_a_series():
    rig = Rig()
    before = rig.series()
    rig.metrics.received(printer_event())
    rig.metrics.received(UnknownEvent(event_id="x", type="made up", at=START))
    rig.metrics.heard(heartbeat(printer_state("made-up"), printer_state()), START)
    assert rig.series() == before
    assert rig.value("events_received_total", type=OTHER) == 1
    rig.metrics.received(UnknownEvent(event_id="x", type="printer.lost", at=START))
    assert rig.value("events_received_total", type=OTHER) == 2


def test_numbers_that_cannot_be_break_nothing():
    rig = Rig()
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))
    state = printer_state(waiting=10**400, lost_at=first)
    beat = heartbeat(state, backlog=-5, oldest_waiting_at=last, started_at=first)
    rig.metrics.heard(beat, START)
    assert rig.value("agent_waiting_jobs", agent="altstadt") == 0
    rig.metrics.accepted(-3.0)
    assert rig.value("notification_seconds_sum") == 0
