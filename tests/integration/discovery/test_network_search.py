"""Printers in a network that was asked for; here it is a part of this machine's loopback."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv4Network

import pytest

from bonfire.clock import SystemClock
from bonfire.errors import Reason
from print_agent.discovery import Found, Search, answers, network, sweep
from print_agent.discovery.networks import Subnet
from print_agent.discovery.spared import Configured
from tests.support.enpc_responder import EnpcResponder
from virtual_printer import VirtualPrinter

RANGE = IPv4Network("127.91.0.0/29")
KITCHEN, BAR, EMPTY = (IPv4Address(f"127.91.0.{number}") for number in (2, 3, 4))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_WAIT_S", 0.05)


@pytest.fixture
async def kitchen() -> AsyncIterator[VirtualPrinter]:
    """An Epson, which answers by UDP too, at a port of its own."""
    async with VirtualPrinter(
        "kitchen-1", host=str(KITCHEN), speed=math.inf, model="tm-m30", enpc_port=0
    ) as printer:
        yield printer


async def look(
    printer: VirtualPrinter, *, known: dict[IPv4Address, Configured] | None = None, enpc: int = 1
) -> Search:
    return await network.look(None, RANGE, known or {}, SystemClock(), printer.port, enpc)


def only(search: Search) -> Found:
    (found,) = search.found
    return found


async def test_a_printer_in_the_range_is_found_with_its_name_and_nothing_is_printed(
    kitchen: VirtualPrinter,
):
    found = only(await look(kitchen))
    assert str(found.addresses[0]) == f"tcp://{KITCHEN}:{kitchen.port}"
    assert found.what.startswith("EPSON TM-m30, serial number ")
    assert (found.notes, found.doubtful) == ((), False)
    assert kitchen.tickets == []


async def test_every_connection_is_closed_in_good_order(kitchen: VirtualPrinter):
    await look(kitchen)
    assert only(await look(kitchen)).what.startswith("EPSON")


async def test_a_printer_in_trouble_is_found_and_not_asked_for_its_name(kitchen: VirtualPrinter):
    kitchen.set_fault("paper-out")
    found = only(await look(kitchen))
    assert found.what == "printer without a name"
    assert found.notes == ("there is no paper",)


@pytest.mark.parametrize("answers_by_udp", [False, True])
async def test_a_configured_printer_is_left_alone(kitchen: VirtualPrinter, answers_by_udp: bool):
    known = {KITCHEN: Configured("kitchen-1", "altstadt")}
    search = await look(kitchen, known=known, enpc=kitchen.enpc_port if answers_by_udp else 1)
    assert search.found == ()
    assert search.missed == (
        f"{KITCHEN}: it is kitchen-1 of altstadt, which is configured; "
        "`print-agent doctor --agent altstadt` looks at it",
    )
    assert not [event for event in kitchen.trail.events if event["event"] == "connected"]


async def test_a_busy_epson_is_found_by_its_own_protocol(kitchen: VirtualPrinter):
    _, till = await asyncio.open_connection(str(KITCHEN), kitchen.port)
    found = only(await look(kitchen, enpc=kitchen.enpc_port))
    till.close()
    await till.wait_closed()
    assert (found.what, found.doubtful) == ("TM-m30", False)
    assert found.notes == ("it takes the connection, but does not answer",)


async def test_an_epson_whose_port_nobody_listens_on_is_found_too(kitchen: VirtualPrinter):
    async with EnpcResponder(str(BAR), "TM-m30\x1b[2J") as board:
        search = await look(kitchen, enpc=board.port)
    bar = next(found for found in search.found if str(BAR) in str(found.addresses[0]))
    assert bar.what == "printer without a name"
    assert "no printer listens on that port" in bar.notes[0]


async def test_a_program_that_only_listens_is_sent_no_letter_that_could_be_printed():
    got = bytearray()

    async def office_printer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.extend(await reader.read())
        writer.close()

    server = await asyncio.start_server(office_printer, str(KITCHEN), 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        search = await network.look(None, RANGE, {}, SystemClock(), port, 1)
    found = only(search)
    assert found.doubtful
    assert "it may be busy, or an office printer" in found.notes[1]
    assert got
    assert not any(0x20 <= byte < 0x7F for byte in got)


@pytest.mark.parametrize(
    "says",
    [
        # Enough of these letters look like a status to be taken for four of them.
        b"HTTP/1.1 405 Method Not Allowed\r\nserver: nginx/1.22 (rrrrrrrr)\r\n\r\n",
        b"220 mail.example.org ESMTP 22:22:22\r\n",
    ],
)
@pytest.mark.parametrize("hangs_up", [False, True])
async def test_a_program_that_answers_otherwise_is_doubted(says: bytes, hangs_up: bool):
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)  # the question
        writer.write(says)
        if not hangs_up:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(other, str(KITCHEN), 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = only(await network.look(None, RANGE, {}, SystemClock(), port, 1))
    assert found.doubtful
    assert found.notes[0] == "it answers, but not like an ESC/POS printer"


async def test_a_packet_to_a_network_of_this_machine_finds_who_answers(kitchen: VirtualPrinter):
    here = Subnet("lo", IPv4Address("127.0.0.1"), IPv4Network("127.0.0.0/8"))
    search = await network.look(
        [here], None, {}, SystemClock(), kitchen.port, enpc_port=kitchen.enpc_port
    )
    assert only(search).what.startswith("EPSON TM-m30, serial number ")
    assert kitchen.tickets == []


async def test_all_that_is_sent_to_everybody_is_the_query_of_the_basic_information():
    # No broadcast of a part of loopback exists, so the board listens where the packet is sent to.
    here = Subnet("lo", IPv4Address("127.0.0.1"), RANGE)
    async with EnpcResponder(str(RANGE.broadcast_address), "TM-T88V") as board:
        search = await network.look([here], None, {}, SystemClock(), 1, board.port)
    assert only(search).what == "TM-T88V"
    assert board.queries == [bytes.fromhex("4550534f4e51 0300 0000 0000 0000")] * 2


async def test_an_answer_from_outside_of_the_network_is_not_believed(kitchen: VirtualPrinter):
    elsewhere = Subnet("lo", IPv4Address("127.0.0.1"), IPv4Network("127.91.0.8/30"))
    async with EnpcResponder("0.0.0.0", "EVIL") as board:  # noqa: S104 -- answers from 127.0.0.1
        search = await network.look([elsewhere], None, {}, SystemClock(), kitchen.port, board.port)
    assert board.queries
    assert search.found == ()


async def test_the_last_addresses_of_a_wide_range_are_asked_too():
    wide = IPv4Network("127.91.2.0/24")
    async with EnpcResponder("127.91.2.254", "TM-T88V") as board:
        heard = await answers.ask_range(wide, SystemClock(), board.port)
    assert heard.models == {IPv4Address("127.91.2.254"): "TM-T88V"}


async def test_public_networks_are_named_and_not_asked(kitchen: VirtualPrinter):
    public = Subnet("wan", IPv4Address("203.0.113.9"), IPv4Network("203.0.113.0/24"))
    search = await network.look([public], None, {}, SystemClock(), kitchen.port)
    assert search.found == ()
    assert search.missed == (
        "203.0.113.0/24 (wan): no private network",
        "the network: this machine is in none that may be asked; try --range",
    )


async def test_an_address_that_is_not_ours_any_more_is_told(kitchen: VirtualPrinter):
    gone = Subnet("eth9", IPv4Address("10.254.253.252"), IPv4Network("10.254.253.0/24"))
    search = await network.look([gone], None, {}, SystemClock(), kitchen.port)
    assert search.missed == ("10.254.253.0/24 (eth9): Cannot assign requested address",)


async def test_a_network_that_takes_no_packets_is_told(kitchen: VirtualPrinter):
    ear = answers._Ear(RANGE)
    ear.error_received(ConnectionRefusedError(111, "Connection refused"))
    assert ear.error == ""  # a machine that says that it is no printer
    ear.error_received(PermissionError(1, "Operation not permitted"))
    assert ear.error == "Operation not permitted"


async def test_a_thousand_addresses_are_asked_sixty_four_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
):
    now = most = 0

    async def ask(*_: object) -> sweep.Answer:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return sweep.Answer(Reason.UNREACHABLE)

    monkeypatch.setattr(sweep, "_ask", ask)
    everybody = list(IPv4Network("10.0.0.0/22"))
    answered = await sweep.sweep(everybody, SystemClock())
    assert (len(answered), most) == (1024, 64)
    assert sweep.found(answered, {}) == []
