"""The memory limit that applies, over trees of control groups as each kind of machine has them."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from bonfire.health.limits import memory_limit_bytes

MACHINE = 8 * 2**30
NONE_1 = 0x7FFF_FFFF_FFFF_F000  # what version 1 says where there is no limit
MIB = 2**20

TREES = {
    "version 2, in a container": (
        "0::/\n",
        {"memory.max": f"{64 * MIB}\n"},
        64 * MIB,
    ),
    "version 2, no limit": ("0::/\n", {"memory.max": "max\n"}, MACHINE),
    "version 2, at the root of a machine": ("0::/\n", {}, MACHINE),
    "version 2, a service of systemd": (
        "0::/system.slice/print-agent.service\n",
        {
            "system.slice/memory.max": "max\n",
            "system.slice/print-agent.service/memory.max": f"{128 * MIB}\n",
        },
        128 * MIB,
    ),
    "version 2, the limit of a group above applies too": (
        "0::/pod/container/inner\n",
        {
            "pod/memory.max": f"{100 * MIB}\n",
            "pod/container/memory.max": f"{200 * MIB}\n",
            "pod/container/inner/memory.max": "max\n",
        },
        100 * MIB,
    ),
    "version 2, the host's path in a container": (
        "0::/kubepods/burstable/pod1/abc\n",
        {"memory.max": f"{96 * MIB}\n"},
        96 * MIB,
    ),
    "version 2, a process beside the container's root": (
        "0::/../other\n",
        {"memory.max": f"{96 * MIB}\n"},
        96 * MIB,
    ),
    "version 1": (
        "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n",
        {"memory/docker/abc/memory.limit_in_bytes": f"{256 * MIB}\n"},
        256 * MIB,
    ),
    "version 1, the host's path in a container": (
        "4:memory:/kubepods/pod1/abc\n",
        {"memory/memory.limit_in_bytes": f"{256 * MIB}\n"},
        256 * MIB,
    ),
    "version 1, no limit": (
        "4:memory:/\n",
        {"memory/memory.limit_in_bytes": f"{NONE_1}\n"},
        MACHINE,
    ),
    "both, the controller at version 1": (
        "4:memory:/a:b/c\n0::/a:b/c\n",
        {
            "memory/a:b/c/memory.limit_in_bytes": f"{32 * MIB}\n",
            "unified/a:b/c/cgroup.procs": "1\n",
        },
        32 * MIB,
    ),
    "both, the controller at version 2": (
        "1:name=systemd:/c\n0::/c\n",
        {"unified/c/memory.max": f"{48 * MIB}\n"},
        48 * MIB,
    ),
    "a limit above the machine's memory": (
        "0::/\n",
        {"memory.max": f"{MACHINE * 2}\n"},
        MACHINE,
    ),
    "rubbish": ("0::/\n", {"memory.max": "\n"}, MACHINE),
}


@pytest.mark.parametrize("name", TREES)
def test_the_lowest_limit_that_applies_counts(name: str, tmp_path: Path):
    groups, files, expected = TREES[name]
    process, cgroups = tmp_path / "self", tmp_path / "cgroup"
    process.mkdir()
    (process / "cgroup").write_text(groups)
    for path, content in files.items():
        file = cgroups / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    assert memory_limit_bytes(process, cgroups, MACHINE) == expected


def test_without_control_groups_the_machine_is_the_limit(tmp_path: Path):
    assert memory_limit_bytes(tmp_path / "none", tmp_path / "none", MACHINE) == MACHINE


def test_here_there_is_a_limit_that_is_no_more_than_the_machine():
    assert 0 < memory_limit_bytes() <= psutil.virtual_memory().total
