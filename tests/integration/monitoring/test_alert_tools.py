"""Rules and routes before Debian 12's tools, the oldest that we support, and before newer ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from bonfire.alert_routes import files
from bonfire.config import Config
from tests.support import configs
from tests.support.monitoring import (
    ALERTMANAGER,
    PROMETHEUS,
    VERSIONS,
    alerts,
    rule_files,
    run,
    tool,
)

TEMPLATES = ALERTMANAGER / "templates" / "*.tmpl"
every_version = pytest.mark.parametrize("version", VERSIONS)
TROUBLE: Final[Mapping[str, Any]] = {
    "labels": {"alertname": "PrinterDown", "location": "altstadt", "severity": "critical"},
    "startsAt": "2026-05-01T18:00:00Z",
}


@every_version
def test_every_rule_is_valid_and_nothing_about_it_is_doubtful(version):
    run(tool("promtool", version), "check", "rules", "--lint=all", "--lint-fatal", *rule_files())


@every_version
def test_every_alert_behaves_as_its_tests_say(version):
    run(tool("promtool", version), "test", "rules", *sorted((PROMETHEUS / "tests").glob("*.yaml")))


@every_version
def test_prometheus_takes_its_configuration(version):
    run(tool("promtool", version), "check", "config", PROMETHEUS / "prometheus.yml")


@every_version
def test_alertmanager_takes_the_committed_configuration(version):
    said = run(tool("amtool", version), "check-config", ALERTMANAGER / "alertmanager.yml")

    assert "FAILED" not in said


@every_version
@pytest.mark.parametrize("severity", ["critical", "warning"])
@pytest.mark.parametrize("location", ["altstadt", "hafen"])
def test_every_location_leads_to_its_operators(version, location, severity, tmp_path):
    routes = written(chain(), tmp_path)

    run(*routes_test(version, routes, f"operators-{location}", severity), f"location={location}")


@every_version
@pytest.mark.parametrize("severity", ["critical", "warning"])
@pytest.mark.parametrize("labels", [[], ["location=elsewhere"]])
def test_what_belongs_to_no_location_is_told_too(version, severity, labels, tmp_path):
    routes = written(chain(), tmp_path)

    run(*routes_test(version, routes, "operators", severity), *labels)


@every_version
def test_the_watchdog_reaches_nobody(version):
    routes = ALERTMANAGER / "alertmanager.yml"

    run(*routes_test(version, routes, "dead-mans-switch", "none"), "alertname=Watchdog")


@every_version
def test_a_mail_says_what_is_wrong_when_its_alert_began_and_what_to_do_first(version, tmp_path):
    text = rendered("text", version, tmp_path, firing=1)

    assert text.split("\n") == [
        "A printer has not been ready for more than three minutes.",
        "",
        "What is wrong:",
        "- Printer kitchen-1 <at> altstadt is not ready.",
        "  This alert began 1 May 18:00 UTC.",
        "",
        "What to do first:",
        f"  {alerts()['PrinterDown']['annotations']['action']}",
        "",
        "Step by step: docs/runbooks/PrinterDown.md",
    ]


@every_version
def test_a_mail_says_what_is_over(version, tmp_path):
    text = rendered("text", version, tmp_path, resolved=1)

    assert "What is over:\n- Printer kitchen-1 <at> altstadt is not ready.\n" in text
    assert "This alert lasted from 1 May 18:00 UTC to 1 May 18:07 UTC." in text
    assert "What is wrong" not in text
    assert "What to do first" not in text


@every_version
@pytest.mark.parametrize(
    ("counts", "begins"),
    [
        ({"firing": 1}, "Urgent: "),
        ({"firing": 1, "resolved": 1}, "Urgent: "),
        ({"resolved": 1}, "Over: "),
    ],
)
def test_the_subject_names_the_restaurant_as_people_call_it(version, counts, begins, tmp_path):
    subject = rendered("subject", version, tmp_path, **counts)

    summary = alerts()["PrinterDown"]["annotations"]["summary"]
    assert subject == f"{begins}Gasthaus Bosco Altstadt: {summary}"


@every_version
@pytest.mark.parametrize("counts", [{"firing": 2}, {"firing": 1, "resolved": 1}, {"resolved": 2}])
def test_the_html_says_the_same_and_holds_no_foreign_markup(version, counts, tmp_path):
    page = rendered("html", version, tmp_path, **counts)

    assert page.count("Printer kitchen-1 &lt;at&gt; altstadt is not ready.") == 2
    assert ("What to do first" in page) == ("firing" in counts)
    assert ("This alert lasted from 1 May 18:00 UTC to 1 May 18:07 UTC." in page) == (
        "resolved" in counts
    )
    assert "docs/runbooks/PrinterDown.md" in page


@every_version
def test_a_mail_leads_to_the_runbook_and_the_dashboard_of_its_restaurant(version, tmp_path):
    monitoring = {
        "grafana_url": "https://grafana.example",
        "runbooks_url": "https://docs.example/r",
    }
    folder = written(chain(monitoring=monitoring), tmp_path / "site").parent

    text = rendered("text", version, tmp_path, folder, firing=1)
    page = rendered("html", version, tmp_path, folder, firing=1)

    assert "Step by step: https://docs.example/r/PrinterDown.md\n" in text
    assert "https://grafana.example/d/bonfire-today?var-location=altstadt" in text
    assert '<a href="https://docs.example/r/PrinterDown.md">Step by step</a>' in page
    assert 'href="https://grafana.example/d/bonfire-today?var-location=altstadt"' in page


@every_version
@pytest.mark.parametrize("location", [{}, {"location": "-"}])
def test_a_mail_about_no_restaurant_leads_to_the_dashboard_of_all(version, location, tmp_path):
    monitoring = {"grafana_url": "https://grafana.example"}
    folder = written(chain(monitoring=monitoring), tmp_path / "site").parent
    labels = {"alertname": "ServiceDown", "severity": "critical", **location}

    text = rendered("text", version, tmp_path, folder, labels, firing=1)
    page = rendered("html", version, tmp_path, folder, labels, firing=1)

    assert text.endswith("How it stands: https://grafana.example/d/bonfire-today")
    assert 'href="https://grafana.example/d/bonfire-today"' in page


def chain(**more: object) -> Config:
    """Two restaurants with an operator each."""
    people = [
        {"name": name, "email": f"{name}@bosco.example", "role": "operator", "locations": [name]}
        for name in ("altstadt", "hafen")
    ]
    mail = {"host": "mail.bosco.example", "sender": "bonfire@bosco.example"}
    places = configs.location("altstadt"), configs.location("hafen")
    return configs.config(*places, people=people, mail=mail, **more)


def written(config: Config, folder: Path) -> Path:
    """Where `alertmanager.yml` is, with all its templates."""
    for name, text in files(config).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    mail = (ALERTMANAGER / "templates" / "mail.tmpl").read_text("utf-8")
    (folder / "templates" / "mail.tmpl").write_text(mail, "utf-8")
    return folder / "alertmanager.yml"


def routes_test(version: str, routes: Path, receiver: str, severity: str) -> list[str]:
    """The command that succeeds if an alert of this severity goes to this receiver alone."""
    verify = [f"--config.file={routes}", f"--verify.receivers={receiver}"]
    return [tool("amtool", version), "config", "routes", "test", *verify, f"severity={severity}"]


def rendered(
    template: str,
    version: str,
    scratch: Path,
    folder: Path | None = None,
    labels: Mapping[str, str] = TROUBLE["labels"],
    *,
    firing: int = 0,
    resolved: int = 0,
) -> str:
    """A part of the mail about printers, in the words of the example or of a site's folder."""
    notes = alerts()["PrinterDown"]["annotations"]
    said = {**notes, "description": "Printer kitchen-1 <at> altstadt is not ready."}
    burning = {**TROUBLE, "status": "firing", "annotations": said, "endsAt": "0001-01-01T00:00:00Z"}
    over = {**burning, "status": "resolved", "endsAt": "2026-05-01T18:07:00Z"}
    data = {
        "status": "firing" if firing else "resolved",
        "alerts": [burning] * firing + [over] * resolved,
        "commonLabels": labels,
        "commonAnnotations": said,
    }
    path = scratch / "data.json"
    path.write_text(json.dumps(data), "utf-8")
    templates = folder / "templates" / "*.tmpl" if folder else TEMPLATES
    return run(
        tool("amtool", version),
        "template",
        "render",
        f"--template.glob={templates}",
        f'--template.text={{{{ template "bonfire.{template}" . }}}}',
        f"--template.type={'html' if template == 'html' else 'text'}",
        f"--template.data={path}",
        environment={"TZ": "UTC"},
    ).removesuffix("\n")
