"""Rules and dashboards name what the code measures, and the catalogue names all of it."""

from __future__ import annotations

import json
import re

import pytest

from deploy.prometheus import catalogue
from deploy.prometheus.catalogue import SERVICES, metrics, readers, series_in
from grafana.queries import queries
from tests.support.monitoring import ROOT, alerts, cases_of

PAGE = ROOT / "docs" / "metrics.md"
# What Prometheus itself says.
PROMETHEUS_OWN = {"up", "ALERTS"}
MEASURED = {name for service in SERVICES for m in metrics(service) for name in m.series}
BOARDS = sorted((ROOT / "grafana" / "dashboards").glob("*.json"))


def test_the_committed_catalogue_is_that_of_the_code():
    assert PAGE.read_text("utf-8") == catalogue.text(), "run: make alerts"


def test_the_command_writes_the_catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["catalogue", str(tmp_path / "metrics.md")])

    catalogue.main()

    assert (tmp_path / "metrics.md").read_text("utf-8") == catalogue.text()


@pytest.mark.parametrize("alert", sorted(alerts()))
def test_an_alert_reads_what_the_code_measures(alert):
    assert series_in(alerts()[alert]["expr"]) <= MEASURED | PROMETHEUS_OWN


@pytest.mark.parametrize("alert", sorted(alerts()))
def test_the_tests_of_an_alert_speak_of_what_the_code_measures(alert):
    series = [each["series"] for case in cases_of(alert) for each in case.get("input_series", ())]

    assert {re.split(r"[{ ]", each)[0] for each in series} <= MEASURED | PROMETHEUS_OWN


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.name)
def test_a_dashboard_reads_what_the_code_measures(path):
    for where, query in queries(json.loads(path.read_text("utf-8"))):
        assert series_in(query) <= MEASURED | PROMETHEUS_OWN, where


@pytest.mark.parametrize("service", SERVICES)
def test_every_metric_of_a_service_is_in_the_catalogue(service):
    page = PAGE.read_text("utf-8")

    assert [m.name for m in metrics(service) if f"| `{m.name}` |" not in page] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_metric_is_there_before_anything_happened(service):
    assert [m.name for m in metrics(service) if not m.series] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_metric_has_our_prefix_a_unit_and_a_sentence(service):
    for metric in metrics(service):
        assert re.fullmatch(r"bonfire_[a-z0-9_]+", metric.name)
        assert metric.meaning.endswith("."), metric.name
        assert ("_total" in metric.name) == (metric.kind == "counter"), metric.name


def test_the_same_name_means_the_same_in_every_service():
    meanings: dict[str, set[object]] = {}
    for service in SERVICES:
        for m in metrics(service):
            meanings.setdefault(m.name, set()).add((m.kind, m.meaning, tuple(m.labels)))

    assert {name: said for name, said in meanings.items() if len(said) > 1} == {}


def test_series_are_found_in_every_part_of_an_expression():
    query = "histogram_quantile(0.5, sum by (le) (rate(a_bucket[$__range]))) or absent(b) > c * 2"

    assert series_in(query) == {"a_bucket", "b", "c"}


def test_the_catalogue_knows_who_reads_a_metric():
    assert (
        "[OrderUnprinted](runbooks/OrderUnprinted.md)"
        in readers()["bonfire_ledger_oldest_open_job_timestamp_seconds"]
    )
