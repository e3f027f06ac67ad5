"""What `deploy/images/build` asks Docker for; no engine is needed, as Docker is a script here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.k3s_overlay import ROOT

# It has every image, and writes down what it is asked to build.
DOCKER = """#!/bin/sh
if [ "$1" = build ]; then printf '%s\\n' "$@" >>"$ASKED"; fi
if [ "$1 $2" = "image inspect" ]; then echo 1000000; fi
"""


def packages(folder: Path, image: str, **environment: str) -> set[str]:
    """The Debian packages that this image gets."""
    docker, asked = folder / "docker", folder / "asked"
    docker.write_text(DOCKER, "utf-8")
    docker.chmod(0o755)
    subprocess.run(
        [ROOT / "deploy" / "images" / "build", image],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "ASKED": str(asked)} | environment,
        check=True,
        capture_output=True,
        timeout=30,
    )
    lines = asked.read_text("utf-8").splitlines()
    (said,) = [line for line in lines if line.startswith("PACKAGES=")]
    return set(said.removeprefix("PACKAGES=").split())


@pytest.mark.parametrize("fonts", ["0", "1"])
def test_a_print_agent_gets_libusb_with_fonts_or_without(tmp_path: Path, fonts: str) -> None:
    got = packages(tmp_path, "print-agent", FONTS=fonts)
    assert "libusb-1.0-0" in got
    assert ("fonts-dejavu-core" in got) is (fonts == "1")


@pytest.mark.parametrize("image", ["order-ingest", "notifier", "simulators"])
def test_who_speaks_to_no_printer_gets_none_of_it(tmp_path: Path, image: str) -> None:
    assert packages(tmp_path, image) == set()


def test_a_developers_machine_gets_what_the_print_agents_image_gets(tmp_path: Path) -> None:
    install = (ROOT / "deploy" / "install").read_text("utf-8").split()
    assert packages(tmp_path, "print-agent") <= set(install)
