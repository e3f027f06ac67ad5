"""`print-agent discover` as a person runs it."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bonfire.lifecycle import UNUSABLE
from print_agent.command_line import main
from print_agent.discovery import spared
from print_agent.discovery.machine import Machine
from print_agent.printers.resolver import Addresses, Resolver
from tests.integration.agent.configuration import write_config
from tests.support.machine_tree import MachineTree
from virtual_printer import VirtualPrinter

HOST = "127.91.1.2"
RANGE = "127.91.1.0/29"
# A network of its own, in which a packet to everybody meets nobody but the test.
ALONE = ("unshare", "--user", "--map-root-user", "--net")
HOUSE = """
ip link set lo up &&
ip link add printers type veth peer name cable &&
ip link set cable up &&
ip addr add 192.168.77.1/24 broadcast + dev printers &&
ip link set printers up &&
exec "$0" -m tests.integration.discovery.house "$1"
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MachineTree:
    """One with a USB printer; the environment has nothing to say."""
    for name in [name for name in os.environ if name.startswith("BONFIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "machine"
    root.mkdir()
    tree = MachineTree(root)
    tree.usb("1-1", node="lp0", idVendor="04b8", idProduct="0e28", product="TM-T20III")
    monkeypatch.setattr("print_agent.discovery.command.Machine", lambda: Machine(root))
    return tree


@pytest.fixture
async def kitchen() -> AsyncIterator[VirtualPrinter]:
    """At a printer's usual ports."""
    async with VirtualPrinter(
        "kitchen-1", host=HOST, port=9100, speed=math.inf, model="tm-t20iii", enpc_port=3289
    ) as printer:
        yield printer


def two_hosts(config: Path, first: str, second: str) -> None:
    """Of altstadt, whose kitchen prints at `first`, and hafen, whose prints at `second`."""
    text = config.read_text("utf-8").replace("tcp://127.0.0.1:9100", first)
    text = text.replace("\n[defaults]", 'default_location = "altstadt"\n[defaults]')
    another = text.split("[[locations]]")[1].replace("altstadt", "hafen").replace(first, second)
    config.write_text(f"{text}[[locations]]{another}", "utf-8")


def test_unasked_it_opens_no_socket_at_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def no_network(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(asyncio, "run", no_network)
    assert main(["discover"]) == 0
    told = capsys.readouterr().out
    assert "TM-T20III  -           usb:///dev/usb/lp0" in told
    assert "- the network: only when asked, by --network or by --range 192.168.1.0/24" in told


async def test_a_range_is_asked_when_it_is_given(
    kitchen: VirtualPrinter, capsys: pytest.CaptureFixture[str]
):
    assert await asyncio.to_thread(main, ["discover", "--range", RANGE]) == 0
    told = capsys.readouterr().out
    assert f"tcp://{HOST}:9100" in told
    assert "EPSON TM-T20III, serial number" in told
    assert "only when asked" not in told
    assert kitchen.tickets == []


@pytest.mark.parametrize("name", [HOST, "kitchen.test"])
async def test_a_configured_printer_is_not_asked_whatever_name_it_has(
    name: str,
    kitchen: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    config = write_config(tmp_path, 9100, 9101)
    config.write_text(config.read_text("utf-8").replace("127.0.0.1:9100", f"{name}:9100"), "utf-8")
    look_up = socket.getaddrinfo

    def resolve(host: str, *given: object, **named: object) -> object:
        if host == "kitchen.test" and named.get("flags"):
            raise socket.gaierror
        return look_up(HOST if host == "kitchen.test" else host, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert await asyncio.to_thread(main, ["discover", "--range", RANGE]) == 0
    told = capsys.readouterr().out
    assert f"{HOST}: it is kitchen-1 of altstadt, which is configured" in told
    assert not [event for event in kitchen.trail.events if event["event"] == "connected"]


async def test_a_printer_of_another_print_host_is_not_asked_either(
    kitchen: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    two_hosts(write_config(tmp_path, 9100, 9101), f"tcp://{HOST}:9100", "tcp://127.0.0.1:9102")
    monkeypatch.setenv("BONFIRE_AGENT", "hafen")
    assert await asyncio.to_thread(main, ["discover", "--range", RANGE]) == 0
    told = capsys.readouterr().out
    assert f"- {HOST}: it is kitchen-1 of altstadt, which is configured" in told
    assert "`print-agent doctor --agent altstadt` looks at it" in told
    assert not [event for event in kitchen.trail.events if event["event"] == "connected"]


@pytest.mark.parametrize("slow", [False, True])
async def test_a_name_that_nobody_knows_in_time_is_told_and_does_not_stop_the_search(
    slow: bool,
    kitchen: VirtualPrinter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    config = write_config(tmp_path, 9100, 9101)
    named = config.read_text("utf-8").replace("127.0.0.1:9100", "nobody.invalid:9100")
    config.write_text(named, "utf-8")

    known = Resolver.addresses

    async def addresses(resolver: Resolver) -> Addresses:
        if resolver._host != "nobody.invalid":
            return await known(resolver)
        if slow:
            await asyncio.Event().wait()
        raise socket.gaierror

    monkeypatch.setattr(Resolver, "addresses", addresses)
    monkeypatch.setattr(spared, "_LOOK_UP_S", 0.1)
    assert await asyncio.to_thread(main, ["discover", "--range", RANGE]) == 0
    told = capsys.readouterr().out
    assert "EPSON TM-T20III" in told
    assert (
        "- the address of kitchen-1 of altstadt: nobody knew the name nobody.invalid in time, so "
        "that printer may have been asked like any other\n"
    ) in told


def test_an_unusable_configuration_is_told_and_does_not_stop_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "bonfire.toml").write_text("[organisation]\nid = 7\n")
    assert main(["discover"]) == 0
    told = capsys.readouterr().out
    assert "TM-T20III" in told
    assert "- which printers are configured: " in told


def test_another_print_hosts_printers_do_not_count_as_configured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = write_config(tmp_path, 9100, 9101)
    text = config.read_text("utf-8").replace("tcp://127.0.0.1:9100", "usb:///dev/usb/lp0")
    config.write_text(text, "utf-8")
    assert main(["discover"]) == 0
    assert "TM-T20III  kitchen-1" in capsys.readouterr().out
    two_hosts(config, "usb:///dev/usb/lp0", "usb:///dev/usb/lp1")
    assert main(["discover", "--agent", "hafen"]) == 0
    assert "TM-T20III  -" in capsys.readouterr().out


def test_a_print_host_that_is_not_configured_is_refused_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_config(tmp_path, 9100, 9101)
    assert main(["discover", "--agent", "nope"]) == UNUSABLE
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "print-agent: no print host 'nope'; known: altstadt\n")


def test_blocks_for_the_configuration_are_written_on_demand(capsys: pytest.CaptureFixture[str]):
    assert main(["discover", "--toml"]) == 0
    told = capsys.readouterr().out
    assert '[[locations.printers]]\nid = "printer-1"\naddress = "usb:///dev/usb/lp0"\n' in told


@pytest.mark.parametrize("wanted", ["8.8.8.0/24", "10.0.0.0/16", "nonsense", ""])
def test_a_range_that_may_not_be_asked_ends_before_anything_is(
    wanted: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["discover", "--range", wanted]) == UNUSABLE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("print-agent: --range ")


def test_a_packet_to_everybody_reaches_a_printer_in_a_real_network(tmp_path: Path):
    done = subprocess.run(
        [*ALONE, "sh", "-c", HOUSE, sys.executable, str(tmp_path / "none.toml")],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr or "not permitted" in done.stderr:
        pytest.skip(f"network namespaces are forbidden here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert "tcp://192.168.77.1:9100" in done.stdout
    assert "EPSON TM-T20III, serial number" in done.stdout
