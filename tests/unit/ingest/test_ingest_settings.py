from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.errors import Reason
from bonfire.settings import Environment, SettingsInvalid
from order_ingest.settings import read_settings

LEAST = {
    "BONFIRE_CONFIG": "/etc/bonfire.toml",
    "BONFIRE_DATA": "/var/lib/bonfire",
    "BONFIRE_AMQP_URL": "amqp://broker",
}


def test_three_variables_are_enough():
    settings = read_settings(Environment(LEAST))

    assert settings.chassis.store == Path("/var/lib/bonfire/ledger.db")
    assert (settings.host, settings.port, settings.chassis.ops_port) == ("127.0.0.1", 8080, 8081)
    assert (settings.wix_public_key, settings.api_tokens) == ("", None)


def test_every_variable_that_is_missing_or_wrong_is_named_at_once():
    wrong = {"BONFIRE_PORT": "http", "BONFIRE_OPS_PORT": "70000"}

    with pytest.raises(SettingsInvalid) as caught:
        read_settings(Environment(wrong))

    assert caught.value.reason is Reason.CONFIG_INVALID
    for name in (*LEAST, *wrong):
        assert caught.value.detail.count(f"{name} ") == 1


def test_the_public_key_comes_from_a_file(tmp_path):
    (tmp_path / "wix.pem").write_text("PEM\n")

    settings = read_settings(
        Environment(LEAST | {"BONFIRE_WIX_PUBLIC_KEY_FILE": str(tmp_path / "wix.pem")})
    )

    assert settings.wix_public_key == "PEM"


def test_the_tokens_stay_in_their_file(tmp_path):
    settings = read_settings(Environment(LEAST | {"BONFIRE_API_TOKENS_FILE": "/run/tokens"}))

    assert settings.api_tokens == Path("/run/tokens")
