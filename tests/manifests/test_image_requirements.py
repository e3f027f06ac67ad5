"""Images get the very packages that were tested, and only those of their service."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.k3s_overlay import ROOT

FOLDER = ROOT / "deploy" / "images" / "requirements"
LOCKS = ("build", "notifier", "order-ingest", "print-agent", "simulators")


def locked(file: Path) -> dict[str, str]:
    """Each package with its version and hashes, by its name."""
    text = re.sub(r"(?m)^ +#.*\n", "", file.read_text("utf-8"))
    blocks = re.findall(r"(?m)^[^\s#].*(?:\n +--hash.*)*", text)
    return {re.split("==", block)[0]: block for block in blocks}


@pytest.mark.parametrize("name", LOCKS)
def test_an_image_gets_the_locked_versions_with_their_hashes(name: str) -> None:
    everything, some = locked(ROOT / "requirements.lock"), locked(FOLDER / f"{name}.lock")
    assert some
    assert {package: everything.get(package) for package in some} == some
    assert all("--hash=sha256:" in block for block in some.values())


@pytest.mark.parametrize("extra", ["notifier", "order-ingest", "print-agent", "simulators"])
def test_an_image_gets_all_that_its_service_needs(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"][extra]]
    names = {re.split(r"[\[><=;~! ]", requirement)[0] for requirement in needed}
    assert names - locked(FOLDER / f"{extra}.lock").keys() == set()


def test_no_image_gets_the_tools_of_development() -> None:
    for extra in ("notifier", "order-ingest", "print-agent"):
        assert not {"pytest", "mypy", "hatchling"} & locked(FOLDER / f"{extra}.lock").keys()


def test_there_is_a_lock_for_each_image_and_no_other() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(LOCKS)
