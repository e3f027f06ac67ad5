from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from bonfire.errors import CLASS_OF, Reason, ReasonClass
from bonfire.order import AlertCode
from bonfire.web.problem import STATUS_OF
from order_ingest.domain.dead_letter import REASONS
from order_ingest.ledger import Figures, Result
from order_ingest.metrics import Door, IngestMetrics, LedgerSeries


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    IngestMetrics(registry, ["altstadt", "hafen"])
    return registry


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize(
    "reason", [*STATUS_OF, *(r for r in Reason if CLASS_OF[r] is ReasonClass.STORE)]
)
def test_every_refusal_that_a_door_can_give_starts_at_zero(registry, door, reason):
    labels = {"door": door.value, "reason": reason.value}

    assert registry.get_sample_value("bonfire_requests_refused_total", labels) == 0


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("result", [*(result.value for result in Result), "ignored"])
def test_every_result_starts_at_zero(registry, door, result):
    labels = {"door": door.value, "result": result}

    assert registry.get_sample_value("bonfire_orders_received_total", labels) == 0


@pytest.mark.parametrize("code", AlertCode)
def test_every_alert_starts_at_zero(registry, code):
    assert registry.get_sample_value("bonfire_order_alerts_total", {"code": code.value}) == 0


@pytest.mark.parametrize("location", ["altstadt", "hafen"])
@pytest.mark.parametrize(
    "name",
    [
        "bonfire_jobs_created_total",
        "bonfire_orders_placed_total",
        "bonfire_order_to_paper_seconds_count",
        "bonfire_orders_changed_after_release_total",
        "bonfire_last_order_timestamp_seconds",
    ],
)
def test_every_location_starts_at_zero(registry, name, location):
    assert registry.get_sample_value(name, {"location": location}) == 0


@pytest.mark.parametrize("state", ["printed", "dead"])
def test_both_ends_of_a_job_start_at_zero(registry, state):
    labels = {"location": "hafen", "state": state}

    assert registry.get_sample_value("bonfire_jobs_closed_total", labels) == 0


def test_no_label_could_hold_an_order_or_a_person(registry):
    names = {
        label
        for family in registry.collect()
        for sample in family.samples
        for label in sample.labels
    }

    assert names <= {"door", "result", "reason", "code", "location", "state", "lane", "le"}


@pytest.fixture
def waiting() -> tuple[CollectorRegistry, LedgerSeries]:
    registry = CollectorRegistry()
    return registry, LedgerSeries(registry, ["altstadt", "hafen"])


@pytest.mark.parametrize("location", ["altstadt", "hafen", "-"])
@pytest.mark.parametrize(
    "name",
    [
        "bonfire_ledger_open_jobs",
        "bonfire_ledger_oldest_open_job_timestamp_seconds",
        "bonfire_dead_letters",
    ],
)
def test_no_location_has_figures_before_a_look_into_the_ledger(waiting, name, location):
    registry, series = waiting
    assert registry.get_sample_value(name, {"location": location}) is None

    series.show([])

    assert registry.get_sample_value(name, {"location": location}) == 0


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_a_dead_letter_starts_at_zero(waiting, reason):
    labels = {"location": "hafen", "reason": reason}

    assert waiting[0].get_sample_value("bonfire_dead_letters_received_total", labels) == 0


def test_what_belongs_to_a_location_that_is_gone_counts_nowhere_with_the_earlier_date(waiting):
    registry, series = waiting
    early, late = datetime(2026, 5, 12, tzinfo=UTC), datetime(2026, 5, 13, tzinfo=UTC)
    series.show([Figures("old", 2, late, dead_letters=1), Figures("", 1, early)])

    def value(name: str, location: str = "-") -> object:
        return registry.get_sample_value(name, {"location": location})

    assert value("bonfire_ledger_open_jobs") == 3
    assert value("bonfire_ledger_oldest_open_job_timestamp_seconds") == early.timestamp()
    assert value("bonfire_dead_letters") == 1
    series.show([])
    assert value("bonfire_ledger_open_jobs") == 0
    assert value("bonfire_ledger_oldest_open_job_timestamp_seconds") == 0
