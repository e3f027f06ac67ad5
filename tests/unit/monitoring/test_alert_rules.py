"""What every alert rule owes whoever is woken by it. Their behaviour is tested by promtool."""

from __future__ import annotations

import re
from itertools import chain

import pytest
import yaml

from bonfire.alert_routes import files
from bonfire.config import load
from tests.support.monitoring import PROMETHEUS, ROOT, RUNBOOKS, alerts, cases_of, seconds

SEVERITIES = {"critical", "warning", "none"}
# What an alert has to be tested for; the name of a test begins with it.
CASES = ("fires", "not before for", "quiet when healthy", "quiet when the premise is missing")
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
TOLD_WITHIN_S = 300  # design.md, I9
# What some expressions wait for by themselves, before `for` begins. OrderUnprinted is not among
# them: "an order unprinted for more than 3 minutes" is the promise itself; its time begins then.
WAITED_S = {"AgentSilent": 60}
ALERTS = alerts()

every_alert = pytest.mark.parametrize("alert", sorted(ALERTS))


@every_alert
def test_it_says_what_is_wrong_what_to_do_and_where_to_read_more(alert):
    notes = ALERTS[alert]["annotations"]

    assert set(notes) == {"summary", "description", "action", "runbook_url"}
    for sentence in (notes["summary"], notes["description"], notes["action"]):
        assert sentence[0].isupper() or sentence.startswith("{{")
        assert sentence.endswith((".", "?"))
    assert "{{" not in notes["summary"], "a summary is the same for all of a group"
    assert "{{" not in notes["action"]


@every_alert
def test_its_severity_is_of_the_closed_vocabulary(alert):
    assert set(ALERTS[alert]["labels"]) == {"severity"}
    assert ALERTS[alert]["labels"]["severity"] in SEVERITIES


@every_alert
def test_its_runbook_is_there_and_answers_the_four_questions(alert):
    path = RUNBOOKS / f"{alert}.md"

    assert ALERTS[alert]["annotations"]["runbook_url"] == str(path.relative_to(ROOT))
    assert re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE) == HEADINGS
    assert path.read_text("utf-8").startswith(f"# {alert}\n")


@every_alert
def test_every_label_in_its_words_survives_its_expression(alert):
    words = " ".join(ALERTS[alert]["annotations"].values())
    named = set(re.findall(r"\$labels\.(\w+)", words))
    fired = [
        exp["exp_labels"]
        for case in cases_of(alert)
        for check in case["alert_rule_test"]
        for exp in check["exp_alerts"]
    ]

    assert named <= set(chain.from_iterable(fired))


@every_alert
def test_it_is_tested_in_all_four_ways(alert):
    names = [case["name"] for case in cases_of(alert)]
    due = ("fires",) if alert == "Watchdog" else CASES

    assert len(set(names)) == len(names)
    for kind in due:
        assert any(name.startswith(f"{kind}: ") for name in names), f"no test: {kind}"


@every_alert
def test_its_tests_expect_what_their_names_say(alert):
    for case in cases_of(alert):
        for check in case["alert_rule_test"]:
            assert check["alertname"] == alert
            assert bool(check["exp_alerts"]) == case["name"].startswith("fires: "), case["name"]


def test_every_file_of_tests_belongs_to_an_alert():
    assert {path.stem for path in (PROMETHEUS / "tests").glob("*.yaml")} == set(ALERTS)


def test_every_runbook_belongs_to_an_alert():
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(ALERTS)


def test_the_pods_that_runbooks_name_are_those_of_our_manifests():
    named = {
        pod
        for path in RUNBOOKS.glob("*.md")
        for pod in re.findall(r"\b([a-z][a-z-]+)-0\b", path.read_text("utf-8"))
    }
    manifests = [
        path.read_text("utf-8") for path in (ROOT / "deploy/k3s").rglob("statefulset.yaml")
    ]
    sets = {yaml.safe_load(text)["metadata"]["name"] for text in manifests}

    # A print host's pod has its id behind the name.
    assert {re.sub(r"^(print-agent)-.+", r"\1", pod) for pod in named} <= sets


@every_alert
def test_a_critical_alert_is_in_the_mail_within_five_minutes(alert):
    rule = ALERTS[alert]
    if rule["labels"]["severity"] != "critical":
        return
    every = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]
    routes = yaml.safe_load(files(load(ROOT / "bonfire.example.toml"))["alertmanager.yml"])
    steps = [
        every["scrape_interval"],
        every["evaluation_interval"],
        rule["for"],
        # The end of `for` is only noticed at an evaluation.
        every["evaluation_interval"],
        routes["route"]["group_wait"],
    ]

    assert sum(map(seconds, steps)) + WAITED_S.get(alert, 0) <= TOLD_WITHIN_S


def test_no_alert_is_lost_between_prometheus_and_its_reader():
    prometheus = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))

    assert prometheus["rule_files"] == ["rules/*.yaml"]
    assert prometheus["alerting"]["alertmanagers"]
    assert [job["job_name"] for job in prometheus["scrape_configs"]] == [
        "order-ingest",
        "notifier",
        "print-agent",
    ]
