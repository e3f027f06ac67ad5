"""What an agent is told by its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.settings import Environment, SettingsInvalid
from print_agent.settings import default_config, journal_in, read_settings

GOOD = {
    "BONFIRE_AGENT": "altstadt",
    "BONFIRE_CONFIG": "/etc/bonfire/bonfire.toml",
    "BONFIRE_DATA": "/var/lib/bonfire",
    "BONFIRE_AMQP_URL": "amqp://localhost/",
}


def test_the_rest_has_defaults():
    settings = read_settings(Environment(GOOD))
    assert settings.chassis.store == Path("/var/lib/bonfire/journal.db")
    assert (settings.chassis.ops_host, settings.chassis.ops_port) == ("127.0.0.1", 8082)
    assert settings.log_level == "INFO"


def test_everything_that_is_missing_or_wrong_is_named_at_once():
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(Environment({"BONFIRE_AGENT": "a", "BONFIRE_OPS_PORT": "many"}))
    for name in ("CONFIG", "DATA", "AMQP_URL", "OPS_PORT"):
        assert f"BONFIRE_{name}" in refused.value.detail


def test_a_person_beside_the_service_finds_its_configuration_and_else_the_one_at_hand():
    assert default_config(Environment(GOOD)) == Path("/etc/bonfire/bonfire.toml")
    assert default_config(Environment({})) == Path("bonfire.toml")


def test_the_journal_is_in_the_folder_that_was_named_and_else_in_the_services_own():
    assert journal_in(None, Environment(GOOD)) == Path("/var/lib/bonfire/journal.db")
    assert journal_in(Path("there"), Environment({})) == Path("there/journal.db")
    with pytest.raises(SettingsInvalid, match="BONFIRE_DATA is not set"):
        journal_in(None, Environment({}))
