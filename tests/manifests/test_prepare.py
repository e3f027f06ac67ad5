"""What an overlay needs and git never sees, made out of its bonfire.toml."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from bonfire.broker import topology
from bonfire.tokens import Scope, Tokens
from deploy.k3s import prepare
from tests.support.k3s_overlay import ROOT

SWITCH = "https://watch.example/bosco"
USERS = ["order-ingest", "notifier", "print-agent-altstadt"]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "bonfire.example.toml", tmp_path / "bonfire.toml")
    return tmp_path


def read(overlay: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    return {
        str(file.relative_to(overlay)): file.read_bytes()
        for file in overlay.rglob("*")
        if file.is_file()
    }


def routes(overlay: Path) -> str:
    return (overlay / "alertmanager/alertmanager.yml").read_text("utf-8")


def hashes(overlay: Path) -> dict[str, str]:
    known = json.loads((overlay / "secrets/rabbitmq/definitions.json").read_text("utf-8"))
    return {user["name"]: user["password_hash"] for user in known["users"]}


def test_the_broker_knows_every_user_by_the_password_in_the_service_s_address(
    overlay: Path,
) -> None:
    assert prepare.main([str(overlay)]) == 0
    known = json.loads((overlay / "secrets/rabbitmq/definitions.json").read_text("utf-8"))
    assert [user["name"] for user in known["users"]] == USERS
    for user in known["users"]:
        url = urlsplit((overlay / "secrets" / user["name"] / "amqp-url").read_text("utf-8"))
        assert (url.username, url.hostname, url.path.strip()) == (user["name"], "rabbitmq", "/")
        assert url.password is not None
        stored = base64.b64decode(user["password_hash"])
        assert stored[4:] == hashlib.sha256(stored[:4] + url.password.encode()).digest()
    assert [entry["user"] for entry in known["permissions"]] == USERS
    limited = {(entry["user"], entry["exchange"]) for entry in known["topic_permissions"]}
    assert limited == {(user, exchange) for user in USERS for exchange in topology.BY_TOPIC}


def test_no_password_is_the_same_as_another(overlay: Path) -> None:
    prepare.main([str(overlay)])
    urls = [(overlay / "secrets" / user / "amqp-url").read_text("utf-8") for user in USERS]
    assert len({urlsplit(url).password for url in urls}) == len(USERS)


def test_a_second_run_keeps_what_was_drawn_and_what_a_person_filled_in(overlay: Path) -> None:
    prepare.main([str(overlay)])
    (overlay / "secrets/order-ingest/wix-public-key").write_text("a key", "utf-8")
    before = read(overlay)
    prepare.main([str(overlay)])
    assert read(overlay) == before


def test_a_new_password_changes_the_hash_of_its_user_alone(overlay: Path) -> None:
    prepare.main([str(overlay)])
    before = hashes(overlay)
    (overlay / "secrets/notifier/amqp-url").unlink()
    prepare.main([str(overlay)])
    after = hashes(overlay)
    assert {user for user in USERS if after[user] != before[user]} == {"notifier"}


def test_what_a_run_left_half_written_is_written_anew(overlay: Path) -> None:
    prepare.main([str(overlay)])
    file = overlay / "secrets/rabbitmq/definitions.json"
    file.write_text(file.read_text("utf-8")[:100], "utf-8")
    assert prepare.main([str(overlay)]) == 0
    assert list(hashes(overlay)) == USERS


def test_the_tokens_that_it_makes_are_ones_that_the_services_take(overlay: Path) -> None:
    prepare.main([str(overlay)])
    for user in USERS:
        file = overlay / "secrets" / user / "ops-tokens"
        token = file.read_text("utf-8").split()[1]
        owner = Tokens.read(file, scoped=True).find(f"Bearer {token}")
        assert owner is not None
        assert owner.scopes == set(Scope)
    Tokens.read(overlay / "secrets" / "order-ingest" / "api-tokens")


def test_nobody_else_may_read_a_secret(overlay: Path) -> None:
    prepare.main([str(overlay)])
    for file in (overlay / "secrets").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_it_says_what_a_person_still_has_to_fill_in(
    overlay: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare.main([str(overlay)])
    (overlay / "secrets/notifier/smtp-password").write_text("geheim", "utf-8")
    capsys.readouterr()
    prepare.main([str(overlay)])
    key, switch = capsys.readouterr().out.splitlines()
    assert "wix-public-key" in key
    assert "--dead-mans-switch" in switch


def test_alertmanager_gets_its_routes_its_mails_and_the_restaurant_s_time(overlay: Path) -> None:
    prepare.main([str(overlay)])
    assert "otto@bosco.example" in routes(overlay)
    with (overlay / "alertmanager/localtime").open("rb") as rules:
        zone = ZoneInfo.from_file(rules)
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
    assert {file.name for file in (overlay / "alertmanager/templates").iterdir()} == {
        "mail.tmpl",
        "site.tmpl",
    }


def test_the_dead_man_s_switch_stays_until_it_is_taken_away(
    overlay: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare.main([str(overlay), "--dead-mans-switch", SWITCH])
    assert SWITCH in routes(overlay)
    prepare.main([str(overlay)])
    assert SWITCH in routes(overlay)
    assert "--dead-mans-switch" not in capsys.readouterr().out
    prepare.main([str(overlay), "--dead-mans-switch", ""])
    assert SWITCH not in routes(overlay)
    prepare.main([str(overlay)])
    assert SWITCH not in routes(overlay)


def test_a_mistake_in_the_configuration_is_told_and_nothing_is_written(
    overlay: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (overlay / "bonfire.toml").write_text("[organisation]\n", "utf-8")
    assert prepare.main([str(overlay)]) == 1
    assert "bonfire.toml" in capsys.readouterr().err
    assert [file.name for file in overlay.iterdir()] == ["bonfire.toml"]
