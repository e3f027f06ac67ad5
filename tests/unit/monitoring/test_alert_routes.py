from __future__ import annotations

from typing import Any

import pytest
import yaml

from bonfire import alert_routes
from bonfire.alert_routes import NobodyIsTold, Surroundings, files, told
from bonfire.config import load
from grafana import today
from tests.support import configs
from tests.support.monitoring import ALERTMANAGER, ROOT, alerts

EXAMPLE = ROOT / "bonfire.example.toml"
BERTA = {"name": "Berta", "email": "berta@bosco.example"}
OTTO = {"name": "Otto", "email": "otto@bosco.example", "role": "operator"}
HANNA = {**OTTO, "name": "Hanna", "email": "hanna@bosco.example", "locations": ["hafen"]}
MAIL = {"host": "mail.bosco.example", "sender": "bonfire@bosco.example"}


def made(*people: dict[str, Any], mail: dict[str, Any] | None = MAIL, **surroundings: Any):
    """The routes of a chain of two restaurants, as Alertmanager reads them."""
    more = {"people": list(people), **({"mail": mail} if mail else {})}
    config = configs.config(configs.location("altstadt"), configs.location("hafen"), **more)
    return yaml.safe_load(files(config, Surroundings(**surroundings))["alertmanager.yml"])


def readers(routes: dict[str, Any], receiver: str) -> list[str]:
    (found,) = [each for each in routes["receivers"] if each["name"] == receiver]
    return [mail["to"] for mail in found["email_configs"]]


def test_the_committed_files_are_those_of_the_example():
    for name, text in files(load(EXAMPLE)).items():
        committed = (ALERTMANAGER / name).read_text("utf-8")
        assert committed == text, "run: make alerts"


def test_operators_are_told_of_their_locations_and_the_restaurants_people_are_not():
    routes = made(BERTA, OTTO, HANNA)

    assert readers(routes, "operators-altstadt") == ["otto@bosco.example"]
    assert readers(routes, "operators-hafen") == ["otto@bosco.example", "hanna@bosco.example"]


def test_what_belongs_to_no_location_goes_to_whoever_has_them_all():
    assert readers(made(OTTO, HANNA), "operators") == ["otto@bosco.example"]


def test_a_location_without_an_operator_goes_to_the_other_operators():
    routes = made(BERTA, HANNA)

    assert readers(routes, "operators-altstadt") == ["hanna@bosco.example"]
    assert readers(routes, "operators") == ["hanna@bosco.example"]


def test_without_any_operator_the_people_of_the_restaurants_are_told():
    config = configs.config(people=[BERTA])

    assert [person.name for person in told(config, "altstadt")] == ["Berta"]


def test_every_mail_says_when_it_is_over():
    receivers = made(OTTO, HANNA)["receivers"]
    mails = [mail for each in receivers for mail in each.get("email_configs", [])]

    assert len(mails) == 4
    assert all(mail["send_resolved"] for mail in mails)


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ({"port": 587}, ("mail.bosco.example:587", True)),
        ({"port": 465, "tls": "tls"}, ("mail.bosco.example:465", False)),
        ({"port": 25, "tls": "none"}, ("mail.bosco.example:25", False)),
        ({"host": "fd00::25"}, ("[fd00::25]:587", True)),
    ],
)
def test_the_mail_server_is_spoken_to_as_configured(mail, said):
    server = made(OTTO, mail={**MAIL, **mail})["global"]

    assert (server["smtp_smarthost"], server["smtp_require_tls"]) == said
    assert server["smtp_from"] == "bonfire@bosco.example"
    assert "smtp_auth_username" not in server
    assert "smtp_auth_password_file" not in server


def test_a_password_comes_from_a_file_and_is_never_in_the_configuration(tmp_path):
    mail = {**MAIL, "username": "bonfire"}

    server = made(OTTO, mail=mail, password_file=tmp_path / "secret")["global"]

    assert server["smtp_auth_username"] == "bonfire"
    assert server["smtp_auth_password_file"] == str(tmp_path / "secret")
    assert "smtp_auth_password" not in server


@pytest.mark.parametrize(
    ("people", "mail", "words"),
    [
        ([OTTO], None, "[mail] is missing"),
        ([], MAIL, "[[people]] is missing"),
        ([OTTO], {**MAIL, "tls": "tls", "port": 2465}, "on port 465 and nowhere else"),
        ([OTTO], {**MAIL, "tls": "starttls", "port": 465}, "on port 465 and nowhere else"),
    ],
)
def test_a_configuration_with_which_nobody_would_be_told_is_refused(people, mail, words):
    with pytest.raises(NobodyIsTold) as caught:
        made(*people, mail=mail)

    assert words in caught.value.detail


def test_the_watchdog_is_thrown_away_unless_somebody_outside_waits_for_it():
    switch = {"name": "dead-mans-switch", "webhook_configs": []}
    address = "https://hc.example/ping"

    assert switch in made(OTTO)["receivers"]
    hooks = made(OTTO, dead_mans_switch=address)["receivers"][1]["webhook_configs"]
    assert hooks == [{"url": address, "send_resolved": False}]


def test_every_alert_that_silences_or_is_silenced_exists():
    named = {
        name
        for rule in made(OTTO)["inhibit_rules"]
        for matcher in [*rule["source_matchers"], *rule["target_matchers"]]
        if matcher.startswith("alertname")
        for name in matcher.split('"')[1].split("|")
    }

    assert named <= set(alerts())


def test_what_reaches_guests_is_never_silenced():
    silenced = " ".join(
        matcher for rule in made(OTTO)["inhibit_rules"] for matcher in rule["target_matchers"]
    )

    assert "OrderUnprinted" not in silenced
    assert "DeadLetter" not in silenced


def test_names_and_addresses_of_the_site_are_in_its_templates():
    monitoring = {
        "grafana_url": "https://grafana.example",
        "runbooks_url": "https://docs.example/r",
    }
    place = configs.location("altstadt", name='Zum "Bosco" & Co')
    config = configs.config(place, people=[OTTO], mail=MAIL, monitoring=monitoring)

    site = files(config)["templates/site.tmpl"]

    assert r'{{"Zum \"Bosco\" & Co"}}' in site
    assert "https://docs.example/r/{{.CommonLabels.alertname}}.md" in site
    assert f"https://grafana.example/d/{today.UID}{{{{with .CommonLabels.location}}}}" in site


def test_no_mail_about_one_trouble_sends_another_again():
    assert made(OTTO)["route"]["group_by"] == ["..."]


def test_the_command_writes_the_files(tmp_path, monkeypatch):
    arguments = ["--password-file", "/secret", "--dead-mans-switch", "https://hc.example/ping"]
    monkeypatch.setattr("sys.argv", ["alert_routes", str(EXAMPLE), str(tmp_path), *arguments])

    assert alert_routes.main() == 0

    routes = (tmp_path / "alertmanager.yml").read_text("utf-8")
    assert '"/secret"' in routes
    assert '"https://hc.example/ping"' in routes
    assert (tmp_path / "templates" / "site.tmpl").exists()


@pytest.mark.parametrize("text", ["", '[organisation]\nid = "bosco"\n'])
def test_the_command_names_what_is_wrong_with_a_configuration(text, tmp_path, monkeypatch, capsys):
    broken = tmp_path / "bonfire.toml"
    broken.write_text(text)
    monkeypatch.setattr("sys.argv", ["alert_routes", str(broken), str(tmp_path)])

    assert alert_routes.main() == 78
    assert "bonfire.toml" in capsys.readouterr().err
    assert not (tmp_path / "alertmanager.yml").exists()
