"""`make run` as a process of its own, and what of it is still there."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from pathlib import Path
from typing import Final

from dev_stack.ports import is_free
from tests.support.house import ROOT

PORTS: Final = 20
DEADLINE_S: Final = 120
DEATH_DEADLINE_S: Final = 30


def free_base_port() -> int:
    """The first of twenty ports in a row that nobody uses."""
    for base in random.SystemRandom().sample(range(11_000, 19_000, PORTS), 200):
        if all(is_free(port) for port in range(base, base + PORTS)):
            return base
    raise AssertionError("no twenty free ports in a row")


async def start_house(base_port: int | str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dev_stack",
        "--base-port",
        str(base_port),
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def start_and_wait_until_it_stays(base_port: int) -> asyncio.subprocess.Process:
    process = await start_house(base_port)
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        while b"until Ctrl-C" not in await process.stdout.readline():
            assert process.returncode is None
    assert not is_free(base_port)
    assert processes_of(base_port)
    return process


async def said_until_end(process: asyncio.subprocess.Process) -> str:
    said, _ = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    return said.decode()


def assert_nothing_runs(base_port: int) -> None:
    assert taken_ports(base_port) == []
    assert list(processes_of(base_port).values()) == []


def taken_ports(base_port: int) -> list[int]:
    return [port for port in range(base_port, base_port + PORTS) if not is_free(port)]


def processes_of(base_port: int) -> dict[int, str]:
    """The command lines, by process id, of what names this house's directory or works in it."""
    house = f"run-{base_port}"
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text(errors="replace")
            where = os.readlink(process / "cwd")
        except OSError:  # it has ended meanwhile
            continue
        if house in command or house in where:
            found[int(process.name)] = command.replace("\0", " ")
    return found


async def wait_until_nothing_runs(base_port: int) -> None:
    deadline = time.monotonic() + DEATH_DEADLINE_S
    while taken_ports(base_port) or processes_of(base_port):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    assert_nothing_runs(base_port)
