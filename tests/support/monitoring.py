"""Alert rules and their tests as data, and the tools that judge them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.rabbit import lacking

ROOT: Final = Path(__file__).resolve().parents[2]
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
ALERTMANAGER: Final = ROOT / "deploy" / "alertmanager"
RUNBOOKS: Final = ROOT / "docs" / "runbooks"

# Rules and routes hold on Debian's versions, which have to be there, and on newer ones where
# somebody has put them.
VERSIONS: Final = ("installed", "newer")
_NEWER: Final = Path(
    os.environ.get("BONFIRE_TEST_MONITORING_TOOLS", "~/.cache/bonfire-monitoring")
).expanduser()
_DURATION: Final = re.compile(r"(\d+)([smh])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def tool(name: str, version: str = "installed") -> str:
    """The path of a tool; skips the test where it is not there."""
    if version == "newer":
        if not (_NEWER / name).exists():
            pytest.skip(f"no newer {name}")
        return str(_NEWER / name)
    return shutil.which(name) or lacking(f"{name} is not installed")


def run(*argv: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """What it printed; fails the test if it was not content."""
    variables = {**os.environ, **(environment or {})}
    done = subprocess.run(argv, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alerts() -> Mapping[str, Mapping[str, Any]]:
    """Every alert rule by its name."""
    rules = [rule for path in rule_files() for rule in _rules(path)]
    assert len({rule["alert"] for rule in rules}) == len(rules), "an alert stands twice"
    return {rule["alert"]: rule for rule in rules}


def rule_files() -> Sequence[Path]:
    return sorted((PROMETHEUS / "rules").glob("*.yaml"))


def cases_of(alert: str) -> Sequence[Mapping[str, Any]]:
    """The promtool tests of an alert."""
    path = PROMETHEUS / "tests" / f"{alert}.yaml"
    return list(yaml.safe_load(path.read_text("utf-8"))["tests"])


def seconds(duration: str) -> int:
    """Of `1m30s` and the like."""
    parts = _DURATION.findall(duration)
    assert "".join(number + unit for number, unit in parts) == duration, duration
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def _rules(path: Path) -> Iterator[Mapping[str, Any]]:
    for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
        yield from group["rules"]
