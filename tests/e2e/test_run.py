"""`make run` as a user has it: one command, an order, its tickets, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

import dev_stack.private_broker
from dev_stack.house import House
from dev_stack.ports import is_free
from dev_stack.private_broker import BrokerMissing, is_installed
from dev_stack.programs import programs
from tests.support.house import ROOT, SAMPLES, sample
from tests.support.rabbit import lacking

PORTS = 20
DEADLINE_S = 120
DEATH_DEADLINE_S = 30


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


async def said_until_end(process: asyncio.subprocess.Process) -> str:
    said, _ = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    return said.decode()


def assert_nothing_runs(base_port: int) -> None:
    assert taken_ports(base_port) == []
    assert processes_of(base_port) == []


def taken_ports(base_port: int) -> list[int]:
    return [port for port in range(base_port, base_port + PORTS) if not is_free(port)]


def processes_of(base_port: int) -> list[str]:
    """The command lines of what names this house's directory or works in it."""
    house = f"run-{base_port}"
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_text(errors="replace")
            where = os.readlink(process / "cwd")
        except OSError:  # no process, or it has ended meanwhile
            continue
        if house in command or house in where:
            found.append(command.replace("\0", " "))
    return found


async def wait_until_nothing_runs(base_port: int) -> None:
    deadline = time.monotonic() + DEATH_DEADLINE_S
    while taken_ports(base_port) or processes_of(base_port):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    assert_nothing_runs(base_port)


async def start_and_wait_until_it_stays(base_port: int) -> asyncio.subprocess.Process:
    process = await start_house(base_port)
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        while b"until Ctrl-C" not in await process.stdout.readline():
            assert process.returncode is None
    assert not is_free(base_port)
    assert processes_of(base_port)
    return process


async def test_one_run_shows_the_tickets_of_both_printers_and_leaves_nothing_running():
    base_port = free_base_port()
    process = await start_house(base_port, "--once")
    said = await said_until_end(process)
    assert process.returncode == 0, said
    for words in ("kitchen-1", "Käsespätzle", "bar-1", "Nussallergie", "#0001  job"):
        assert words in said
    for printer in ("kitchen-1", "bar-1"):
        picture = ROOT / "var" / f"run-{base_port}" / "paper" / printer / "000001.png"
        assert str(picture) in said
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert_nothing_runs(base_port)


async def test_a_run_goes_on_until_it_is_stopped_and_then_stops_everything():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    process.send_signal(signal.SIGINT)
    said = await said_until_end(process)
    assert "Everything has stopped." in said
    assert process.returncode == 0
    assert_nothing_runs(base_port)


async def test_nothing_outlives_a_run_that_is_killed():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    process.kill()
    await said_until_end(process)
    await wait_until_nothing_runs(base_port)


async def test_nothing_outlives_a_supervisor_that_is_killed():
    base_port = free_base_port()
    process = await start_and_wait_until_it_stays(base_port)
    supervisor = ROOT / "var" / f"run-{base_port}" / "supervisord.pid"
    os.kill(int(supervisor.read_text()), signal.SIGKILL)
    said = await said_until_end(process)
    assert process.returncode == 1
    assert "the supervisor ended by itself" in said
    await wait_until_nothing_runs(base_port)


async def test_a_taken_port_is_named_with_what_to_do():
    base_port = free_base_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", base_port + 3))
        other.listen()
        process = await start_house(base_port, "--once")
        said = await said_until_end(process)
    assert process.returncode == 1
    assert f"port {base_port + 3} (the virtual printers' page) is taken" in said
    assert "make run BASE_PORT=" in said


@pytest.mark.parametrize("base_port", ["0", "65001", "99999", "-1", "many"])
async def test_a_base_port_that_is_none_is_refused_in_words(base_port):
    process = await start_house(base_port)
    said = await said_until_end(process)
    assert process.returncode == 2
    assert f"{base_port} is no port from 1 to 65000" in said
    assert "Traceback" not in said


def test_an_ordinary_user_gets_the_installed_broker_without_sbin_in_the_path(tmp_path, monkeypatch):
    if not is_installed():
        lacking("RabbitMQ is not installed")
    monkeypatch.delenv("BONFIRE_AMQP_URL", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    broker, *_ = programs(House(tmp_path))
    assert "dev_stack.private_broker" in broker.command


def test_a_machine_without_any_broker_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.delenv("BONFIRE_AMQP_URL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev_stack.private_broker, "_SCRIPTS", tmp_path)
    with pytest.raises(BrokerMissing, match="neither RabbitMQ nor Docker"):
        programs(House(tmp_path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{", "cannot read"), (json.dumps({"lineItems": []}), "order.id")],
)
async def test_an_order_file_that_is_none_is_refused_in_words(tmp_path, content, complaint):
    file = tmp_path / "order.json"
    file.write_text(content)
    process = await start_house(free_base_port(), "--once", "--order", str(file))
    said = await said_until_end(process)
    assert process.returncode == 1
    assert complaint in said
    assert "Traceback" not in said


async def test_an_order_with_nothing_to_cook_says_so(tmp_path):
    order = sample("mixed-cart")
    order["lineItems"] = [
        line
        for line in order["lineItems"]
        if line.get("catalogReference", {}).get("appId", "").startswith("215238eb")
    ]
    assert order["lineItems"], f"{SAMPLES}/mixed-cart.json has no shop goods"
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order))
    process = await start_house(free_base_port(), "--once", "--order", str(file))
    said = await said_until_end(process)
    assert process.returncode == 0, said
    assert "nothing for a kitchen in this order" in said
