"""How much memory this process may have: its container's limit, or the machine's memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

PROCESS: Final = Path("/proc/self")
CGROUPS: Final = Path("/sys/fs/cgroup")

# (controller in /proc/self/cgroup, folder below the mount point, file)
_VERSION_1: Final = ("memory", "memory", "memory.limit_in_bytes")
_VERSION_2: Final = ("", "", "memory.max")
_HYBRID_2: Final = ("", "unified", "memory.max")


def memory_limit_bytes(
    process: Path = PROCESS, cgroups: Path = CGROUPS, machine_bytes: int | None = None
) -> int:
    """The lowest limit that applies. The parameters are for tests.

    "Unlimited" is the word "max" in version 2 and a number beyond every machine in version 1.
    """
    machine = machine_bytes if machine_bytes is not None else int(psutil.virtual_memory().total)
    return min([machine, *_limits(process, cgroups)])


def _limits(process: Path, cgroups: Path) -> Iterator[int]:
    paths = _paths(process)
    for controller, folder, file in (_VERSION_1, _VERSION_2, _HYBRID_2):
        if controller in paths:
            for group in _upwards(paths[controller]):
                limit = _number(cgroups / folder / group / file)
                if limit is not None:
                    yield limit


def _paths(process: Path) -> dict[str, str]:
    """The path of our group by controller; version 2 has one group and no controllers: ""."""
    try:
        lines = (process / "cgroup").read_text("utf-8").splitlines()
    except OSError:  # no Linux, or not mounted
        return {}
    paths = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    return paths


def _upwards(path: str) -> Iterator[str]:
    """The group itself and all above it, since the limit of each applies.

    A container may see the path that its host knows, of which nothing but the top exists here.
    """
    steps = [step for step in path.split("/") if step not in ("", "..")]
    for length in range(len(steps), -1, -1):
        yield "/".join(steps[:length])


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):  # there is no such group here, or no limit: "max"
        return None
