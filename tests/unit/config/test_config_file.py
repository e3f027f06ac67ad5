from __future__ import annotations

from pathlib import Path

import pytest

from bonfire.config import ConfigError, load
from bonfire.errors import Permanent, Reason

VALID = """
[organisation]
id = "bosco"
name = "Café Bosco"
[[locations]]
id = "altstadt"
name = "Altstadt"
timezone = "Europe/Berlin"
[[locations.printers]]
id = "kitchen-1"
address = "tcp://192.168.1.50"
[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-1"
"""


def refused(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value


def test_a_file_is_loaded(tmp_path):
    path = tmp_path / "bonfire.toml"
    path.write_text(VALID, "utf-8")

    assert load(path).organisation.name == "Café Bosco"


def test_a_byte_order_mark_in_front_is_no_mistake(tmp_path):
    path = tmp_path / "bonfire.toml"
    path.write_text(VALID, "utf-8-sig")

    assert load(path).organisation.id == "bosco"


def test_a_missing_file_is_one_problem(tmp_path):
    error = refused(tmp_path / "bonfire.toml")

    assert error.problems == ("cannot be read: No such file or directory",)
    assert error.detail == f"{tmp_path}/bonfire.toml: {error.problems[0]}"
    assert error.reason is Reason.CONFIG_INVALID
    assert isinstance(error, Permanent)


def test_a_folder_in_its_place_is_one_problem(tmp_path):
    assert refused(tmp_path).problems == ("cannot be read: Is a directory",)


def test_a_file_in_another_encoding_is_one_problem_with_its_line(tmp_path):
    path = tmp_path / "bonfire.toml"
    path.write_bytes(VALID.encode("latin-1"))

    assert refused(path).problems == ("line 4: not UTF-8; save the file as UTF-8",)


def test_a_file_that_is_no_toml_is_one_problem_with_its_line(tmp_path):
    path = tmp_path / "bonfire.toml"
    path.write_text(VALID + "copies 2\n", "utf-8")

    (problem,) = refused(path).problems
    assert problem.startswith("not TOML: ")
    assert "line 16" in problem


def test_several_mistakes_are_listed_below_each_other(tmp_path):
    path = tmp_path / "bonfire.toml"
    path.write_text(VALID.replace("bosco", "Bosco!").replace("Europe/Berlin", "Berlin"), "utf-8")

    error = refused(path)

    assert len(error.problems) == 2
    assert error.detail == "\n  ".join([f"{path}: 2 mistakes:", *error.problems])
