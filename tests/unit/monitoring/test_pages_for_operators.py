"""What a page tells somebody in a hurry to run or to open is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.monitoring import ROOT, RUNBOOKS

PAGES = {str(page.relative_to(ROOT)): page for page in sorted(RUNBOOKS.glob("*.md"))}
PAGES["docs/operating.md"] = ROOT / "docs" / "operating.md"
FOLDERS = (
    "bench",
    "deploy",
    "docs",
    "grafana",
    "libs",
    "samples",
    "services",
    "simulators",
    "tests",
)
# What operators and prepare.py put into an overlay and its `secrets`; git ignores it.
THEIRS = {"deploy/k3s/overlays/single/bonfire.toml", "grafana/admin-password"}

_PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def missing(text: str, page: Path) -> set[str]:
    """The paths and links that lead nowhere. A path is as seen from the top of the repository."""
    paths = set(_PATH.findall(_LINK.sub("]", text))) - THEIRS
    links = set(_LINK.findall(text))
    return {path for path in paths if not (ROOT / path).exists()} | {
        link for link in links if not (page.parent / link).exists()
    }


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_for_operators_names_is_there(name: str) -> None:
    page = PAGES[name]

    assert missing(page.read_text("utf-8"), page) == set()


def test_a_path_and_a_link_to_nowhere_would_be_found() -> None:
    page = RUNBOOKS / "README.md"
    text = (
        "`deploy/k3s/no_such.py` and [this](NoSuch.md#there), "
        "not `deploy/k3s/prepare.py deploy/k3s/overlays/single`, [that](Watchdog.md), "
        "`var/run-8700/log` or [a site](https://bosco.example/docs/none)"
    )

    assert missing(text, page) == {"deploy/k3s/no_such.py", "NoSuch.md"}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_asks_a_forwarded_port_before_it_is_open(name: str) -> None:
    for line in PAGES[name].read_text("utf-8").splitlines():
        assert not re.search(r"port-forward[^`#]*&", line), line
