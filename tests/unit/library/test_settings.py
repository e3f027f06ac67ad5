"""Settings from the environment, secrets from files, and every mistake at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.errors import Reason
from bonfire.settings import Environment, SettingsInvalid


def mistakes(environment: Environment) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        environment.check()
    assert caught.value.reason is Reason.CONFIG_INVALID
    return caught.value.detail.split("; ")


def test_variables_carry_the_prefix_and_defaults_fill_in():
    environment = Environment({"BONFIRE_HOST": "0.0.0.0", "PORT": "1"})  # noqa: S104 -- read only
    assert environment.text("HOST", "127.0.0.1") == "0.0.0.0"  # noqa: S104
    assert environment.integer("PORT", 8080, 0, 65_535) == 8080
    assert environment.path("DATA", "/var/lib") == Path("/var/lib")
    assert environment.secret("KEY", "") == ""
    environment.check()


def test_the_environment_of_the_process_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(os.environ, "BONFIRE_AGENT", "oslo")
    assert Environment().text("AGENT") == "oslo"


def test_an_empty_variable_is_one_that_is_not_set():
    environment = Environment(
        dict.fromkeys(("BONFIRE_HOST", "BONFIRE_PORT", "BONFIRE_KEY_FILE", "BONFIRE_AGENT"), "")
    )
    assert environment.text("HOST", "127.0.0.1") == "127.0.0.1"  # "" would mean every address
    assert environment.integer("PORT", 8080, 0, 65_535) == 8080
    assert environment.secret("KEY", "") == ""
    environment.check()
    assert environment.text("AGENT") == ""
    assert mistakes(environment) == ["BONFIRE_AGENT is not set"]


@pytest.mark.parametrize("text", ["0", "65535", "08"])
def test_whole_numbers_within_their_range_are_taken(text: str):
    environment = Environment({"BONFIRE_PORT": text})
    assert environment.integer("PORT", 1, 0, 65_535) == int(text)
    environment.check()


@pytest.mark.parametrize("text", ["-1", "65536", "1.5", "1e3", "٣", "²", "0x10", " 8", "9" * 5_000])
def test_any_other_number_is_told_with_what_would_be_right(text: str):
    environment = Environment({"BONFIRE_PORT": text})
    assert environment.integer("PORT", 1, 0, 65_535) == 1
    (told,) = mistakes(environment)
    assert told.startswith("BONFIRE_PORT is ")
    assert told.endswith("give a whole number from 0 to 65535")
    assert len(told) < 200


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_number(text: str):
    number = Environment({"BONFIRE_N": text}).integer("N", 7, 5, 9)
    assert 5 <= number <= 9


def test_every_mistake_is_told_at_once(tmp_path: Path):
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text(" \n")
    binary.write_bytes(b"pa\xffss")
    environment = Environment(
        {
            "BONFIRE_PORT": "many",
            "BONFIRE_A_FILE": str(tmp_path / "nowhere"),
            "BONFIRE_B_FILE": str(empty),
            "BONFIRE_C_FILE": str(binary),
            "BONFIRE_D_FILE": str(tmp_path),
        }
    )
    environment.text("AGENT")
    environment.path("CONFIG")
    environment.integer("PORT", 1, 0, 2)
    assert [environment.secret(name) for name in "ABCDE"] == [""] * 5
    assert mistakes(environment) == [
        "BONFIRE_AGENT is not set",
        "BONFIRE_CONFIG is not set",
        "BONFIRE_PORT is 'many': give a whole number from 0 to 2",
        f"BONFIRE_A_FILE: cannot read {tmp_path / 'nowhere'}: No such file or directory",
        f"BONFIRE_B_FILE: {empty} is empty",
        f"BONFIRE_C_FILE: {binary} is not UTF-8 text",
        f"BONFIRE_D_FILE: cannot read {tmp_path}: Is a directory",
        "BONFIRE_E is not set",
    ]


def test_the_file_of_a_secret_wins_over_the_variable(tmp_path: Path):
    file = tmp_path / "amqp-url"
    file.write_text("amqp://from-the-file\n")
    variables = {"BONFIRE_AMQP_URL": "amqp://from-the-variable"}
    assert Environment(variables).secret("AMQP_URL") == "amqp://from-the-variable"
    with_file = Environment({**variables, "BONFIRE_AMQP_URL_FILE": str(file)})
    assert with_file.secret("AMQP_URL") == "amqp://from-the-file"
    with_file.check()
