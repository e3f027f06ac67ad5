from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.settings import Environment, SettingsInvalid
from notifier.settings import OPS_PORT, default_config, read_settings

NEEDED = {
    "BONFIRE_CONFIG": "/etc/bonfire.toml",
    "BONFIRE_DATA": "/data",
    "BONFIRE_AMQP_URL": "amqp://localhost",
}


def test_what_is_needed_is_enough():
    settings = read_settings(Environment(NEEDED))
    assert settings.config == Path("/etc/bonfire.toml")
    assert settings.chassis.store == Path("/data/history.db")
    assert settings.chassis.ops_port == OPS_PORT == 8083
    assert settings.smtp_password == ""


def test_the_password_of_the_mail_server_comes_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("s3cret\n")
    environment = Environment({**NEEDED, "BONFIRE_SMTP_PASSWORD_FILE": str(file)})
    assert read_settings(environment).smtp_password == "s3cret"


def test_everything_that_is_wrong_is_named_at_once(tmp_path):
    environment = Environment({"BONFIRE_SMTP_PASSWORD_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingsInvalid) as raised:
        read_settings(environment)
    for name in ("CONFIG", "DATA", "AMQP_URL", "SMTP_PASSWORD_FILE"):
        assert f"BONFIRE_{name}" in raised.value.detail


def test_a_command_finds_the_configuration_where_a_person_is():
    assert default_config(Environment({})) == Path("bonfire.toml")
    assert default_config(Environment(NEEDED)) == Path("/etc/bonfire.toml")
