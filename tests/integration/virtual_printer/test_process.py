"""`virtual-printer` as people start it: a process with signals, files and exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from control_port import CannotServe
from escpos_paper import fonts
from tests.integration.virtual_printer.host import Host, confirmation, eot, process_id, ticket
from virtual_printer import serve
from virtual_printer.place import Place
from virtual_printer.serve import PrinterAt, ServeSettings

WITHIN_S = 20.0


@dataclass
class Running:
    process: asyncio.subprocess.Process
    ports: dict[str, int]
    control: str


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "virtual_printer",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = await start(*arguments)
    out, error = await asyncio.wait_for(process.communicate(), WITHIN_S)
    return process.returncode or 0, out.decode(), error.decode()


@asynccontextmanager
async def serving(paper: Path, *options: str) -> AsyncIterator[Running]:
    process = await start(
        "serve",
        *("--printer", "kitchen-1=0", "--printer", "bar-1=0"),
        *("--paper", str(paper), "--control", "0", "--speed", "inf", *options),
    )
    assert process.stdout
    try:
        lines = [
            (await asyncio.wait_for(process.stdout.readline(), WITHIN_S)).decode().strip()
            for _ in range(3)
        ]
        ports = {
            name: int(place.rpartition(":")[2])
            for name, place in (line.split(": ", 1) for line in lines[:2])
        }
        yield Running(process, ports, lines[2].removeprefix("control: "))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_a_ticket_goes_through_the_process_into_files(tmp_path):
    async with serving(tmp_path) as running:
        async with Host(running.ports["bar-1"]) as host:
            assert await host.ask(ticket("Bier") + process_id(1), 7) == confirmation(1)
        running.process.send_signal(signal.SIGTERM)
        _, error = await asyncio.wait_for(running.process.communicate(), WITHIN_S)
    assert running.process.returncode == 0
    assert error == b""
    assert (tmp_path / "bar-1" / "000001.txt").read_text() == "Bier\n"
    assert (tmp_path / "bar-1" / "000001.png").read_bytes().startswith(b"\x89PNG")
    log = (tmp_path / "bar-1" / "log.jsonl").read_text().splitlines()
    assert json.loads(log[-1])["event"] == "stopped"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_even_with_hosts_and_watchers(tmp_path, number):
    async with serving(tmp_path, "--no-png") as running, Host(running.ports["bar-1"]) as host:
        await host.ask(eot(1))
        reader, writer = await asyncio.open_connection(*_address(running.control))
        writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readline()
        running.process.send_signal(number)
        assert await asyncio.wait_for(running.process.wait(), 5.0) == 0
        writer.transport.abort()
        await asyncio.sleep(0)


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    """Neither gone nor a zombie that waits for its parent."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


async def test_no_pictures_are_drawn_where_none_are_wanted(tmp_path):
    async with serving(tmp_path, "--no-png") as running:
        assert children(running.process.pid) == []
        async with Host(running.ports["bar-1"]) as host:
            await host.ask(ticket("Bier") + process_id(1), 7)
        running.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.process.wait(), WITHIN_S)
    names = sorted(path.name for path in (tmp_path / "bar-1").iterdir())
    assert names == ["000001.bin", "000001.txt", "log.jsonl"]


async def test_the_drawing_process_does_not_outlive_a_killed_printer(tmp_path):
    async with serving(tmp_path) as running:
        (drawer,) = children(running.process.pid)
        assert is_alive(drawer)
        running.process.kill()
        await running.process.wait()
        for _ in range(200):
            if not is_alive(drawer):
                break
            await asyncio.sleep(0.05)
        assert not is_alive(drawer)


async def test_the_command_line_breaks_and_mends_and_shows(tmp_path):
    async with serving(tmp_path, "--no-png") as running:
        control = ("--control", running.control)
        async with Host(running.ports["kitchen-1"]) as host:
            await host.ask(ticket("Pizza") + process_id(1), 7)
        assert await run("tickets", "kitchen-1", *control) == (
            0,
            "── kitchen-1 000001 ──\nPizza\n\n",
            "",
        )
        assert (await run("fault", "bar-1", "paper-out", *control))[0] == 0
        assert (await run("fault", "bar-1", "rst", "--at-byte", "9", *control))[0] == 0
        assert (await run("fault", "bar-1", "slow", "--value", "9", *control))[0] == 0
        code, out, _ = await run("status", *control)
        assert code == 0
        kitchen, bar = out.splitlines()
        assert kitchen.endswith("online  1 tickets  no faults")
        assert bar.endswith("OFFLINE  0 tickets  paper-out, slow, rst")
        assert (await run("clear", "bar-1", "slow", *control))[0] == 0
        assert (await run("clear", "bar-1", *control))[0] == 0
        assert (await run("status", *control))[1].splitlines()[1].endswith("no faults")


async def test_what_the_control_port_refuses_is_told(tmp_path):
    async with serving(tmp_path, "--no-png") as running:
        code, _, error = await run("fault", "bar-1", "fire", "--control", running.control)
    assert code == 1
    assert error.startswith("virtual-printer: no fault 'fire'")


async def test_a_control_port_that_is_not_there_is_told():
    code, _, error = await run("status", "--control", "http://127.0.0.1:9")
    assert code == 1
    assert "http://127.0.0.1:9 does not answer" in error


async def test_a_port_that_is_no_control_port_is_told():
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        code, _, error = await run("status", "--control", f"http://127.0.0.1:{port}")
    assert code == 1
    assert "answered 500" in error


async def test_a_taken_port_is_told_and_nothing_is_left_behind(tmp_path):
    async with serving(tmp_path / "first", "--no-png") as running:
        taken = running.ports["bar-1"]
        arguments = ["--paper", str(tmp_path / "second"), "--control", "0"]
        code, out, error = await run("serve", "--printer", f"pass-1={taken}", *arguments)
        assert (code, out) == (1, "")
        assert error == (
            f"virtual-printer: pass-1 cannot start: 127.0.0.1:{taken} is taken by another program\n"
        )
        control = _address(running.control)[1]
        arguments = ["--paper", str(tmp_path / "second"), "--control", str(control), "--no-png"]
        code, _, error = await run("serve", "--printer", "pass-1=0", *arguments)
        assert code == 1
        assert f"the control port cannot start: 127.0.0.1:{control}" in error


async def test_an_address_that_is_not_ours_is_told(tmp_path):
    arguments = ["--paper", str(tmp_path), "--control", "0", "--no-png", "--host", "192.0.2.1"]
    code, _, error = await run("serve", "--printer", "pass-1=0", *arguments)
    assert code == 1
    assert "pass-1 cannot start: 192.0.2.1:0: " in error


async def test_two_printers_of_one_name_are_one_too_many(tmp_path):
    arguments = ["--paper", str(tmp_path), "--control", "0", "--no-png"]
    code, _, error = await run("serve", "--printer", "a=0", "--printer", "a=0", *arguments)
    assert code == 1
    assert "a name of its own" in error


async def test_a_missing_font_is_told_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "FONT_FOLDERS", (tmp_path,))
    settings = ServeSettings(
        [PrinterAt("a", Place())], tmp_path, 0, "127.0.0.1", 250.0, 48, "block", True
    )
    with pytest.raises(CannotServe, match="fonts-dejavu-core"):
        await serve.serve(settings)
    assert os.listdir(tmp_path) == []
