"""Series that exist from the first scrape on."""

from __future__ import annotations

from prometheus_client import generate_latest

from bonfire import __version__
from bonfire.errors import CLASS_OF, Reason, ReasonClass
from bonfire.metrics import BrokerSeries, OutboxSeries, new_registry


def test_a_new_registry_tells_what_runs():
    registry = new_registry("print-agent")
    labels = {"service": "print-agent", "version": __version__}
    assert registry.get_sample_value("bonfire_build_info", labels) == 1


def test_every_series_of_an_outbox_starts_at_zero():
    registry = new_registry("order-ingest")
    OutboxSeries(registry, ["oslo", "rome"])
    BrokerSeries(registry)
    text = generate_latest(registry).decode()
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    values = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in samples}
    values.pop(next(name for name in values if name.startswith("bonfire_build_info")))
    assert set(values.values()) == {0}
    possible = [
        reason for reason in Reason if CLASS_OF[reason] in (ReasonClass.BROKER, ReasonClass.STORE)
    ]
    for lane in ("oslo", "rome"):
        assert f'bonfire_outbox_waiting_messages{{lane="{lane}"}}' in values
        assert f'bonfire_outbox_publish_seconds_count{{lane="{lane}"}}' in values
        for reason in possible:
            series = f'bonfire_outbox_publish_failures_total{{lane="{lane}",reason="{reason}"}}'
            assert series in values
    assert not any("_created" in name for name in values)


def test_an_outbox_counts_what_it_tells():
    registry = new_registry("order-ingest")
    series = OutboxSeries(registry, ["oslo"])
    series.waiting("oslo", 3)
    series.published("oslo", 0.02)
    series.failed("oslo", Reason.PUBLISH_UNKNOWN)
    value = registry.get_sample_value
    assert value("bonfire_outbox_waiting_messages", {"lane": "oslo"}) == 3
    assert value("bonfire_outbox_publish_seconds_sum", {"lane": "oslo"}) == 0.02
    failed = {"lane": "oslo", "reason": "publish_unknown"}
    assert value("bonfire_outbox_publish_failures_total", failed) == 1
