"""Brings the images that were built here into the cluster's node, which has no registry to ask."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

NAMES: Final = ("order-ingest", "print-agent", "notifier", "simulators", "rabbitmq")


class ImagesMissing(Exception):
    """The images are not here, or do not get into the cluster; the message says what to do."""


def load(version: str) -> str:
    """What was done, in words. Raises `ImagesMissing`."""
    images = [f"bonfire/{name}:{version}" for name in NAMES]
    importing = _import_command()
    if importing is None or shutil.which("docker") is None:
        return "left to the cluster: here is no docker, or neither CTR_ADDRESS nor k3s"
    missing = [image for image in images if not _is_here(image)]
    if missing:
        raise ImagesMissing(
            f"not built: {', '.join(missing)}; run: make images IMAGES='{' '.join(NAMES)}'"
        )
    _pipe(["docker", "save", *images], importing)
    return f"{len(images)} images"


def _import_command() -> list[str] | None:
    if address := os.environ.get("CTR_ADDRESS"):
        return ["ctr", "--address", address, "--namespace", "k8s.io", "images", "import", "-"]
    if shutil.which("k3s"):
        return ["k3s", "ctr", "images", "import", "-"]
    return None


def _is_here(image: str) -> bool:
    return (
        subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0
    )


def _pipe(source: Sequence[str], target: Sequence[str]) -> None:
    with subprocess.Popen(source, stdout=subprocess.PIPE) as saving:
        done = subprocess.run(target, stdin=saving.stdout, capture_output=True, text=True)
    if saving.returncode or done.returncode:
        raise ImagesMissing(f"{' '.join(target)}: {done.stderr.strip()}")
