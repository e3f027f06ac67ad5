from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from bonfire.errors import CLASS_OF, Reason, ReasonClass
from bonfire.order import AlertCode
from bonfire.web.problem import STATUS_OF
from order_ingest.ledger import Result
from order_ingest.metrics import Door, IngestMetrics


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
