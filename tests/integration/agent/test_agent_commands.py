"""The command `print-agent` as a person runs it, against printers on this machine."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest
import usb.core

from bonfire.lifecycle import STOPPED, UNUSABLE
from dev_stack.ports import free_ports
from tests.integration.agent.configuration import write_config
from tests.integration.agent.conftest import Run
from tests.integration.agent.rig import BAR, KITCHEN
from tests.support.jobs import job
from tests.support.logged import running
from virtual_printer import VirtualPrinter


def two_hosts(folder: Path, altstadt: int, hafen: int) -> None:
    """Two restaurants, each with a printer kitchen-1."""
    locations = "".join(
        f"""
[[locations]]
id = "{name}"
name = "{name}"
default_station = "kitchen"
[[locations.stations]]
id = "kitchen"
name = "KITCHEN"
printer = "kitchen-1"
[[locations.printers]]
id = "kitchen-1"
address = "tcp://127.0.0.1:{port}"
"""
        for name, port in (("altstadt", altstadt), ("hafen", hafen))
    )
    (folder / "bonfire.toml").write_text(
        '[organisation]\nid = "b"\nname = "B"\ndefault_location = "altstadt"\n'
        f'[defaults]\ntimezone = "UTC"\n{locations}'
    )


async def test_doctor_finds_nothing_wrong_with_good_printers(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor") == 0
    told = capsys.readouterr().out
    assert f"{KITCHEN} at 127.0.0.1:" in told
    assert told.count("ready.") == 2


async def test_doctor_says_what_is_wrong_and_what_to_do(
    run: Run, kitchen: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    kitchen.set_fault("cover-open")
    assert await run("doctor", "--agent", "altstadt") == 1
    assert "the cover is open. Close the lid until it clicks." in capsys.readouterr().out


@pytest.mark.parametrize(
    "says",
    [
        b"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nConnection: close\r\n\r\n",
        b"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n",
    ],
    ids=["web", "mail"],
)
async def test_doctor_tells_a_server_of_another_kind_from_a_printer_in_trouble(
    run: Run,
    kitchen: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    says: bytes,
):
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(other, "127.0.0.1", 0) as server:
        write_config(tmp_path, kitchen.port, server.sockets[0].getsockname()[1])
        assert await run("doctor") == 1
    told = capsys.readouterr().out
    assert "it answers, but not like an ESC/POS printer. Check that the address is the" in told
    assert "cover" not in told


@pytest.mark.parametrize("command", [("doctor",), ("test-print", KITCHEN)])
async def test_an_agent_without_libusb_is_told_what_to_install(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
):
    def no_backend(**_: object) -> Any:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", no_backend)
    config = write_config(tmp_path, 1, 2)
    text = config.read_text("utf-8").replace("tcp://127.0.0.1:1", "usb://04b8:0e28")
    config.write_text(text, "utf-8")
    assert await run(*command) == 1
    told = capsys.readouterr().out
    assert (
        f"{KITCHEN} at USB 04b8:0e28: the agent may not use it. Its agent has no libusb: "
        "install the package libusb-1.0-0, or use the kernel's driver: usb:///dev/usb/lp0."
    ) in told


async def test_doctor_tells_of_one_printer_behind_two_addresses_and_how_to_forget(
    run: Run, kitchen: VirtualPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async with VirtualPrinter(KITCHEN, speed=math.inf) as again:  # with the same serial number
        write_config(tmp_path, kitchen.port, again.port)
        assert await run("doctor") == 1
    assert "print-agent forget-printers" in capsys.readouterr().out


async def test_a_printer_id_that_two_print_hosts_have_needs_the_print_host(
    run: Run,
    kitchen: VirtualPrinter,
    bar: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    two_hosts(tmp_path, kitchen.port, bar.port)
    assert await run("test-print", KITCHEN) == UNUSABLE
    assert "is a printer of altstadt, hafen: say which with --agent" in capsys.readouterr().err
    assert await run("test-print", KITCHEN, "--agent", "hafen") == 0
    assert (len(kitchen.tickets), len(bar.tickets)) == (0, 1)
    assert await run("doctor", "--data", str(tmp_path)) == UNUSABLE
    assert "say which print host with --agent" in capsys.readouterr().err


async def test_doctor_of_a_print_host_that_is_not_configured_names_those_that_are(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor", "--agent", "altstad") == UNUSABLE
    assert capsys.readouterr().err == ("print-agent: no print host 'altstad'; known: altstadt\n")


async def test_a_test_print_comes_out_and_says_that_it_is_a_test(
    run: Run, kitchen: VirtualPrinter, bar: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    assert await run("test-print", KITCHEN) == 0
    (ticket,) = await kitchen.wait_for_tickets(1)
    assert "TEST" in ticket.text
    assert bar.tickets == []
    told = capsys.readouterr().out
    assert told.startswith("kitchen-1: printed: the printer says so\n")
    assert "  Paper: thermal, 48 columns, code page cp858 (ESC t 19).\n" in told
    assert "  Buzzer: none.\n" in told


async def test_a_test_print_on_a_printer_in_trouble_says_what_to_do(
    run: Run, kitchen: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    kitchen.set_fault("paper-out")
    assert await run("test-print", KITCHEN) == 1
    assert capsys.readouterr().out == (
        f"kitchen-1 at 127.0.0.1:{kitchen.port}: there is no paper. Put in a new roll and close "
        "the lid. What was sent comes out by itself.\n"
    )
    assert kitchen.tickets == []


async def test_a_test_print_that_the_printer_holds_back_says_why_it_waits(
    run: Run, kitchen: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    kitchen.set_fault("cover-open", at_byte=100)
    printing = asyncio.create_task(run("test-print", KITCHEN))
    told = ""
    async with asyncio.timeout(5):
        while "the cover is open" not in told:
            await asyncio.sleep(0.02)
            told += capsys.readouterr().out
    kitchen.clear_fault()
    assert await printing == 0
    assert len(kitchen.tickets) == 1


async def test_a_test_print_that_is_not_confirmed_says_where_to_look(
    run: Run, kitchen: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    kitchen.set_fault("rst", at_byte=100)
    assert await run("test-print", KITCHEN) == 1
    told = capsys.readouterr().out
    assert told.startswith("kitchen-1: unknown: look at the paper (the connection to kitchen-1")


async def test_a_test_print_on_a_printer_that_is_not_there_names_its_address(
    run: Run, kitchen: VirtualPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (port,) = free_ports(1)
    write_config(tmp_path, kitchen.port, port)
    assert await run("test-print", BAR) == 1
    assert capsys.readouterr().out.startswith(f"bar-1 at 127.0.0.1:{port}: ")


async def test_a_test_print_on_an_unknown_printer_names_those_that_are_known(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("test-print", "kitchen-2") == UNUSABLE
    assert capsys.readouterr().err == (
        "print-agent: no printer 'kitchen-2'; known: kitchen-1, bar-1\n"
    )


async def test_the_configuration_is_found_by_the_environment_also_elsewhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BONFIRE_CONFIG", str(tmp_path / "bonfire.toml"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert await run("doctor") == 0


async def test_a_missing_configuration_is_one_clear_line(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    assert await run("doctor", "--config", "nowhere.toml") == UNUSABLE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "nowhere.toml" in told.err


async def test_preview_shows_a_ticket_without_a_printer(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "job.json").write_bytes(job("A1").encode())
    assert await run("preview", "job.json", "--out", "paper") == 0
    assert capsys.readouterr().out.split() == ["paper/job.txt", "paper/job.png"]
    assert "Käsespätzle" in (tmp_path / "paper" / "job.txt").read_text("utf-8")


def unusable(**variables: str) -> dict[str, Any]:
    """What the log of the agent says of settings with which it cannot start."""
    with running("print_agent", environment={"BONFIRE_OPS_PORT": "0", **variables}) as agent:
        told = agent.read_until("service.unusable")
        agent.process.terminate()
        assert agent.end() == STOPPED
    assert agent.events == ["service.unusable", "service.stopped"]
    return told


def test_serve_without_settings_names_every_variable_in_one_log_record():
    told = unusable()
    assert (told["service"], told["level"]) == ("print-agent", "CRITICAL")
    assert told["reason"] == "config_invalid"
    assert told["detail"] == (
        "BONFIRE_AGENT is not set; BONFIRE_CONFIG is not set; "
        "BONFIRE_DATA is not set; BONFIRE_AMQP_URL is not set"
    )


@pytest.mark.parametrize(
    ("agent", "config", "said"),
    [
        ("nordend", "", "has no print host 'nordend' (BONFIRE_AGENT); known: altstadt"),
        ("altstadt", "[organisation]\nid = 7\n", "mistakes:\n"),
    ],
)
def test_serve_with_an_unusable_configuration_says_so_without_a_trace(
    tmp_path: Path, agent: str, config: str, said: str
):
    path = write_config(tmp_path, 9100, 9101)
    if config:
        path.write_text(config, "utf-8")
    told = unusable(
        BONFIRE_AGENT=agent,
        BONFIRE_CONFIG=str(path),
        BONFIRE_DATA=str(tmp_path / "data"),
        BONFIRE_AMQP_URL="amqp://127.0.0.1:1/",
    )
    assert said in told["detail"]
    assert not (tmp_path / "data").exists()


def test_serve_starts_without_a_broker_and_stops_on_sigterm(tmp_path: Path):
    variables = {
        "BONFIRE_AGENT": "altstadt",
        "BONFIRE_CONFIG": str(write_config(tmp_path, 9100, 9101)),
        "BONFIRE_DATA": str(tmp_path / "data"),
        "BONFIRE_AMQP_URL": "amqp://127.0.0.1:1/",
        "BONFIRE_OPS_PORT": "0",
    }
    with running("print_agent", "serve", environment=variables) as agent:
        agent.read_until("service.started")
        agent.process.terminate()
        assert agent.end() == STOPPED
    assert agent.events[-1] == "service.stopped"
